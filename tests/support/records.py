"""Run records and alerts as the store holds them."""

from datetime import UTC, datetime, timedelta


def run_record(number=0, *, site="beacon", state="running", ago=60.0, took=None, pages=12, **counts):
    """A run that started so many seconds ago; one that is over took `took` seconds, 30 if that is not said."""
    now = datetime.now(UTC).replace(microsecond=0)
    started = now - timedelta(seconds=ago)
    known = {"pages": pages, "lists": 2, "articles": pages - 2, "accepted": 8, "failed": 0, "queued": 5, "dropped": []}
    record = {
        "_id": f"{site}-{number}",
        "site": site,
        "state": state,
        "asked_by": "schedule",
        "started_at": started,
        "progress_at": now,
        "holder": {"host": "elsewhere", "pid": 1, "born": 1},
        "counts": known | counts,
    }
    if state != "running":
        record |= {"ended_at": started + timedelta(seconds=30 if took is None else took), "reason": "all read"}
    return record


def alert(kind="failing", subject="beacon", message="failed three times", ago=3600.0, ended_ago=None):
    """An alert, over if it says since when."""
    now = datetime.now(UTC)
    record = {"kind": kind, "subject": subject, "message": message, "since": now - timedelta(seconds=ago)}
    return record | ({"ended_at": now - timedelta(seconds=ended_ago)} if ended_ago is not None else {})
