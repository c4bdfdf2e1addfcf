"""When an article was published: the date beside the headline before what the page says to machines."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from crawler.extract.dates import Stamp, find_dates, parse_machine
from crawler.extract.evidence import Candidate, winner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo

    from crawler.extract.info import Info, Mark
    from crawler.extract.metadata import Metadata
    from crawler.extract.outline import Line

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "publishdate",
    "pubdate", "publish-date", "publication_date", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dc.date", "dcterms.created", "dcterms.date", "date", "article.published", "cxenseparse:recs:publishtime",
    "weibo: article:create_at", "og:release_date", "bytedance:published_time", "firstpublishedtime",
    "publishtime", "pub_date", "apub:time", "article:published",
)  # fmt: skip
_PUBLISHED_NAME = re.compile(r"publish\w*[-_:. ]?(date|time)|(date|time)[-_:. ]?publish", re.IGNORECASE)
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "lastmod",
    "last-modified",
    "bytedance:updated_time",
)
_UPDATED = re.compile(
    r"(更新|修改|编辑于|推荐文章|updated?|modified|edited|reviewed|revised|aktualisiert|mis à jour|actualizado)"
    r"[^\d]{0,24}$",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"(发布|时间|日期|published|posted|date)\W{0,12}$", re.IGNORECASE)
_FIRST = re.compile(r"(originally|first) published\W{0,3}(on\s*)?$|首发(于|时间)\W{0,3}$", re.IGNORECASE)
_YEAR_ALONE = re.compile(r"(?:19|20)\d\d年?")
_DAY_ALONE = re.compile(r"[01]?\d[-/.月][0-3]?\d\b日?")
_DAY_NUMBER = re.compile(r"[0-3]?\d")
_MONTH_ALONE = re.compile(r"(?:19|20)\d\d[-/.年][01]?\d月?")
_CHANGED = 2  # the rank of a mark that tells of a change
_MINUTE = timedelta(minutes=1)
_RIGHTS = re.compile(r"©|copyright|版权所有|all rights reserved", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/_]?([01]\d)[-/_]?([0-3]\d)(?!\d{4,})")
_LABEL = 60  # a line of the text this short may be a date line; a longer one tells of days in its story
_COARSE = ("month", "year")
_FINER = {"year": 0, "month": 1, "day": 2, "hour": 3, "minute": 4, "second": 5}


@dataclass(slots=True, frozen=True)
class Moments:
    published: Stamp | None
    modified: Stamp | None


class Clock(NamedTuple):
    """What a printed date is read against: the moment of the fetch and the zone of the site."""

    now: datetime
    zone: tzinfo


@dataclass(slots=True, frozen=True)
class _Printed:
    """A date on the page. `told` where it stands in running text: a day of the story or of a picture."""

    stamp: Stamp
    updated: bool
    told: bool
    is_first: bool

    @property
    def is_coarse(self) -> bool:
        return self.stamp.precision in _COARSE

    @property
    def is_firm(self) -> bool:
        return self.stamp.has_year and not (self.stamp.relative or self.is_coarse or self.told)


def find_moments(info: Info, data: Metadata, url: str, clock: Clock) -> Moments:
    modified = _first([data.text("dateModified") or "", data.first(*_MODIFIED) or ""], clock)
    if modified is None:
        printed = (*_printed(info.head, clock), *_printed(info.tail, clock))
        modified = next((date.stamp for date in printed if date.updated), None)
    return Moments(winner(published_candidates(info, data, url, clock, modified)), modified)


def published_candidates(
    info: Info, data: Metadata, url: str, clock: Clock, modified: Stamp | None
) -> Iterator[Candidate[Stamp]]:
    """Yield by trust: printed beside the headline, said to machines, printed under the text, in the address.

    A date said to machines picks among several printed ones and lends its time of day to that of the same day.
    """
    said = _local([stamp for text in dict.fromkeys(_said(info, data)) if text and (stamp := _exact(text, clock))])
    head = [date for date in _printed(info.head, clock) if not date.updated]
    first = [date.stamp for date in _printed(info.tail, clock) if date.is_first]
    yield from (Candidate(stamp, "printed under the text as the first publication") for stamp in first)
    for stamp in said:
        if match := next((date.stamp for date in head if _is_same_day(date.stamp, stamp, clock)), None):
            yield Candidate(_timed(match, stamp), "printed beside the headline, as said to machines")
    changed = modified if said else None
    firm = [date.stamp for date in head if date.is_firm and not (changed and _is_same_day(date.stamp, changed, clock))]
    if not (said and any(_is_turned(stamp, said[0]) for stamp in firm)):
        yield from (Candidate(stamp, "printed beside the headline") for stamp in firm)
    yield from (Candidate(stamp, "said to machines") for stamp in said)
    yield from (Candidate(date.stamp, "printed beside the headline") for date in head if not date.is_coarse)
    yield from _printed_elsewhere(info, clock)
    yield from (Candidate(date.stamp, "printed beside the headline") for date in head)
    if stamp := _address_date(url, clock):
        yield Candidate(stamp, "in the address")
    if modified:
        yield Candidate(modified, "of the last change")


def _printed_elsewhere(info: Info, clock: Clock) -> Iterator[Candidate[Stamp]]:
    edges = [line for line in (*info.opening, *info.closing) if len(line.text) <= _LABEL]
    for source, lines in (("above the headline", info.before), ("under the text", info.tail), ("in the text", edges)):
        dates = [date for date in _printed(lines, clock) if not date.updated]
        yield from (Candidate(date.stamp, f"printed {source}") for date in dates if not date.is_coarse)


def _printed(lines: Iterable[Line], clock: Clock) -> list[_Printed]:
    """Return the dates of these lines, in order."""
    found = []
    for line, text in _rejoined(lines):
        if not _RIGHTS.search(text):
            for stamp in find_dates(text, *clock):
                before = text[: stamp.start]
                told = line.running > 0 and not _LABELLED.search(before)
                found.append(_Printed(stamp, bool(_UPDATED.search(before)), told, bool(_FIRST.search(before))))
    return found


def _rejoined(lines: Iterable[Line]) -> Iterator[tuple[Line, str]]:
    """Yield lines with their texts, a date that is set in two lines ("2019", "09/07") made one."""
    before = ""
    for line in lines:
        text = line.printed
        if _YEAR_ALONE.fullmatch(before) and _DAY_ALONE.match(text):
            text = f"{before}/{text}"
        elif _DAY_NUMBER.fullmatch(before) and _MONTH_ALONE.fullmatch(text):
            text = f"{text}/{before}"
        yield line, text
        before = text


def _local(said: list[Stamp]) -> list[Stamp]:
    """Put the one first that tells the first's moment in the page's own zone instead of UTC."""
    local = [s for s in said if s.at.utcoffset() and said[0].at - _MINUTE < s.at < said[0].at + _MINUTE]
    return local[:1] + said


def _said(info: Info, data: Metadata) -> Iterator[str]:
    yield data.text("datePublished") or data.text("dateCreated") or data.text("uploadDate") or ""
    yield data.first(*_PUBLISHED) or ""
    yield next((text for name, text in data.meta.items() if _PUBLISHED_NAME.search(name)), "")
    yield from (mark.moment for mark in sorted(info.marks, key=_rank) if mark.moment and _rank(mark) < _CHANGED)


def _rank(mark: Mark) -> int:
    if "Published" in mark.prop or "publish" in mark.names:
        return 0
    return _CHANGED if "Modified" in mark.prop or "update" in mark.names or "modif" in mark.names else 1


def _first(texts: Iterable[str], clock: Clock) -> Stamp | None:
    return next((stamp for text in texts if text and (stamp := parse_machine(text, *clock))), None)


def _exact(text: str, clock: Clock) -> Stamp | None:
    stamp = parse_machine(text, *clock)
    return stamp if stamp and stamp.has_year and not stamp.relative else None


def _is_same_day(printed: Stamp, said: Stamp, clock: Clock) -> bool:
    """Tell whether both mean one day, in the zone of either or in the one that the site prints."""
    if printed.relative or printed.precision in _COARSE:
        return False
    day = printed.at.date()
    return day in (said.at.date(), said.at.astimezone(clock.zone).date())


def _is_turned(printed: Stamp, said: Stamp) -> bool:
    """Tell a date whose day and month were read the wrong way round: 03/10 may be October."""
    day, other = printed.at.date(), said.at.date()
    return (day.day, day.month, day.year) == (other.month, other.day, other.year)


def _timed(printed: Stamp, said: Stamp) -> Stamp:
    return replace(said, text=printed.text) if _FINER[said.precision] > _FINER[printed.precision] else printed


def _address_date(url: str, clock: Clock) -> Stamp | None:
    match = _IN_ADDRESS.search(url.split("//", 1)[-1].partition("/")[2])
    return parse_machine("".join(match.groups()), *clock) if match else None
