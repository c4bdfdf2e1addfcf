"""The two ends of a body: what stands between the headline and the first paragraph, and after the last one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.extract.markers import Zone, is_furniture
from crawler.extract.outline import fold

if TYPE_CHECKING:
    from collections.abc import Collection

    from crawler.extract.outline import Line, Outline

_LABEL = 30
_OPENING, _STANDFIRST = 8, 400  # lines, and bytes of running text, that may stand before the date line
_DATE = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d+\s*(分钟|小时|天|周|个月|年)前|\b\d{1,2}:\d{2}\b")
_END = 30  # letters by which the end of a text is known again
_MOST = 0.7
_BIO = 4  # lines
_AFTER_NAME = ("", " ", ",", "(", "（", "，")


def trim(page: Outline, zones: list[Zone | None], numbers: list[int], said: str, names: Collection[str]) -> list[int]:
    """Cut furniture, dates and links from both ends, and what follows the end of the text that JSON-LD `said`."""
    numbers = _after_byline(page, zones, numbers)
    first, last = _after_dateline(page, numbers), len(numbers)
    while first < last and _is_edge(page.lines[numbers[first]], head=True):
        first += 1
    while first < last and _is_edge(page.lines[numbers[last - 1]], head=False):
        last -= 1
    return _until_bio(page, _until_end(page, numbers[first:last], fold(said)), names)


def _after_dateline(page: Outline, numbers: list[int]) -> int:
    """Return where the text begins if it opens with a standfirst and a date line: after the date line."""
    skipped = 0
    for place, number in enumerate(numbers[:_OPENING]):
        line = page.lines[number]
        if len(line.text) <= _LABEL * 3 and _DATE.search(line.text) and not line.running:
            return place + 1
        skipped += line.running
        if skipped > _STANDFIRST:
            break
    return 0


def _is_edge(line: Line, *, head: bool) -> bool:
    if is_furniture(line.text) or (line.is_link and len(line.text) < 80):
        return True
    return head and len(line.text) <= 100 and bool(_DATE.search(line.text)) and not line.running


def _after_byline(page: Outline, zones: list[Zone | None], numbers: list[int]) -> list[int]:
    """Leave out the scraps above a byline that stands before the first running text."""
    running = next((n for n in numbers if page.lines[n].running), None)
    if running is None:
        return numbers
    byline = max((n for n in range(numbers[0], running) if zones[n] is Zone.BYLINE), default=-1)
    return [n for n in numbers if n > byline]


def _until_end(page: Outline, numbers: list[int], said: str) -> list[int]:
    """Leave out what follows the line that `said` ends with, if that is a small part of the text."""
    if len(said) < 10 * _END:
        return numbers
    last = next((i for i in range(len(numbers) - 1, -1, -1) if said[-_END:] in fold(page.lines[numbers[i]].text)), 0)
    kept = numbers[: last + 1]
    return kept if _running(page, kept) > _MOST * _running(page, numbers) else numbers


def _until_bio(page: Outline, numbers: list[int], names: Collection[str]) -> list[int]:
    """Leave out what is told of an author in the last lines, from the line on that begins with the name."""
    for number in numbers[-_BIO:] if len(numbers) > 2 * _BIO else ():
        text = page.lines[number].text
        if any(text.startswith(name) and text[len(name) : len(name) + 1] in _AFTER_NAME for name in names):
            return [each for each in numbers if each < number]
    return numbers


def _running(page: Outline, numbers: list[int]) -> int:
    return sum(page.lines[number].running for number in numbers)
