"""Articles in the database with all that belongs to them, as a crawl stores them."""

from datetime import UTC, datetime
from typing import Any

from store.connect import SyncDatabase
from store.urls import key

NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)


def address(number: int) -> str:
    return f"http://example.com/{number}"


def article(number: int, **fields: Any) -> dict[str, Any]:
    """Return the record of an article that stands for a story of its own."""
    own = key(address(number))
    given = {"_id": own, "keys": [own], "url": address(number), "canonical_url": address(number), "site": "demo",
             "title": "t", "text": "x", "status": "accepted", "sort_at": NOW, "fetched_at": NOW, "versions": 0,
             "story": own, "copy_of": None, "seq": 1}  # fmt: skip
    return given | fields


def store(database: SyncDatabase, *articles: dict[str, Any]) -> None:
    """Store articles: what belongs to them first."""
    for record in articles:
        page = {"_id": record["_id"], "url": record["url"], "status": 200, "body": b"x", "fetched_at": NOW}
        database["pages"].insert_one(page)
        if record["story"]:
            database["fingerprints"].insert_one({"_id": record["_id"], "story": record["story"], "exact": 1})
        database["articles"].insert_one(record)
