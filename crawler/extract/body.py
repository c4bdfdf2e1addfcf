"""The article's text: the box that holds most running text and least furniture, furniture cut from it.

Each line of the page is worth something: running text is worth its length, a link or a scrap costs. The body is the
box whose lines are worth most together, so it grows over a break in the text and stops before a list of links.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import TYPE_CHECKING

from crawler.extract.markers import Zone, is_appeal, is_pointer, zone_of_heading
from crawler.extract.outline import HEADINGS
from crawler.extract.trim import trim

if TYPE_CHECKING:
    from collections.abc import Collection

    from crawler.extract.outline import Box, Line, Outline

_LABEL = 30
_LINK_COST, _SCRAP_COST = 20.0, 6.0  # in bytes of running text
_MOST_COST = 150.0  # in bytes: a long list in an article is not worse than a short one
_ITEM, _ROW = 5, 3  # lines that a teaser has at most, and teasers that make a feed
_CORE = 0.9
_CAPTION = 200
_CAPTIONED = re.compile(r"caption|(?<![a-z])credits?(?![a-z])", re.IGNORECASE)
_NEVER_TEXT = frozenset({Zone.COMMENTS, Zone.RELATED, Zone.LEGAL})
_MOST, _ALL = 0.5, 0.9  # shares of the page's running text that tell against a class name
_MUCH = 1_000  # bytes of running text that no menu or share bar has


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
        self._running = list(accumulate((line.running for line in page.lines), initial=0))
        for box in page.boxes:
            if box.zone and not self._is_void(box):
                self._mark(box.first, box.last, box.zone)
        for number, line in enumerate(page.lines):
            if self.of_line[number] is None and number != headline and may_head(line):
                self._open(number, zone_of_heading(line.text))

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

    def _open(self, number: int, zone: Zone | None) -> None:
        """Mark what a heading introduces: all after it in its box for comments, else what is made of links."""
        if zone is None:
            return
        line = self.page.lines[number]
        last = number + 1
        if zone is Zone.COMMENTS and line.box.tag in HEADINGS:
            last = next((box.last for box in line.box.ancestors() if box.last > number + 1), last)
        elif under := self.page.boxes_under(number):
            last = under[-1].last
        if last > number + 1:
            self._mark(number, last, zone)


def may_head(line: Line) -> bool:
    """Tell a line that can be the heading of a block, as far as its form goes."""
    return line.box.tag in HEADINGS or not (line.linked or len(line.text) > _LABEL or line.box.tag == "li")


def find_body(
    page: Outline, zones: Zones, headline: int | None, said: str = "", names: Collection[str] = ()
) -> Body | None:
    """Return the body, or None where no box holds running text.

    `said` is the text and `names` are the authors as the page tells machines.
    """
    worths = _box_worths(page, zones)
    worth = max(worths)
    if worth <= 0:
        return None
    best = next(box for box in reversed(page.boxes) if worths[box.number] == worth)
    best = _core(page, best, worths, _CORE * worth)
    numbers = [n for n in range(best.first, best.last) if zones.of_line[n] is None and not _is_aside(page.lines[n])]
    if headline is not None and best.first <= headline < best.last:
        numbers = [n for n in numbers if n > headline]
    return Body(best, trim(page, zones.of_line, _without_lists(page, best, numbers), said, names))


def _box_worths(page: Outline, zones: Zones) -> list[float]:
    """Return what each box is worth: its lines and the boxes in it; one without running text costs so much at most."""
    worths = [0.0] * len(page.boxes)
    teasers = _teasers(page, zones)
    for number, line in enumerate(page.lines):
        worths[line.box.number] += _worth(line, zones.of_line[number], is_teaser=number in teasers)
    for box in reversed(page.boxes):
        if box.parent is not None:
            worths[box.parent.number] += max(worths[box.number], -_MOST_COST)
    return worths


def _teasers(page: Outline, zones: Zones) -> set[int]:
    """Return the lines of running text that stand under a link in one of many such items: a feed of other articles.

    None where the feed is most of the page: that is a list, and to be told as one.
    """
    rows: dict[tuple[str, str | None], dict[int, int]] = defaultdict(dict)
    for number, line in enumerate(page.lines):
        if line.running:
            item = next((box for box in line.box.ancestors() if box.last - box.first > 1), line.box)
            is_short = item.first < number and item.last - item.first <= _ITEM
            if is_short and page.lines[item.first].is_link:
                rows[item.tag, item.element.get("class")][item.number] = number
    teasers = {number for row in rows.values() if len(row) >= _ROW for number in row.values()}
    running = [number for number, line in enumerate(page.lines) if line.running and zones.of_line[number] is None]
    fed = sum(page.lines[number].running for number in running if number in teasers)
    return teasers if 2 * fed < sum(page.lines[number].running for number in running) else set()


def _core(page: Outline, box: Box, worths: list[float], enough: float) -> Box:
    """Go inwards as long as one box within holds enough of the text: what is left out is captions and appeals."""
    while inner := next((child for child in page.children(box) if worths[child.number] >= enough), None):
        box = inner
    return box


def _is_aside(line: Line) -> bool:
    """Tell a line of the text that is none of it: a pointer to another page, an embedded post."""
    if (line.is_link and is_pointer(line.text)) or is_appeal(line.text) or _is_caption(line):
        return True
    return any(box is not None and _is_post(box) for box in (line.box, line.box.parent))


def _is_post(box: Box) -> bool:
    return box.tag == "blockquote" and "tweet" in (box.element.get("class") or "")


def _is_caption(line: Line) -> bool:
    named = line.box.tag == "figcaption" or _CAPTIONED.search(line.box.element.get("class") or "") is not None
    return named and len(line.text) < _CAPTION


def _worth(line: Line, zone: Zone | None, *, is_teaser: bool) -> float:
    if zone is not None:
        return -2.0
    if line.running and not is_teaser:
        return float(line.running)
    return -_LINK_COST if line.is_link or is_teaser else -_SCRAP_COST


def _without_lists(page: Outline, body: Box, numbers: list[int]) -> list[int]:
    """Leave out the boxes in a body that are nearly all links: three or more, and no running text."""
    dropped: set[int] = set()
    for box in page.boxes:
        if box is body or not (body.first <= box.first and box.last <= body.last) or box.last - box.first < 3:
            continue
        lines = page.lines_of(box)
        linked = sum(line.is_link for line in lines)
        if linked >= len(lines) * 0.6 and not any(line.running for line in lines):
            dropped.update(range(box.first, box.last))
    return _without_runs(page, [number for number in numbers if number not in dropped])


def _without_runs(page: Outline, numbers: list[int]) -> list[int]:
    """Leave out three and more links in a row that are no list of the text's own."""
    runs = [(loose, list(run)) for loose, run in groupby(numbers, lambda number: _is_loose_link(page.lines[number]))]
    return [number for loose, run in runs if not loose or len(run) < 3 for number in run]


def _is_loose_link(line: Line) -> bool:
    return line.is_link and not any(box.tag == "li" for box in line.box.ancestors()[:3])
