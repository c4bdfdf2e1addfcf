"""What a service throws away, so that it can run for years: old records and logs of runs."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from store import alerts, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from scheduler.config import Config
    from store.connect import SyncDatabase

_BLOCK = 512  # bytes; POSIX counts a file's blocks in these
_KEPT = 30  # records of each site that stay whatever their age: alerts are judged against a site's own past


def prune(database: SyncDatabase, logs: Path, config: Config, now: datetime) -> str:
    """Delete records and logs that are too old, and the oldest logs that take too much; say so, or nothing."""
    before = now - timedelta(days=config.keep_days)
    records = runs.prune(database, before, _KEPT)
    alerts.prune(database, before)
    doomed = superfluous(_logs(logs), before.timestamp(), config.keep_logs)
    for name in doomed:
        with suppress(OSError):
            (logs / name).unlink()
    return f"deleted {records} records and {len(doomed)} logs of old runs" if records or doomed else ""


def superfluous(files: Iterable[tuple[float, int, str]], before: float, limit: int) -> list[str]:
    """Return the files (time of last change, bytes, name) that are older than `before` or beyond `limit` bytes.

    One that is beyond it all alone takes no others with it.

    >>> superfluous([(1.0, 5, "old"), (0.5, 5, "older"), (9.0, 8, "new"), (9.5, 99, "huge")], before=0.7, limit=10)
    ['huge', 'old', 'older']
    """
    taken, doomed = 0, []
    for changed, size, name in sorted(files, reverse=True):
        taken += size if size <= limit else 0
        if changed < before or taken > limit or size > limit:
            doomed.append(name)
    return doomed


def _logs(folder: Path) -> Iterator[tuple[float, int, str]]:
    """Look at the logs; what they take on the disk counts, which is more than they hold."""
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.name.endswith(".log"):
                    found = entry.stat()
                    yield found.st_mtime, found.st_blocks * _BLOCK, entry.name
