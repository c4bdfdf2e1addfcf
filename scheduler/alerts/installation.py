"""Which alerts hold for the installation, by what its service sees of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.alerts.judgement import Alert, Finding, Judgement, judgement, one_line, span

if TYPE_CHECKING:
    from datetime import datetime

    from store.stats import Disk

DISK, SITES_FILE, STORE_AWAY = "disk", "sites-file", "store-away"
INSTALLATION = "winnow"  # the subject of what concerns no site
MONGODB = "MongoDB"  # what a disk is about that no service has on its machine

DISK_LEAST = 1 << 30  # bytes: below this MongoDB soon stops to write
DISK_MOST_SHARE = 0.2  # of a disk of less than 5 GiB, 1 GiB is more than nearly nothing
DISK_SHARE = 0.05
DISK_ENOUGH = 20 << 30  # bytes: as much is never nearly full, whatever share of a large disk it is
DISK_RELIEF = 1.5  # over when so many times the threshold is free
STORE_PATIENCE = timedelta(minutes=5)  # crawls wait that long for a server that is restarted


@dataclass(slots=True, kw_only=True, frozen=True)
class Facts:
    """What a service sees of its installation.

    `host` is the machine's name. `disk` is that of the data folder, or says why it can't be looked at.
    """

    host: str
    disk: Disk | str
    sites_file_error: str | None = None
    store_away_since: datetime | None = None


def judge_installation(facts: Facts) -> Judgement:
    """Judge what concerns all sites, but for the store: where that is away, nothing else can be judged."""
    findings = [(DISK, facts.host, _data_disk(facts)), (SITES_FILE, facts.host, _sites_file(facts))]
    return judgement(INSTALLATION, findings)


def judge_server(facts: Facts, disk: Disk) -> Judgement:
    """Judge the disk that MongoDB says it has, if it is another than the data folder's."""
    finding = None if _is_same(disk, facts.disk) else _disk(disk, "MongoDB", "free some, or give it a larger disk")
    return judgement(INSTALLATION, [(DISK, MONGODB, finding)])


def judge_store(facts: Facts, now: datetime) -> Alert | None:
    """Say if MongoDB is away for too long."""
    if facts.store_away_since is None or now - facts.store_away_since < STORE_PATIENCE:
        return None
    away = span(now - facts.store_away_since)
    message = f"MongoDB has not answered {facts.host} for {away}; nothing is crawled until it does"
    return Alert(kind=STORE_AWAY, subject=INSTALLATION, message=message, about=facts.host)


def _data_disk(facts: Facts) -> Finding | None:
    what = f"the data folder on {facts.host}"
    if isinstance(facts.disk, str):
        return Finding(holds=True, sentence=f"{what} can't be looked at: {one_line(facts.disk)}")
    return _disk(facts.disk, what, "free some, or move WINNOW_DATA to a larger disk")


def _disk(disk: Disk, what: str, remedy: str) -> Finding | None:
    threshold = max(DISK_LEAST, min(DISK_SHARE * disk.total, DISK_ENOUGH))
    threshold = min(threshold, DISK_MOST_SHARE * disk.total)
    left = f"{disk.free / 2**30:.1f} of {disk.total / 2**30:.0f} GiB are free for {what}"
    if disk.free < threshold:
        return Finding(holds=True, sentence=f"{left}; {remedy}")
    return Finding(holds=False, sentence=left) if disk.free >= DISK_RELIEF * threshold else None


def _is_same(disk: Disk, other: Disk | str) -> bool:
    """Whether two disks are one, or as full as one: then one alert says what two would."""
    return not isinstance(other, str) and disk.total == other.total and abs(disk.free - other.free) < disk.total / 100


def _sites_file(facts: Facts) -> Finding:
    if facts.sites_file_error:
        kept = f"the last good schedule goes on on {facts.host}"
        return Finding(holds=True, sentence=f"{one_line(facts.sites_file_error)}; {kept}")
    return Finding(holds=False, sentence=f"the sites file is well on {facts.host}")
