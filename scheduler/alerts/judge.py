"""Which alerts hold for a site, by its own past runs. Pure.

What is asked has three answers: it holds, it is over, or nothing here tells. An alert ends when its opposite is shown,
not because evidence for it is missing, and it is harder to begin than to keep; so it does not flicker.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any

from scheduler.alerts import spells
from scheduler.alerts.judgement import Finding, Judgement, judgement, one_line, span
from store.runs import FAILED, FINISHED, INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime


Record = dict[str, Any]

YIELDS_NOTHING, FIELD_VANISHED, FAILING, KILLED, QUARANTINE = (
    "yields-nothing",
    "field-vanished",
    "failing",
    "killed",
    "quarantine",
)

_LIMITS = {
    "time-limit": "took longer than a crawl may",
    "memory-limit": "took more memory than a crawl may",
    "hung": "came no further",
}
NOT_THE_SITE = ("stopped", "lease-lost", "store-unavailable")  # causes of an end that tell nothing of the site

FAILURES = 3  # two may be one outage met twice
FINISHES_AFTER_KILL = 2  # a site that is killed every other run has one alert, not one each time

BARREN_RUNS = 2  # one may have met a page that was just being changed
RUNS_THAT_SHOWED = 5
A_DAY = timedelta(days=1)  # a site that is known for less may be one whose lists are empty every night

# The longest silence holds nights and weekends once two weekends were seen; before, a silence must also outlast a long
# weekend: Friday evening to Tuesday morning.
SILENCES = 10
TWO_WEEKENDS = timedelta(days=14)
LONG_WEEKEND = timedelta(days=4)
SHORT_SILENCE = timedelta(hours=3)  # nobody needs to act on less

# The chance that what a rule of shares sees is only chance. 1,000 sites of 50 articles a day in 7 fields are 350,000
# trials a day for `field-vanished`, and fewer for `quarantine`: one false alert in a month.
CHANCE = 1e-7

# 20 articles tell .8 from .5 (16 or more of 20 by chance: 6 in 1,000).
FIELD_SHARE = 0.8
FIELD_EVIDENCE = 20
FIELD_MISSING = 5

# From .3 down to .15 the alert stays as it is.
QUARANTINE_SHARE = 0.3
QUARANTINE_PAST_SHARE = 0.1
QUARANTINE_ARTICLES = 20
QUARANTINE_EVIDENCE = 50


@dataclass(slots=True, kw_only=True, frozen=True)
class Past:
    """What a site did, newest first: its last ended runs, and the last ones that brought something new.

    `read` are all runs of some weeks that finished, given where the last lists were empty. `news_at` is when runs began
    that brought news; it reaches further back than the records do, to hold the silences of weeks. `silence` is how long
    there was none when the last run began, `longest_silence` the longest before; `spells` measures both.
    """

    runs: Sequence[Record]
    bearing: Sequence[Record] = ()
    read: Sequence[Record] = ()
    news_at: Sequence[datetime] = ()
    silence: timedelta = timedelta(0)
    longest_silence: timedelta = timedelta(0)


def judge_site(site: str, past: Past) -> Judgement:
    """Judge a site. Runs of a single address and runs that a person, a service or the store ended have no say."""
    runs = [run for run in past.runs if _tells_of_the_site(run)]
    bearing = [run["counts"] for run in past.bearing if _is_whole(run) and _articles(run["counts"])]
    read = [run for run in past.read or runs if _tells_of_the_site(run)]
    lists = _Lists.of(read)
    findings = [
        (FAILING, "", _failing(runs)),
        (KILLED, "", _killed(runs)),
        (YIELDS_NOTHING, "teasers", _barren(lists)),
        (YIELDS_NOTHING, "articles", None if _are_known_barren(lists) else _silent(runs, past)),
        (QUARANTINE, "", _quarantine(bearing)),
        *((FIELD_VANISHED, name, finding) for name, finding in _fields(bearing)),
    ]
    return judgement(site, findings)


def needs_lists(runs: Sequence[Record]) -> bool:
    """Tell whether `read` matters: the lists of the last runs were empty."""
    return len(_Lists.of([run for run in runs if _tells_of_the_site(run)]).barren) >= BARREN_RUNS


def silence_to_judge(runs: Sequence[Record], news_at: Sequence[datetime]) -> tuple[datetime, datetime] | None:
    """Return begin and end of a silence that may be too long; None if there is none."""
    told = [run for run in runs if _tells_of_the_site(run)]
    if not _brought_nothing(told[:1]) or not _brought_nothing(told[1:2]) or not news_at:
        return None
    silence = news_at[0], told[0]["started_at"]
    return silence if silence[1] - silence[0] > SHORT_SILENCE else None


# Ends of runs


def _failing(runs: Sequence[Record]) -> Finding | None:
    failed = list(takewhile(lambda run: run["state"] in (FAILED, INTERRUPTED), runs))
    if len(failed) >= FAILURES:
        return Finding(holds=True, sentence=f"the last {len(failed)} runs failed, the latest: {_reason(failed[0])}")
    if runs and not failed:
        return Finding(holds=False, sentence=f"a run finished: {_reason(runs[0])}")
    return None


def _killed(runs: Sequence[Record]) -> Finding | None:
    if runs and (how := _LIMITS.get(runs[0].get("cause", ""))):
        run = runs[0]["_id"]
        return Finding(holds=True, sentence=f"run {run} {how} and was ended; see winnow runs log {run}")
    latest = runs[:FINISHES_AFTER_KILL]
    if len(latest) == FINISHES_AFTER_KILL and all(run["state"] == FINISHED for run in latest):
        return Finding(holds=False, sentence=f"the last {FINISHES_AFTER_KILL} runs finished within their limits")
    return None


# What a site yields


@dataclass(slots=True, frozen=True)
class _Lists:
    """Runs that read all lists, newest first: the last ones, that saw no teaser, and those before."""

    barren: Sequence[Record]
    before: Sequence[Record]

    @classmethod
    def of(cls, runs: Sequence[Record]) -> _Lists:
        read = [run for run in runs if run["state"] == FINISHED and _tells_of_lists(run)]
        barren = list(takewhile(lambda run: not _teasers(run["counts"]), read))
        return cls(barren, read[len(barren) :])

    @property
    def showed(self) -> int:
        return sum(1 for run in self.before if _teasers(run["counts"]))


def _barren(lists: _Lists) -> Finding | None:
    if lists.before and not lists.barren:
        return Finding(holds=False, sentence="its lists show links to articles")
    if len(lists.barren) < BARREN_RUNS or lists.showed < RUNS_THAT_SHOWED or not _is_long_barren(lists):
        return None
    missing = f"its lists showed no link to an article in the last {len(lists.barren)} runs that read them"
    return Finding(holds=True, sentence=f"{missing}; {lists.showed} of the {len(lists.before)} before did")


def _is_long_barren(lists: _Lists) -> bool:
    runs = [*reversed(lists.before), *reversed(lists.barren)]
    gaps = spells.crawled([run["started_at"] for run in runs])
    *earlier, last = _barren_spells(runs, gaps)
    if not earlier:
        return max(sum(gaps, timedelta(0)) - last, last) >= A_DAY
    longest, times = max(earlier), spells.times_the_longest(len(earlier))
    return last > max(longest, min(times * longest, LONG_WEEKEND))  # the longest may have been one that was told


def _barren_spells(runs: Sequence[Record], gaps: Sequence[timedelta]) -> list[timedelta]:
    """Return how long each spell without teasers lasted, the last one to the last run; runs are oldest first."""
    shows = [_teasers(run["counts"]) > 0 for run in runs]
    found = [] if shows[0] else [timedelta(0)]
    for (before, now), gap in zip(pairwise(shows), gaps, strict=True):
        if before and not now:
            found.append(gap)
        elif not before:
            found[-1] += gap
    return found


def _are_known_barren(lists: _Lists) -> bool:
    """Whether there are no articles because there are no teasers, which is told, or was before it was forgotten."""
    if len(lists.barren) < BARREN_RUNS:
        return False
    return lists.showed < RUNS_THAT_SHOWED or _is_long_barren(lists)


def _tells_of_lists(run: Record) -> bool:
    """A run without teasers tells something only if it read every source, and none said "not modified"."""
    counts = run["counts"]
    unchanged = counts.get("pages", 0) - counts.get("lists", 0) - counts.get("articles", 0)
    was_all_read = bool(run.get("complete")) and unchanged == 0
    return counts.get("lists", 0) > 0 and (_teasers(counts) > 0 or was_all_read)


def _teasers(counts: Record) -> int:
    """Count the teasers that a run saw; those it judged twice are counted twice."""
    seen = [counts.get(name, 0) for name in ("known", "articles", "failed", "queued")]
    seen += [drop["count"] for drop in counts.get("dropped", ()) if drop["reason"].startswith("teaser ")]
    return sum(seen)


def _silent(runs: Sequence[Record], past: Past) -> Finding | None:
    if runs and runs[0]["state"] == FINISHED and runs[0]["counts"].get("new", 0):
        return Finding(holds=False, sentence=f"{runs[0]['counts']['new']} new articles")
    number = len(past.news_at) - 1
    if number < SILENCES or past.silence <= _least_silence(past.news_at):
        return None
    if past.silence <= spells.times_the_longest(number) * past.longest_silence:
        return None
    was = f"the longest of its last {number} silences was {span(past.longest_silence)}"
    return Finding(holds=True, sentence=f"no new article for {span(past.silence)}; {was}")


def _least_silence(news_at: Sequence[datetime]) -> timedelta:
    """Return how long a silence must at least be to be told."""
    return SHORT_SILENCE if news_at[0] - news_at[-1] >= TWO_WEEKENDS else LONG_WEEKEND


def _brought_nothing(runs: Sequence[Record]) -> bool:
    """Whether the newest of these read the site and found nothing new."""
    return bool(
        runs
        and runs[0]["state"] == FINISHED
        and runs[0]["counts"].get("pages", 0)
        and not runs[0]["counts"].get("new", 0)
    )


# What its articles are like


def _fields(bearing: Sequence[Record]) -> Iterator[tuple[str, Finding | None]]:
    counts = [each["fields"] for each in bearing]
    for name in counts[0] if counts else ():
        if name != "articles":
            yield name, _field(name, counts)


def _field(name: str, counts: Sequence[Record]) -> Finding | None:
    without = list(takewhile(lambda each: not each.get(name), counts))
    missing = sum(each["articles"] for each in without)
    past = counts[len(without) :]
    articles, had = (sum(each.get(key, 0) for each in past) for key in ("articles", name))
    by_chance = ((articles - had + 1) / (articles + 2)) ** missing  # Laplace's rule: none of 20 is not never
    is_usual = articles >= FIELD_EVIDENCE and had >= FIELD_SHARE * articles
    if is_usual and missing >= FIELD_MISSING and by_chance < CHANCE:
        was = f"{had} of the {articles} before had it"
        return Finding(holds=True, sentence=f"{name} is missing in all of the last {missing} articles; {was}")
    if not without:
        again = f"{counts[0][name]} of {counts[0]['articles']} new articles have it"
        return Finding(holds=False, sentence=f"{name} is there again: {again}")
    return None


def _quarantine(bearing: Sequence[Record]) -> Finding | None:
    recent, size = 0, 0
    while recent < len(bearing) and size < QUARANTINE_ARTICLES:
        size += _articles(bearing[recent])
        recent += 1
    if size < QUARANTINE_ARTICLES:
        return None
    held = sum(counts.get("quarantined", 0) for counts in bearing[:recent])
    before = sum(_articles(counts) for counts in bearing[recent:])
    held_before = sum(counts.get("quarantined", 0) for counts in bearing[recent:])
    if _is_growth(held, size, held_before, before):
        now = f"{held} of the last {size} articles are quarantined"
        return Finding(holds=True, sentence=f"{now}, {held_before} of the {before} before; see winnow review")
    if held < QUARANTINE_SHARE / 2 * size:
        return Finding(holds=False, sentence=f"{held} of the last {size} articles are quarantined")
    return None


def _is_growth(held: int, size: int, held_before: int, before: int) -> bool:
    if before < QUARANTINE_EVIDENCE or held < QUARANTINE_SHARE * size or held_before >= QUARANTINE_PAST_SHARE * before:
        return False
    usual = (held_before + 1) / (before + 2)  # Laplace's rule: none of 50 is not never
    return chance_of(held, size, usual) < CHANCE


def chance_of(least: int, size: int, share: float) -> float:
    """Return the chance of `least` or more of `size` where each is one with probability `share`.

    >>> round(chance_of(3, 10, 0.1), 2)
    0.07
    """
    return sum(math.comb(size, k) * share**k * (1 - share) ** (size - k) for k in range(least, size + 1))


# Run records


def _tells_of_the_site(run: Record) -> bool:
    return _is_whole(run) and run.get("cause") not in NOT_THE_SITE


def _is_whole(run: Record) -> bool:
    """Whether a run read a site and not a single address."""
    return "complete" in run or run.get("asked_by") == "schedule"


def _articles(counts: Record) -> int:
    return int(counts.get("fields", {}).get("articles", 0))


def _reason(run: Record) -> str:
    return one_line(run.get("reason") or "no reason is recorded")
