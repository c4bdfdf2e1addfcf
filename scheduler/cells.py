"""Text in the cells of a terminal, of which a wide character takes two. Pure."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from scheduler.harmless import line


def fitted(text: str, cells: int) -> str:
    """Return text as one line of so many cells, cut with an ellipsis where it is longer.

    >>> fitted("港口吞吐量", 6) + "|", fitted("港口", 6) + "|"
    ('港口… |', '港口  |')
    """
    plain = line(text, 2 * cells)  # characters that take no cell are few
    if cell_len(plain) > cells:
        plain = set_cell_size(plain, cells - 1).rstrip() + "…"
    return set_cell_size(plain, cells)
