"""The article's text: the box that holds most running text and least furniture, furniture cut from it.

Each line of the page is worth something: running text is worth its length, a link or a scrap costs. The body is the
box whose lines are worth most together, so it grows over a break in the text and stops before a list of links.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import TYPE_CHECKING

from crawler.extract.markers import Zone, is_furniture, is_pointer, zone_of_heading
from crawler.extract.outline import HEADINGS

if TYPE_CHECKING:
    from crawler.extract.outline import Box, Line, Outline

_SENTENCE = re.compile(r"[。！？；，、：,;:!?…—]|[.؟۔।](\s|$|[\"'”’)])")
_LABEL = 30
_LINK_COST, _SCRAP_COST = 20.0, 6.0  # in bytes of running text
_CORE = 0.9
_CAPTION = 200
_CAPTIONED = re.compile(r"caption|(?<![a-z])credits?(?![a-z])", re.IGNORECASE)
_NEVER_TEXT = frozenset({Zone.COMMENTS, Zone.RELATED, Zone.LEGAL})
_MOST, _ALL = 0.5, 0.9  # shares of the page's running text that tell against a class name
_OPENING, _STANDFIRST = 8, 400  # lines, and bytes of running text, that may stand before the date line
_MUCH = 1_000  # bytes of running text that no menu or share bar has
_RUNNING = 60  # bytes of UTF-8: 20 Chinese characters, 60 Latin letters
_DATE = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d+\s*(分钟|小时|天|周|个月|年)前|\b\d{1,2}:\d{2}\b")


@dataclass(slots=True, frozen=True)
class Body:
    """`lines` are numbers in the outline, in order; `box` is the element that holds them all."""

    box: Box
    lines: list[int]


class Zones:
    """Which lines of a page lie in a zone that is not the article's text."""

    def __init__(self, page: Outline, headline: int | None) -> None:
        self.page = page
        self.of_line: list[Zone | None] = [None] * len(page.lines)
        self._headline = headline
        self._running = list(accumulate((running_bytes(line) for line in page.lines), initial=0))
        for box in page.boxes:
            if box.zone and not self._is_void(box):
                self._mark(box.first, box.last, box.zone)
        for number, line in enumerate(page.lines):
            zone = zone_of_heading(line.text)
            if zone and self.of_line[number] is None and number != headline:
                self._open(number, zone)

    def _mark(self, first: int, last: int, zone: Zone) -> None:
        for number in range(first, last):
            self.of_line[number] = self.of_line[number] or zone

    def _is_void(self, box: Box) -> bool:
        """A class name is a hint: what holds the headline, or most of the text, is no margin."""
        if box.zone is Zone.HIDDEN:
            return False
        if self._headline is not None and box.first <= self._headline < box.last:
            return True
        running = self._running[box.last] - self._running[box.first]
        if box.zone in (Zone.NAVIGATION, Zone.SHARE) and running > _MUCH:
            return True
        return running > self._running[-1] * (_ALL if box.zone in _NEVER_TEXT else _MOST)

    def _open(self, number: int, zone: Zone) -> None:
        """Mark what a heading introduces: all after it in its box for comments, else what is made of links."""
        line = self.page.lines[number]
        is_heading = line.box.tag in HEADINGS
        if not is_heading and (line.box.tag == "li" or line.linked or len(line.text) > _LABEL):
            return
        last = number + 1
        if zone is Zone.COMMENTS and is_heading:
            last = next((box.last for box in line.box.ancestors() if box.last > number + 1), last)
        elif under := self.page.boxes_under(number):
            last = under[-1].last
        if last > number + 1:
            self._mark(number, last, zone)


def running_bytes(line: Line) -> int:
    """Return the bytes of running text in a line: 0 for links, scraps and labels."""
    size = len(line.text.encode("utf-8", "replace"))
    if size < _RUNNING or line.is_link or not _SENTENCE.search(line.text):
        return 0
    return int(size * (1 - line.linked / len(line.text)))


def find_body(page: Outline, zones: Zones, headline: int | None) -> Body | None:
    """Return the body, or None where no box holds running text."""
    worths = [_worth(line, zone) for line, zone in zip(page.lines, zones.of_line, strict=True)]
    sums = list(accumulate(worths, initial=0.0))
    best = max(page.boxes, key=lambda box: (sums[box.last] - sums[box.first], box.first, -box.last))
    worth = sums[best.last] - sums[best.first]
    if worth <= 0:
        return None
    best = _core(best, sums, _CORE * worth)
    numbers = [n for n in range(best.first, best.last) if zones.of_line[n] is None and not _is_aside(page.lines[n])]
    if headline is not None and best.first <= headline < best.last:
        numbers = [n for n in numbers if n > headline]
    return Body(best, _trim(page, _without_lists(page, best, numbers)))


def _core(box: Box, sums: list[float], enough: float) -> Box:
    """Go inwards as long as one box within holds enough of the text: what is left out is captions and appeals."""
    while inner := next((child for child in box.children if sums[child.last] - sums[child.first] >= enough), None):
        box = inner
    return box


def _is_aside(line: Line) -> bool:
    """Tell a line of the text that is none of it: a pointer to another page, an embedded post."""
    if (line.is_link and is_pointer(line.text)) or _is_caption(line):
        return True
    return any(
        box.tag == "blockquote" and "tweet" in (box.element.get("class") or "") for box in line.box.ancestors()[:2]
    )


def _is_caption(line: Line) -> bool:
    named = line.box.tag == "figcaption" or _CAPTIONED.search(line.box.element.get("class") or "") is not None
    return named and len(line.text) < _CAPTION


def _worth(line: Line, zone: Zone | None) -> float:
    if zone is not None:
        return -2.0
    running = running_bytes(line)
    if running:
        return float(running)
    return -_LINK_COST if line.is_link else -_SCRAP_COST


def _without_lists(page: Outline, body: Box, numbers: list[int]) -> list[int]:
    """Leave out the boxes in a body that are nearly all links: three or more, and no running text."""
    dropped: set[int] = set()
    for box in page.boxes:
        if box is body or not (body.first <= box.first and box.last <= body.last) or box.last - box.first < 3:
            continue
        lines = page.lines_of(box)
        linked = sum(line.is_link for line in lines)
        if linked >= len(lines) * 0.6 and not any(running_bytes(line) for line in lines):
            dropped.update(range(box.first, box.last))
    return _without_runs(page, [number for number in numbers if number not in dropped])


def _without_runs(page: Outline, numbers: list[int]) -> list[int]:
    """Leave out three and more links in a row that are no list of the text's own."""
    runs = [(loose, list(run)) for loose, run in groupby(numbers, lambda number: _is_loose_link(page.lines[number]))]
    return [number for loose, run in runs if not loose or len(run) < 3 for number in run]


def _is_loose_link(line: Line) -> bool:
    return line.is_link and not any(box.tag == "li" for box in line.box.ancestors()[:3])


def _trim(page: Outline, numbers: list[int]) -> list[int]:
    """Cut furniture, dates and links from both ends."""
    first, last = _after_dateline(page, numbers), len(numbers)
    while first < last and _is_edge(page.lines[numbers[first]], head=True):
        first += 1
    while first < last and _is_edge(page.lines[numbers[last - 1]], head=False):
        last -= 1
    return numbers[first:last]


def _after_dateline(page: Outline, numbers: list[int]) -> int:
    """Return where the text begins if it opens with a standfirst and a date line: after the date line."""
    skipped = 0
    for place, number in enumerate(numbers[:_OPENING]):
        line = page.lines[number]
        if len(line.text) <= _LABEL * 3 and _DATE.search(line.text) and not running_bytes(line):
            return place + 1
        skipped += running_bytes(line)
        if skipped > _STANDFIRST:
            break
    return 0


def _is_edge(line: Line, *, head: bool) -> bool:
    if is_furniture(line.text) or (line.is_link and len(line.text) < 80):
        return True
    return head and len(line.text) <= 100 and bool(_DATE.search(line.text)) and not running_bytes(line)
