"""A run under way as a person follows it: made of its record, the moment, and what was known a moment before. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from store.runs import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

Record = dict[str, Any]

WINDOW = timedelta(seconds=15)  # the rate is that of so long: crawls write their counts every two seconds


@dataclass(slots=True, frozen=True)
class Drop:
    """How many teasers or articles were dropped for a reason."""

    reason: str
    count: int


@dataclass(slots=True, frozen=True)
class Reading:
    """How many pages a run had read by a moment."""

    at: datetime
    pages: int


@dataclass(slots=True, kw_only=True, frozen=True)
class LiveRun:
    """A run as it stands. `rate` is pages a second of late, or overall once it ended; `elapsed` is in seconds.

    `remaining` counts articles that are known of and not read yet. `readings` are what the rate is made of.
    """

    id: str
    site: str
    state: str
    reason: str
    asked_by: str
    started_at: datetime
    ended_at: datetime | None
    elapsed: float
    pages: int
    articles: int
    accepted: int
    failed: int
    remaining: int
    rate: float
    dropped: tuple[Drop, ...]
    readings: tuple[Reading, ...] = ()

    @property
    def has_ended(self) -> bool:
        return self.state != RUNNING

    def presented(self) -> Record:
        """Return what programs are told of the run."""
        shown = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "readings"}
        return shown | {"dropped": [{"reason": drop.reason, "count": drop.count} for drop in self.dropped]}

    @property
    def drops(self) -> int:
        """How many were dropped, whatever the reason."""
        return sum(drop.count for drop in self.dropped)


def live_run(record: Record, now: datetime, before: LiveRun | None = None) -> LiveRun:
    """Return a run as it stands; `before` is what was returned for its record a moment ago."""
    counts, ended_at = record["counts"], record.get("ended_at")
    pages = counts.get("pages", 0)
    elapsed = max(0.0, ((ended_at or now) - record["started_at"]).total_seconds())
    first = Reading(record["started_at"], 0)
    readings = _readings(before.readings if before else (first,), pages, record, now)
    return LiveRun(
        id=record["_id"],
        site=record["site"],
        state=record["state"],
        reason=record.get("reason", ""),
        asked_by=record.get("asked_by", ""),
        started_at=record["started_at"],
        ended_at=ended_at,
        elapsed=round(elapsed, 1),
        pages=pages,
        articles=counts.get("articles", 0),
        accepted=counts.get("accepted", 0),
        failed=counts.get("failed", 0),
        remaining=0 if ended_at else counts.get("queued", 0),
        rate=_overall(pages, elapsed) if ended_at else rate(readings, now),
        dropped=tuple(Drop(drop["reason"], drop["count"]) for drop in counts.get("dropped", ())),
        readings=readings,
    )


def rate(readings: tuple[Reading, ...], now: datetime) -> float:
    """Return pages a second over the readings; a run that told nothing new for a while slows down.

    >>> from datetime import UTC, datetime
    >>> start = datetime(2025, 1, 1, tzinfo=UTC)
    >>> rate((Reading(start, 0), Reading(start + timedelta(seconds=2), 10)), start + timedelta(seconds=2))
    5.0
    """
    first, last = readings[0], readings[-1]
    until = now if now - last.at > WINDOW else last.at
    return _overall(last.pages - first.pages, (until - first.at).total_seconds())


def changes(
    before: Mapping[str, LiveRun], records: Iterable[Record], now: datetime
) -> tuple[dict[str, LiveRun], list[LiveRun]]:
    """Compare the records with what was known of them: the runs to go on following, and those that changed.

    A run that ended is told of once, if it was followed or has ended since it was last looked for.
    """
    current, changed = {}, []
    for record in records:
        known = before.get(record["_id"])
        run = live_run(record, now, known)
        if known is None or _shown(run) != _shown(known):
            changed.append(run)
        current[run.id] = run
    return current, changed


def _readings(before: tuple[Reading, ...], pages: int, record: Record, now: datetime) -> tuple[Reading, ...]:
    """Keep what lies within the window, and the one reading before it that the first step is measured from."""
    told_at = record.get("progress_at") or record["started_at"]
    readings = (*before, Reading(told_at, pages)) if told_at > before[-1].at else before
    while len(readings) > 1 and now - readings[1].at > WINDOW:
        readings = readings[1:]
    return readings


def _overall(pages: int, seconds: float) -> float:
    return round(pages / seconds, 2) if seconds > 0 else 0.0


def _shown(run: LiveRun) -> tuple[Any, ...]:
    """What a person sees change; time passes by itself."""
    return (run.state, run.reason, run.pages, run.accepted, run.failed, run.remaining, run.rate, run.dropped)
