"""When an article was published: the date beside the headline before what the page says to machines."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.extract.dates import Stamp, find_dates, parse_machine

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
    r"(更新|修改|编辑于|updated?|modified|edited|reviewed|revised|aktualisiert|mis à jour|actualizado)[^\d]{0,24}$",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"©|copyright|版权所有|all rights reserved", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/_]?([01]\d)[-/_]?([0-3]\d)(?!\d{4,})")
_LABEL = 60  # a line of the text this short may be a date line; a longer one tells of days in its story
_COARSE = ("month", "year")
_FINER = {"year": 0, "month": 1, "day": 2, "hour": 3, "minute": 4, "second": 5}


@dataclass(slots=True, frozen=True)
class Moments:
    published: Stamp | None
    modified: Stamp | None


@dataclass(slots=True, frozen=True)
class Clock:
    """What a printed date is read against: the moment of the fetch and the zone of the site."""

    now: datetime
    zone: tzinfo


def find_moments(info: Info, data: Metadata, url: str, clock: Clock) -> Moments:
    """Decide by trust: printed beside the headline, said to machines, printed under the text, in the address.

    A date said to machines lends its time of day to a printed one of the same day.
    """
    head, updated = _printed(info.head, clock)
    over, _ = _printed(info.before, clock)
    tail, updated_below = _printed(info.tail, clock)
    edge, _ = _printed((line for line in (*info.opening, *info.closing) if len(line.text) <= _LABEL), clock)
    said = _first(_said(info, data), clock)
    in_address = _address_date(url, clock)
    printed = _fine(head)
    modified = (
        _first([data.text("dateModified") or "", data.first(*_MODIFIED) or ""], clock) or updated or updated_below
    )
    published = _joined(printed, said, clock) or _fine(over) or _fine(tail) or edge or head or in_address or modified
    return Moments(published, modified)


def _printed(lines: Iterable[Line], clock: Clock) -> tuple[Stamp | None, Stamp | None]:
    """Return the first date of publication and the first of a change among these lines."""
    published = updated = None
    for line in lines:
        text = "  ".join(line.parts)
        if _RIGHTS.search(text):
            continue
        for stamp in find_dates(text, clock.now, clock.zone):
            if _UPDATED.search(text[: stamp.start]):
                updated = updated or stamp
            else:
                published = published or stamp
    return published, updated


def _said(info: Info, data: Metadata) -> Iterator[str]:
    yield data.text("datePublished") or data.text("dateCreated") or data.text("uploadDate") or ""
    yield data.first(*_PUBLISHED) or ""
    yield next((text for name, text in data.meta.items() if _PUBLISHED_NAME.search(name)), "")
    yield from (mark.moment for mark in sorted(info.marks, key=_rank) if mark.moment)


def _rank(mark: Mark) -> int:
    if "Published" in mark.prop or "publish" in mark.names:
        return 0
    return 2 if "Modified" in mark.prop or "update" in mark.names or "modif" in mark.names else 1


def _first(texts: Iterable[str], clock: Clock) -> Stamp | None:
    return next((stamp for text in texts if text and (stamp := parse_machine(text, clock.now, clock.zone))), None)


def _fine(stamp: Stamp | None) -> Stamp | None:
    return stamp if stamp and stamp.precision not in _COARSE else None


def _joined(printed: Stamp | None, said: Stamp | None, clock: Clock) -> Stamp | None:
    if printed is None or said is None:
        return printed or said
    same_day = printed.at.date() in (said.at.date(), said.at.astimezone(clock.zone).date())
    if not same_day and not printed.has_year:
        return said
    if same_day and _FINER[said.precision] > _FINER[printed.precision]:
        return replace(said, text=printed.text)
    return printed


def _address_date(url: str, clock: Clock) -> Stamp | None:
    match = _IN_ADDRESS.search(url.split("//", 1)[-1].partition("/")[2])
    return parse_machine("".join(match.groups()), clock.now, clock.zone) if match else None
