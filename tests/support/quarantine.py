"""Articles that wait for a person, and teasers that were never fetched."""

from datetime import timedelta
from typing import Any

from store.connect import SyncDatabase
from tests.support.articles import NOW, article, store

HOOK = {"code": "hook", "detail": "asks what nobody asked: 「你有没有想过」", "weight": 2.5}
CALL = {"code": "call", "detail": "calls on the reader: 「赶快收藏」", "weight": 1.5}
TEXT = "据水利局通报，江堤加固工程分三段进行。\n沿岸居民月底前会得到通知。"
_EMPTY = {"html": "", "authors": [], "tags": [], "images": [], "related": []}


def waiting(number: int, **fields: Any) -> dict[str, Any]:
    """Return the record of a quarantined article; a higher number was published earlier."""
    at = NOW - timedelta(hours=number)
    told = {"title": f"第{number}号报道", "text": TEXT, "status": "quarantined", "story": None, "reasons": [HOOK],
            "published_at": at, "sort_at": at, "site": ["beacon", "lantern"][number % 2]}  # fmt: skip
    return article(number, **_EMPTY | told | fields)


def told(number: int, **fields: Any) -> dict[str, Any]:
    """Return the record of a story's first article, with all that pages show."""
    return waiting(number, **{"status": "accepted", "story": article(number)["_id"], "reasons": []} | fields)


def fill(database: SyncDatabase, count: int) -> list[str]:
    """Store so many quarantined articles; return their ids, newest first."""
    records = [waiting(number) for number in range(count)]
    store(database, *records)
    return [record["_id"] for record in records]


def verdict(number: int, **fields: Any) -> dict[str, Any]:
    """Return a rejected teaser as it is remembered; a higher number is older."""
    given = {"_id": f"v{number:03}", "url": f"http://example.com/v{number}", "site": "beacon",
             "title": f"惊人内幕第{number}集", "excerpt": "赶快收藏", "status": "rejected", "reasons": [HOOK],
             "origin": "listing", "found_on": "http://example.com/list/", "run": "beacon-1",
             "at": NOW - timedelta(minutes=number)}  # fmt: skip
    return given | fields
