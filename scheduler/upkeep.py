"""What a service throws away, so that it can run for years: old records and logs of runs."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from store import alerts, runs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from scheduler.config import Config
    from store.connect import SyncDatabase

_KEPT = 30  # records of each site that stay whatever their age: alerts are judged against a site's own past


def prune(database: SyncDatabase, logs: Path, config: Config, now: datetime) -> str:
    """Delete records and logs that are too old, and the oldest logs that take too much; say so, or nothing."""
    before = now - timedelta(days=config.keep_days)
    records = runs.prune(database, before, _KEPT)
    alerts.prune(database, before)
    files = [(path, *_age_and_size(path)) for path in logs.glob("*.log")]
    doomed = superfluous(files, before.timestamp(), config.keep_logs)
    for path in doomed:
        with suppress(OSError):
            path.unlink()
    return f"deleted {records} records and {len(doomed)} logs of old runs" if records or doomed else ""


def superfluous(files: Iterable[tuple[Path, float, int]], before: float, limit: int) -> list[Path]:
    """Return the files (path, time of last change, bytes) that are older than `before` or beyond `limit` bytes.

    >>> superfluous([("old", 1.0, 5), ("older", 0.5, 5), ("new", 9.0, 8)], before=0.7, limit=10)
    ['old', 'older']
    """
    taken, doomed = 0, []
    for path, changed, size in sorted(files, key=lambda file: file[1], reverse=True):
        taken += size
        if changed < before or taken > limit:
            doomed.append(path)
    return doomed


def _age_and_size(path: Path) -> tuple[float, int]:
    try:
        found = path.stat()
    except OSError:
        return 0.0, 0
    return found.st_mtime, found.st_size
