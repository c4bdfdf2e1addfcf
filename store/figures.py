"""What was collected, in figures: articles by day and site, verdicts by reason, and how long articles took to come in.

All of a window of days, so that what it costs does not grow with the archive: of articles only an index is read, but
for the reasons. How counts become figures is pure; asking for them is below.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pymongo import DESCENDING

from store.schema import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pymongo.database import Database

Record = dict[str, Any]

ARTICLE, TEASER = "article", "teaser"
TOLD = 50  # sites that are told of by themselves
COUNTED = 50_000  # the newest articles and the newest teasers whose reasons are counted: they have to be read
EXACT = ("second", "minute", "hour")  # a publication known to the day tells nothing of a delay
_MINUTE, _A_DAY = 60, timedelta(days=1)
_EASTERNMOST = timedelta(hours=14)  # where a day begins first
_EPOCH = date(1970, 1, 1).toordinal()
# Of a publication, as a number of days since then
_LOCAL = {"$add": [{"$toLong": "$sort_at"}, {"$multiply": [{"$ifNull": ["$published_offset", 0]}, 60_000]}]}
_DAY = {"$floor": {"$divide": [_LOCAL, 86_400_000]}}
_HISTOGRAM = (5, 15, 30, 60, 180, 360, 720, 1440, 4320, 10080)  # minutes that its bars end at, the last one aside
_STEPS = ((60, 1), (1440, 10))  # minutes up to which delays are counted to so many minutes; later ones to the hour


@dataclass(slots=True, kw_only=True, frozen=True)
class Window:
    """The last `days` days, today too; of one site, if it is named."""

    now: datetime
    days: int
    site: str | None = None

    @property
    def since(self) -> datetime:
        """A moment that none of the days begins before, in whichever zone."""
        return datetime.combine((self.now - self.days * _A_DAY).date(), time(), UTC)

    @property
    def until(self) -> datetime:
        """A moment at which all of the days are over, in whichever zone."""
        return datetime.combine((self.now + _EASTERNMOST).date() + 2 * _A_DAY, time(), UTC)


@dataclass(slots=True, kw_only=True, frozen=True)
class OfSite:
    """Articles of a site: all, and on each day."""

    site: str
    total: int
    days: list[int]


@dataclass(slots=True, kw_only=True, frozen=True)
class ByDay:
    """Accepted articles by the day of their publication, `first` to `last`; a day is that of the publisher's zone.

    `sites` has those with most articles, most first; `others` is all the rest, on each day.
    """

    first: date
    last: date
    total: int
    sites: list[OfSite]
    others: list[int]

    def of_most(self, number: int) -> ByDay:
        """Return the same with no more than so many sites told of by themselves."""
        rest = [site.days for site in self.sites[number:]]
        others = [sum(day) for day in zip(self.others, *rest, strict=True)]
        return ByDay(first=self.first, last=self.last, total=self.total, sites=self.sites[:number], others=others)


@dataclass(slots=True, kw_only=True, frozen=True)
class Reason:
    """How many articles or teasers (`item`) have a verdict for that reason, the first of theirs."""

    item: str
    status: str
    reason: str
    count: int


@dataclass(slots=True, kw_only=True, frozen=True)
class Bar:
    """Articles that took less than `below` seconds, and no less than the bar before says; null is no bound."""

    below: int | None
    articles: int


@dataclass(slots=True, kw_only=True, frozen=True)
class Delay:
    """Seconds from publication to storing: half of the articles took no longer than `p50`, and so on.

    They are rounded up: to a minute below an hour, to ten below a day, else to the hour. Null is of no article.
    """

    site: str | None
    articles: int
    p50: int | None
    p90: int | None
    p99: int | None


@dataclass(slots=True, kw_only=True, frozen=True)
class Delays:
    """Of accepted articles whose publication is known to the hour at least: of all, of sites, and as a histogram."""

    all: Delay
    sites: list[Delay]
    histogram: list[Bar]


@dataclass(slots=True, kw_only=True, frozen=True)
class Figures:
    """All figures of the same days. Articles are in them by their publication, teasers by the moment of their verdict.

    `is_cut` says that there are more reasons: those of the newest 50,000 articles and teasers are told.
    """

    days: ByDay
    reasons: list[Reason]
    is_cut: bool
    delays: Delays


def figures(database: Database[Record], window: Window) -> Figures:
    """Ask for all figures of a window."""
    days = by_day(_days(database, window), window)
    articles, teasers = _article_reasons(database, window, days), _teaser_reasons(database, window, days)
    return Figures(
        days=days,
        reasons=by_reason(articles, teasers),
        is_cut=COUNTED in (sum(articles.values()), sum(teasers.values())),
        delays=delays_of(_delays(database, window, days)),
    )


def by_day(counts: Mapping[tuple[str, date], int], window: Window) -> ByDay:
    """Return counts by site and day as figures; where a day has begun somewhere and has articles, it is the last.

    >>> window = Window(now=datetime(2025, 12, 20, 20, tzinfo=UTC), days=2)
    >>> days = [date(2025, 12, day) for day in (19, 20, 21)]
    >>> made = by_day({("a", days[0]): 9, ("a", days[1]): 1, ("b", days[2]): 2}, window)
    >>> str(made.first), made.total, [(site.site, site.days) for site in made.sites]
    ('2025-12-20', 3, [('b', [0, 2]), ('a', [1, 0])])
    """
    today, latest = window.now.date(), (window.now + _EASTERNMOST).date()
    last = max((day for _, day in counts if today <= day <= latest), default=today)
    first = last - (window.days - 1) * _A_DAY
    sites: dict[str, list[int]] = {}
    for (site, day), count in counts.items():
        if first <= day <= last:
            sites.setdefault(site, [0] * window.days)[(day - first).days] += count
    told = [OfSite(site=site, total=sum(days), days=days) for site, days in sites.items()]
    told.sort(key=lambda site: (-site.total, site.site))
    total = sum(site.total for site in told)
    return ByDay(first=first, last=last, total=total, sites=told, others=[0] * window.days).of_most(TOLD)


def by_reason(articles: Mapping[tuple[str, str], int], teasers: Mapping[tuple[str, str], int]) -> list[Reason]:
    """Return counts by verdict and code as figures, most first."""
    found = [
        Reason(item=item, status=status, reason=code, count=count)
        for item, counts in ((ARTICLE, articles), (TEASER, teasers))
        for (status, code), count in counts.items()
    ]
    return sorted(found, key=lambda each: (-each.count, each.item, each.status, each.reason))


def delays_of(counts: Mapping[tuple[str, int], int]) -> Delays:
    """Return counts by site and minutes (rounded down to a step) as figures.

    >>> made = delays_of({("a", 0): 1, ("a", 7): 2, ("b", 1500): 1})
    >>> made.all.p50, made.all.p99, [(site.site, site.p50) for site in made.sites]
    (480, 93600, [('a', 480), ('b', 93600)])
    >>> [(bar.below, bar.articles) for bar in made.histogram if bar.articles]
    [(300, 1), (900, 2), (259200, 1)]
    """
    of_all: dict[int, int] = {}
    of_sites: dict[str, dict[int, int]] = {}
    for (site, minutes), count in counts.items():
        of_all[minutes] = of_all.get(minutes, 0) + count
        of_sites.setdefault(site, {})[minutes] = count
    sites = [_delay(site, minutes) for site, minutes in of_sites.items()]
    sites.sort(key=lambda delay: (-delay.articles, delay.site or ""))
    return Delays(all=_delay(None, of_all), sites=sites[:TOLD], histogram=_histogram(of_all))


def _delay(site: str | None, minutes: Mapping[int, int]) -> Delay:
    total = sum(minutes.values())
    p50, p90, p99 = (_share(minutes, total * percent / 100) for percent in (50, 90, 99))
    return Delay(site=site, articles=total, p50=p50, p90=p90, p99=p99)


def _share(minutes: Mapping[int, int], wanted: float) -> int | None:
    """Return the seconds within which `wanted` articles came in: the end of the step that holds the last of them."""
    passed = 0
    for at in sorted(minutes):
        passed += minutes[at]
        if passed >= wanted:
            return (at + _step(at)) * _MINUTE
    return None


def _step(minutes: int) -> int:
    return next((step for end, step in _STEPS if minutes < end), 60)


def _histogram(minutes: Mapping[int, int]) -> list[Bar]:
    bounds: list[int | None] = [0, *_HISTOGRAM, None]
    bars = []
    for start, end in pairwise(bounds):
        within = (count for at, count in minutes.items() if at >= (start or 0) and (end is None or at < end))
        bars.append(Bar(below=None if end is None else end * _MINUTE, articles=sum(within)))
    return bars


def _days(database: Database[Record], window: Window) -> dict[tuple[str, date], int]:
    found = _counted(database, "articles", _accepted(window), {"site": "$site", "day": _DAY})
    return {(each["_id"]["site"], date.fromordinal(_EPOCH + int(each["_id"]["day"]))): each["count"] for each in found}


def _delays(database: Database[Record], window: Window, days: ByDay) -> dict[tuple[str, int], int]:
    """Count by site and minutes; what was stored before its publication took no time."""
    passed = {"$max": [0, {"$subtract": ["$stored_at", "$sort_at"]}]}
    minutes = {"$floor": {"$divide": [passed, 60_000]}}
    branches = [{"case": {"$lt": ["$$minutes", end]}, "then": step} for end, step in _STEPS]
    step = {"$mod": ["$$minutes", {"$switch": {"branches": branches, "default": 60}}]}
    rounded = {"$let": {"vars": {"minutes": minutes}, "in": {"$subtract": ["$$minutes", step]}}}
    which = _accepted(window) | {"published_precision": {"$in": EXACT}, "stored_at": {"$type": "date"}}
    one = {"$cond": [_is_within(days), 1, 0]}  # as a part of `which` it would have every article read
    found = _counted(database, "articles", which, {"site": "$site", "minutes": rounded}, one=one)
    return {(each["_id"]["site"], int(each["_id"]["minutes"])): each["count"] for each in found if each["count"]}


def _article_reasons(database: Database[Record], window: Window, days: ByDay) -> dict[tuple[str, str], int]:
    dropped = [status for status in STATUSES if status != "accepted"]
    which = _accepted(window) | {"status": {"$in": dropped}, "$expr": _is_within(days)}
    return _reasons(database, "articles", which, "sort_at")


def _teaser_reasons(database: Database[Record], window: Window, days: ByDay) -> dict[tuple[str, str], int]:
    """Count by verdict and code; a verdict tells no zone, so its day is that of UTC."""
    site = {"site": window.site} if window.site else {}
    start, end = (datetime.combine(day, time(), UTC) for day in (days.first, days.last + _A_DAY))
    return _reasons(database, "verdicts", site | {"at": {"$gte": start, "$lt": end}}, "at")


def _is_within(days: ByDay) -> Record:
    """Return the expression that says whether an article is of these days."""
    first, last = (day.toordinal() - _EPOCH for day in (days.first, days.last))
    return {"$and": [{"$gte": [_DAY, first]}, {"$lte": [_DAY, last]}]}


def _reasons(database: Database[Record], collection: str, which: Record, at: str) -> dict[tuple[str, str], int]:
    by: Record = {"status": "$status", "code": {"$ifNull": [{"$first": "$reasons.code"}, ""]}}
    found = _counted(database, collection, which, by, [{"$sort": {at: DESCENDING}}, {"$limit": COUNTED}])
    return {(each["_id"]["status"], each["_id"]["code"]): each["count"] for each in found}


def _accepted(window: Window) -> Record:
    site = {"site": window.site} if window.site else {}
    return {"status": "accepted", "sort_at": {"$gte": window.since, "$lt": window.until}} | site


def _counted(
    database: Database[Record],
    collection: str,
    which: Record,
    by: Record,
    between: Sequence[Record] = (),
    *,
    one: Record | int = 1,
) -> Iterable[Record]:
    group = {"$group": {"_id": by, "count": {"$sum": one}}}
    return database[collection].aggregate([{"$match": which}, *between, group])
