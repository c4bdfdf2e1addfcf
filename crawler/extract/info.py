"""The lines beside the headline and under the text: where sites print date, author, source and section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.document import text_of
from crawler.extract.markers import Zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.document import Element
    from crawler.extract.body import Body, Zones
    from crawler.extract.outline import Box, Line, Outline

_FOREIGN = frozenset({Zone.RELATED, Zone.ELSEWHERE, Zone.COMMENTS, Zone.ADVERT, Zone.HIDDEN})
_BEFORE, _AFTER, _UNDER = 5, 14, 14  # lines looked at before and after the headline, and under the text
_WITHIN = 12  # lines above the headline, and into the text, that a class name may still make a byline
_LONGEST = 160


@dataclass(slots=True, frozen=True)
class Mark:
    """An element of an info line that says by class, rel or itemprop what it holds."""

    names: str
    rel: str
    prop: str
    moment: str
    text: str
    above: bool
    element: Element


@dataclass(slots=True, frozen=True)
class Info:
    """The lines under the headline (`head`), over it (`before`, nearest first) and under the text (`tail`).

    `marks` are the elements of all these.

    `opening` and `closing` are the first and last lines of the text itself, where old pages print them.
    """

    head: list[Line]
    before: list[Line]
    tail: list[Line]
    opening: list[Line]
    closing: list[Line]
    marks: list[Mark]


def find_info(page: Outline, zones: Zones, headline: int | None, body: Body) -> Info:
    first, last = body.lines[0], body.lines[-1]
    top = headline if headline is not None and headline <= first else max(first - _BEFORE, 0)
    after = [n for n in range(top + 1, first) if zones.of_line[n] not in _FOREIGN]
    after = after if len(after) <= _AFTER else [*after[: _AFTER - 4], *after[-4:]]
    after += [n for n in range(first, min(first + _WITHIN, last)) if zones.of_line[n] is Zone.BYLINE]
    before = [n for n in range(top - 1, max(top - _BEFORE, -1), -1) if zones.of_line[n] not in _FOREIGN]
    before += [n for n in range(top - _BEFORE, max(top - _WITHIN, -1), -1) if zones.of_line[n] is Zone.BYLINE]
    scope = _scope(body.box, top)
    foreign = _FOREIGN | {Zone.ASIDE} if scope.tag in ("body", "html") else _FOREIGN
    under = [n for n in range(last + 1, scope.last) if zones.of_line[n] not in foreign][:_UNDER]
    marks = [*_marks(page, [*after, *before], above=True), *_marks(page, under, above=False)]
    opening, closing = body.lines[:3], body.lines[:-4:-1]
    return Info(
        _short(page, after),
        _short(page, before),
        _short(page, under),
        [page.lines[n] for n in opening],
        [page.lines[n] for n in closing],
        marks,
    )


def _scope(box: Box, headline: int) -> Box:
    """Return the smallest box that holds both the text and its headline."""
    return next((around for around in box.ancestors() if around.first <= headline), box)


def _short(page: Outline, numbers: Iterable[int]) -> list[Line]:
    return [page.lines[n] for n in numbers if len(page.lines[n].text) <= _LONGEST]


def _marks(page: Outline, numbers: Iterable[int], *, above: bool) -> Iterator[Mark]:
    seen: set[Box] = set()
    for number in numbers:
        box = page.lines[number].box
        if box in seen or box.last - box.first > 6:
            continue
        seen.add(box)
        wrappers = [around for around in box.ancestors()[1:3] if around.first == box.first and around.last == box.last]
        for around in wrappers:
            if around not in seen:
                seen.add(around)
                yield from _mark_of(around.element, above=above)
        for element in box.element.iter():
            yield from _mark_of(element, above=above)


def _mark_of(element: Element, *, above: bool) -> Iterator[Mark]:
    get = element.get
    names, rel, prop, moment = get("class") or get("id"), get("rel"), get("itemprop"), get("datetime")
    if not (names or rel or prop or moment or element.tag == "a"):
        return
    text = text_of(element)
    if (text or moment or get("content")) and len(text) <= _LONGEST:
        yield Mark((names or "").lower(), rel or "", prop or "", moment or (get("content") or ""), text, above, element)
