"""A site with all that its page can show: runs of every kind, articles, pages that wait, sources."""

from datetime import UTC, datetime, timedelta

from store.connect import SyncDatabase
from tests.support.articles import article, store
from tests.support.records import run_record

_ENDS = {
    3: ("failed", "unreadable", f"https://{'long-' * 30}.example/feed.xml can't be read: HTTP 503"),
    5: ("interrupted", "died", "its process died"),
}


def fill(database: SyncDatabase, site: str) -> None:
    """Store what a site has done."""
    now = datetime.now(UTC)
    database["runs"].insert_one(run_record(99, site=site, ago=20))
    for number in range(1, 30):
        state, cause, reason = _ENDS.get(number, ("finished", "", "all read"))
        record = run_record(number, site=site, state=state, ago=3600.0 * number, new=number % 3)
        database["runs"].insert_one(record | {"cause": cause, "reason": reason})
    for number, status in enumerate(("accepted",) * 5 + ("duplicate", "quarantined", "rejected")):
        moment = now - timedelta(hours=7 * number + 1)
        store(database, article(number, site=site, status=status, sort_at=moment, seq=number + 1))
    for number, title in enumerate(("大坝加固工程竣工", "", "x" * 200)):
        teaser = {"url": f"https://{site}.example/{'long-' * 30}{number}", "title": title, "origin": "listing"}
        waiting = {"site": site, "teaser": teaser, "attempts": number + 1, "error": "HTTP 503", "first_at": now}
        database["pending"].insert_one(waiting | {"_id": f"{site}-{number}"})
    for path, read_ago in (("", 1), ("feed.xml", 9), ("long-" * 30, 1)):
        moments = {"asked_at": now - timedelta(hours=1), "read_at": now - timedelta(hours=read_ago)}
        source = {"_id": f"https://{site}.example/{path}", "site": site, "headers": {}, "kind": "listing"}
        database["sources"].insert_one(source | moments)
