"""What a page shows that is not in its article: navigation, adverts, related links, comments.

Pure. Looks at a page whose article is known already, so it decides nothing about the article.
"""

from __future__ import annotations

import unicodedata
from itertools import accumulate
from typing import TYPE_CHECKING

from crawler.extract.outline import fold, outline

if TYPE_CHECKING:
    from crawler.document import Document
    from crawler.extract.outline import Line, Outline


def left_out(document: Document, kept: str) -> list[str]:
    """Return the blocks of text of a page that are not in `kept`, in the page's order, a line of print a line.

    A block is all that the largest element without a kept line holds; `kept` is title and text of the article.
    """
    page = outline(document.root)
    lines = {_letters(line) for line in kept.splitlines()}
    known = [_letters(line.text) in lines for line in page.lines]
    before = list(accumulate(known, initial=0))  # how many kept lines stand before each line
    blocks: list[str] = []
    number = 0
    while number < len(page.lines):
        last = number + 1
        if not known[number]:
            last = _end(page.lines[number], before, last)
            blocks.append(_printed(page, number, last))
        number = last
    return [block for block in blocks if block]


def _end(line: Line, before: list[int], last: int) -> int:
    """Return where the block ends that a line begins."""
    for box in line.box.ancestors():
        if before[box.first] != before[box.last]:
            break
        last = max(last, box.last)
    return last


def _printed(page: Outline, first: int, last: int) -> str:
    return "\n".join(line.text for line in page.lines[first:last] if _letters(line.text))


def _letters(text: str) -> str:
    return fold(unicodedata.normalize("NFC", text))
