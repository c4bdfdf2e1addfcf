"""Tells from what was seen what was done twice, lost or left lying. Pure.

Moments are seconds since the soak began, by a clock that no one sets.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

FINISHED, RUNNING = "finished", "running"
_CLOCKS = 0.05  # seconds by which two processes' records of one moment may differ


@dataclass(slots=True, frozen=True)
class Span:
    """From `begin` to `end`, or to the end of the soak for what had not ended."""

    begin: float
    end: float

    def overlap(self, other: Span) -> float:
        return max(0.0, min(self.end, other.end) - max(self.begin, other.begin))


@dataclass(slots=True, frozen=True, kw_only=True)
class Run:
    """A run by its record. `ended` is its last sign of life where it did not end by itself.

    `due_at` is the moment of the schedule as it was recorded, None for a run that was not scheduled.
    """

    id: str
    site: str
    state: str
    began: float
    ended: float
    cause: str = ""
    due_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Account:
    """What became of the schedule's moments.

    `due` of them passed; for each there was a finished `run` of its own, or one `made_up` for it with others, or it was
    `lost`. `doubles` and `gaps` are sentences, one for each finding.
    """

    due: int = 0
    run: int = 0
    made_up: int = 0
    lost: int = 0
    doubles: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    longest_wait: float = 0.0


def account(
    runs: Iterable[Run],
    sites: Mapping[str, float],
    *,
    every: float,
    patience: float,
    outages: Sequence[Span],
    end: float,
) -> Account:
    """Return what became of the moments of all sites' schedules, each from when the site was known to the `end`.

    A site must be run every `every` seconds. It may wait `patience` longer, and as long again as its outages last.
    """
    by_site = defaultdict(list)
    for run in runs:
        by_site[run.site].append(run)
    found, away = Account(), merged(outages)
    for site, known in sites.items():
        mine = sorted(by_site[site], key=lambda run: run.began)
        found.doubles += doubles(mine)
        _account_site(found, site, mine, every=every, patience=patience, away=away, whole=Span(known, end))
    return found


def doubles(runs: Sequence[Run]) -> list[str]:
    """Return what was done twice in the runs of one site, ordered by their begin."""
    said, latest = [], None
    for run in runs:
        if latest and run.began < latest.ended - _CLOCKS:
            said.append(f"{run.site}: {run.id} began {latest.ended - run.began:.1f} s before {latest.id} ended")
        latest = run if latest is None or run.ended > latest.ended else latest
    finished = sorted((run.due_at, run.id) for run in runs if run.due_at and run.state == FINISHED)
    for moment, group in groupby(finished, key=lambda pair: pair[0]):
        ids = [id_ for _, id_ in group]
        if len(ids) > 1:
            said.append(f"{runs[0].site}: {moment:%H:%M:%S} was run by {' and '.join(ids)}")
    return said


def _account_site(
    found: Account, site: str, runs: Sequence[Run], *, every: float, patience: float, away: Sequence[Span], whole: Span
) -> None:
    starts = [run.began for run in runs if run.state == FINISHED]
    found.run += len(starts)
    for before, after in pairwise([whole.begin, *starts, whole.end]):
        moments = round((after - before) / every) - 1 if after != whole.end else int((after - before) / every)
        found.made_up += max(0, moments)
        gap = Span(before, after)
        wait = (after - before) - sum(gap.overlap(each) for each in away) - every
        found.longest_wait = max(found.longest_wait, wait)
        if wait > patience:
            lost = math.ceil(wait / every)
            found.lost += lost
            found.made_up -= min(lost, max(0, moments))
            found.gaps.append(
                f"{site}: no run from {before:.0f} s to {after:.0f} s, {wait:.0f} s more than its interval"
            )
    found.due = found.run + found.made_up + found.lost


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans without overlaps, in order."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda each: each.begin):
        if whole and span.begin <= whole[-1].end:
            whole[-1] = Span(whole[-1].begin, max(whole[-1].end, span.end))
        else:
            whole.append(span)
    return whole


def false_ends(runs: Iterable[Run], killed: Mapping[str, float]) -> list[str]:
    """Return the runs that are recorded as finished after their process was killed."""
    return [
        f"{run.id} was killed at {killed[run.id]:.1f} s and is recorded as finished at {run.ended:.1f} s"
        for run in runs
        if run.id in killed and run.state == FINISHED and run.ended > killed[run.id] + _CLOCKS
    ]
