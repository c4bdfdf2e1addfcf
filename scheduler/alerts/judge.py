"""Which alerts hold: for a site by its own past runs, for the installation by what its service sees. Pure.

What is asked has three answers: it holds, it is over, or nothing here tells. An alert ends when its opposite is shown,
not because evidence for it is missing, and it is harder to begin than to keep; so it does not flicker.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any

from store.runs import FAILED, FINISHED, INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from store.stats import Disk

Record = dict[str, Any]

YIELDS_NOTHING, FIELD_VANISHED, FAILING, KILLED, QUARANTINE = (
    "yields-nothing",
    "field-vanished",
    "failing",
    "killed",
    "quarantine",
)
DISK, SITES_FILE, STORE_AWAY = "disk", "sites-file", "store-away"
INSTALLATION = "winnow"  # the subject of what concerns no site
MONGODB = "MongoDB"  # what a disk is about that no service has on its machine

_LIMITS = {
    "time-limit": "took longer than a crawl may",
    "memory-limit": "took more memory than a crawl may",
    "hung": "came no further",
}
_NOT_THE_SITE = ("stopped", "lease-lost", "store-unavailable")  # causes of an end that tell nothing of the site

FAILURES = 3  # two may be one outage met twice
FINISHES_AFTER_KILL = 2  # a site that is killed every other run has one alert, not one each time

BARREN_RUNS = 2  # one may have met a page that was just being changed
RUNS_THAT_SHOWED = 5  # with a share of .8: a site whose lists are often empty has nothing to lose
SHARE_THAT_SHOWED = 0.8

# For n silences of one kind the chance that the next is three times the longest of them is about n**-3 (exponential
# tails): with 10 one in 1,000. The longest holds nights and weekends once two weekends were seen; before, a silence
# must also outlast a long weekend: Friday evening to Tuesday morning.
SILENCES = 10
TIMES_THE_LONGEST = 3
TWO_WEEKENDS = timedelta(days=14)
LONG_WEEKEND = timedelta(days=4)
SHORT_SILENCE = timedelta(hours=3)  # nobody needs to act on less

# A field that 4 of 5 articles have is missing in 5 in a row by chance once in 3,000 (.2**5); 20 articles tell .8 from
# .5 (16 or more of 20 by chance: 6 in 1,000).
FIELD_SHARE = 0.8
FIELD_EVIDENCE = 20
FIELD_MISSING = 5

# 20 articles, since 3 in 10 are quarantined by chance too often (7 % where 1 in 10 is usual). What decides is the
# chance of so many under the site's own past share: with one in 100,000, 1,000 sites of a few runs a day see one false
# alert in weeks. From .3 down to .15 the alert stays as it is.
QUARANTINE_SHARE = 0.3
QUARANTINE_PAST_SHARE = 0.1
QUARANTINE_ARTICLES = 20
QUARANTINE_EVIDENCE = 50
QUARANTINE_CHANCE = 1e-5

DISK_LEAST = 1 << 30  # bytes: below this MongoDB soon stops to write
DISK_MOST_SHARE = 0.2  # of a disk of less than 5 GiB, 1 GiB is more than nearly nothing
DISK_SHARE = 0.05
DISK_ENOUGH = 20 << 30  # bytes: as much is never nearly full, whatever share of a large disk it is
DISK_RELIEF = 1.5  # over when so many times the threshold is free
STORE_PATIENCE = timedelta(minutes=5)  # crawls wait that long for a server that is restarted

_LONGEST_QUOTE = 200  # characters of a run's reason


@dataclass(slots=True, kw_only=True, frozen=True)
class Alert:
    """What someone should know, as one sentence to act on; of an alert that is over, what shows it.

    `about` tells apart what a kind may say of one subject several times: the field, the machine, what is missing.
    """

    kind: str
    subject: str
    message: str
    about: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, self.subject, self.about


@dataclass(slots=True)
class Judgement:
    """What holds, and what is shown to be over; of all else nothing is known."""

    holding: list[Alert] = field(default_factory=list)
    over: list[Alert] = field(default_factory=list)


@dataclass(slots=True, kw_only=True, frozen=True)
class Past:
    """What a site did, newest first: its last ended runs, and the last ones that brought something new.

    `news_at` is when such began; it reaches further back than the records do, to hold the silences of weeks.
    """

    runs: Sequence[Record]
    bearing: Sequence[Record] = ()
    news_at: Sequence[datetime] = ()


@dataclass(slots=True, kw_only=True, frozen=True)
class Facts:
    """What a service sees of its installation.

    `host` is the machine's name. `disk` is that of the data folder, or says why it can't be looked at.
    """

    host: str
    disk: Disk | str
    sites_file_error: str | None = None
    store_away_since: datetime | None = None


@dataclass(slots=True, frozen=True)
class _Finding:
    holds: bool
    sentence: str


def judge_site(site: str, past: Past) -> Judgement:
    """Judge a site. Runs of a single address and runs that a person, a service or the store ended have no say."""
    runs = [run for run in past.runs if _tells_of_the_site(run)]
    bearing = [run["counts"] for run in past.bearing if _is_whole(run) and _articles(run["counts"])]
    barren = _barren(runs)
    findings = [
        (FAILING, "", _failing(runs)),
        (KILLED, "", _killed(runs)),
        (YIELDS_NOTHING, "teasers", barren),
        (YIELDS_NOTHING, "articles", None if barren and barren.holds else _silent(runs, past.news_at)),
        (QUARANTINE, "", _quarantine(bearing)),
        *((FIELD_VANISHED, name, finding) for name, finding in _fields(bearing)),
    ]
    return _judgement(site, findings)


def needs_silences(runs: Sequence[Record]) -> bool:
    """Tell whether `news_at` matters: the last run of the site came back without anything new."""
    told = [run for run in runs if _tells_of_the_site(run)]
    return _brought_nothing(told)


def judge_installation(facts: Facts) -> Judgement:
    """Judge what concerns all sites, but for the store: where that is away, nothing else can be judged."""
    findings = [(DISK, facts.host, _data_disk(facts)), (SITES_FILE, facts.host, _sites_file(facts))]
    return _judgement(INSTALLATION, findings)


def judge_server(facts: Facts, disk: Disk) -> Judgement:
    """Judge the disk that MongoDB says it has, if it is another than the data folder's."""
    finding = None if _is_same(disk, facts.disk) else _disk(disk, "MongoDB", "free some, or give it a larger disk")
    return _judgement(INSTALLATION, [(DISK, MONGODB, finding)])


def judge_store(facts: Facts, now: datetime) -> Alert | None:
    """Say if MongoDB is away for too long."""
    if facts.store_away_since is None or now - facts.store_away_since < STORE_PATIENCE:
        return None
    away = span(now - facts.store_away_since)
    message = f"MongoDB has not answered {facts.host} for {away}; nothing is crawled until it does"
    return Alert(kind=STORE_AWAY, subject=INSTALLATION, message=message, about=facts.host)


def span(duration: timedelta) -> str:
    """Return a duration in its largest unit that makes two or more.

    >>> span(timedelta(hours=30)), span(timedelta(days=3, hours=5)), span(timedelta(seconds=61))
    ('30 hours', '3 days', '61 seconds')
    """
    seconds = int(duration.total_seconds())
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


def _judgement(subject: str, findings: Sequence[tuple[str, str, _Finding | None]]) -> Judgement:
    result = Judgement()
    for kind, about, finding in findings:
        if finding:
            alert = Alert(kind=kind, subject=subject, message=finding.sentence, about=about)
            (result.holding if finding.holds else result.over).append(alert)
    return result


# Ends of runs


def _failing(runs: Sequence[Record]) -> _Finding | None:
    failed = list(takewhile(lambda run: run["state"] in (FAILED, INTERRUPTED), runs))
    if len(failed) >= FAILURES:
        return _Finding(holds=True, sentence=f"the last {len(failed)} runs failed, the latest: {_reason(failed[0])}")
    if runs and not failed:
        return _Finding(holds=False, sentence=f"a run finished: {_reason(runs[0])}")
    return None


def _killed(runs: Sequence[Record]) -> _Finding | None:
    if runs and (how := _LIMITS.get(runs[0].get("cause", ""))):
        run = runs[0]["_id"]
        return _Finding(holds=True, sentence=f"run {run} {how} and was ended; see winnow runs log {run}")
    latest = runs[:FINISHES_AFTER_KILL]
    if len(latest) == FINISHES_AFTER_KILL and all(run["state"] == FINISHED for run in latest):
        return _Finding(holds=False, sentence=f"the last {FINISHES_AFTER_KILL} runs finished within their limits")
    return None


# What a site yields


def _barren(runs: Sequence[Record]) -> _Finding | None:
    read = [run for run in runs if run["state"] == FINISHED and _tells_of_lists(run)]
    barren = list(takewhile(lambda run: not _teasers(run["counts"]), read))
    before = read[len(barren) :]
    showed = sum(1 for run in before if _teasers(run["counts"]))
    if len(barren) >= BARREN_RUNS and showed >= max(RUNS_THAT_SHOWED, SHARE_THAT_SHOWED * len(before)):
        missing = f"its lists showed no link to an article in the last {len(barren)} runs that read them"
        return _Finding(holds=True, sentence=f"{missing}; {showed} of the {len(before)} before did")
    if read and not barren:
        return _Finding(holds=False, sentence="its lists show links to articles")
    return None


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


def _silent(runs: Sequence[Record], news_at: Sequence[datetime]) -> _Finding | None:
    if runs and runs[0]["state"] == FINISHED and runs[0]["counts"].get("new", 0):
        return _Finding(holds=False, sentence=f"{runs[0]['counts']['new']} new articles")
    if not _brought_nothing(runs[:1]) or not _brought_nothing(runs[1:2]) or len(news_at) <= SILENCES:
        return None
    silence = runs[0]["started_at"] - news_at[0]
    longest = max(later - earlier for later, earlier in pairwise(news_at))
    least = SHORT_SILENCE if news_at[0] - news_at[-1] >= TWO_WEEKENDS else LONG_WEEKEND
    if silence <= max(TIMES_THE_LONGEST * longest, least):
        return None
    was = f"the longest of its last {len(news_at) - 1} silences was {span(longest)}"
    return _Finding(holds=True, sentence=f"no new article for {span(silence)}; {was}")


def _brought_nothing(runs: Sequence[Record]) -> bool:
    """Whether the newest of these read the site and found nothing new."""
    return bool(
        runs
        and runs[0]["state"] == FINISHED
        and runs[0]["counts"].get("pages", 0)
        and not runs[0]["counts"].get("new", 0)
    )


# What its articles are like


def _fields(bearing: Sequence[Record]) -> Iterator[tuple[str, _Finding | None]]:
    counts = [each["fields"] for each in bearing]
    for name in counts[0] if counts else ():
        if name != "articles":
            yield name, _field(name, counts)


def _field(name: str, counts: Sequence[Record]) -> _Finding | None:
    without = list(takewhile(lambda each: not each.get(name), counts))
    missing = sum(each["articles"] for each in without)
    past = counts[len(without) :]
    articles, had = (sum(each.get(key, 0) for each in past) for key in ("articles", name))
    if missing >= FIELD_MISSING and articles >= FIELD_EVIDENCE and had >= FIELD_SHARE * articles:
        was = f"{had} of the {articles} before had it"
        return _Finding(holds=True, sentence=f"{name} is missing in all of the last {missing} articles; {was}")
    if not without:
        again = f"{counts[0][name]} of {counts[0]['articles']} new articles have it"
        return _Finding(holds=False, sentence=f"{name} is there again: {again}")
    return None


def _quarantine(bearing: Sequence[Record]) -> _Finding | None:
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
        return _Finding(holds=True, sentence=f"{now}, {held_before} of the {before} before; see winnow review")
    if held < QUARANTINE_SHARE / 2 * size:
        return _Finding(holds=False, sentence=f"{held} of the last {size} articles are quarantined")
    return None


def _is_growth(held: int, size: int, held_before: int, before: int) -> bool:
    if before < QUARANTINE_EVIDENCE or held < QUARANTINE_SHARE * size or held_before >= QUARANTINE_PAST_SHARE * before:
        return False
    usual = (held_before + 1) / (before + 2)  # Laplace's rule: none of 50 is not never
    return chance_of(held, size, usual) < QUARANTINE_CHANCE


def chance_of(least: int, size: int, share: float) -> float:
    """Return the chance of `least` or more of `size` where each is one with probability `share`.

    >>> round(chance_of(3, 10, 0.1), 2)
    0.07
    """
    return sum(math.comb(size, k) * share**k * (1 - share) ** (size - k) for k in range(least, size + 1))


# The installation


def _data_disk(facts: Facts) -> _Finding | None:
    what = f"the data folder on {facts.host}"
    if isinstance(facts.disk, str):
        return _Finding(holds=True, sentence=f"{what} can't be looked at: {_one_line(facts.disk)}")
    return _disk(facts.disk, what, "free some, or move WINNOW_DATA to a larger disk")


def _disk(disk: Disk, what: str, remedy: str) -> _Finding | None:
    threshold = max(DISK_LEAST, min(DISK_SHARE * disk.total, DISK_ENOUGH))
    threshold = min(threshold, DISK_MOST_SHARE * disk.total)
    left = f"{disk.free / 2**30:.1f} of {disk.total / 2**30:.0f} GiB are free for {what}"
    if disk.free < threshold:
        return _Finding(holds=True, sentence=f"{left}; {remedy}")
    return _Finding(holds=False, sentence=left) if disk.free >= DISK_RELIEF * threshold else None


def _is_same(disk: Disk, other: Disk | str) -> bool:
    """Whether two disks are one, or as full as one: then one alert says what two would."""
    return not isinstance(other, str) and disk.total == other.total and abs(disk.free - other.free) < disk.total / 100


def _sites_file(facts: Facts) -> _Finding:
    if facts.sites_file_error:
        kept = f"the last good schedule goes on on {facts.host}"
        return _Finding(holds=True, sentence=f"{_one_line(facts.sites_file_error)}; {kept}")
    return _Finding(holds=False, sentence=f"the sites file is well on {facts.host}")


# Run records


def _tells_of_the_site(run: Record) -> bool:
    return _is_whole(run) and run.get("cause") not in _NOT_THE_SITE


def _is_whole(run: Record) -> bool:
    """Whether a run read a site and not a single address."""
    return "complete" in run or run.get("asked_by") == "schedule"


def _articles(counts: Record) -> int:
    return int(counts.get("fields", {}).get("articles", 0))


def _reason(run: Record) -> str:
    return _one_line(run.get("reason") or "no reason is recorded")


def _one_line(text: str) -> str:
    line = "".join(char if char.isprintable() else " " for char in text)
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"
