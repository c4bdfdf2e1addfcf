"""Text broken into lines for a terminal, Chinese and Japanese by their rules. Pure.

A wide character takes two cells. A line may break between any two of them, but closing marks (，。！？」) stay with
what is before them, opening ones (「《（) with what follows; words of other scripts stay whole where they fit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDE = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3100-\u9fff\ua000-\ua4cf\uac00-\ud7af\uf900-\ufaff"
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U00020000-\U0003ffff"
)
_OPENING = re.escape("“‘「『（《〈【〔〖｛［([{｢")
_ENDS = re.escape("，。！？、；：”」』）》〉】〕〗｝］｣…—～·‰℃ー々〻")
_CLOSING = _ENDS + re.escape("’,.!?;:)]}%")
_UNIT = re.compile(rf"\s+|[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENING}{_ENDS}]+)?[{_CLOSING}]*")


def wrap(text: str, width: int) -> list[str]:
    """Return a paragraph in lines of at most so many cells.

    >>> wrap("云川港“吞吐量”突破68万标箱，创新高。", 12)
    ['云川港“吞吐', '量”突破68万', '标箱，创新', '高。']
    """
    lines: list[str] = []
    row: list[str] = []  # pieces of the line that is being filled
    held = 0
    for unit in _units(text, width):
        cells = cell_len(unit)
        if unit.isspace():
            if row and held + cells < width:
                row.append(unit)
            held += cells if row else 0
            continue
        if unit and held + cells > width and row:
            lines.append("".join(row).rstrip())
            row, held = [], 0
        row.append(unit)
        held += cells
    return [*lines, "".join(row).rstrip()]


def _units(text: str, width: int) -> Iterator[str]:
    """Yield what is not to be broken, cut where it is longer than a line."""
    for found in _UNIT.finditer(text):
        unit = found[0]  # the last is empty
        if cell_len(unit) <= width or unit.isspace():
            yield unit
        else:
            yield from unit
