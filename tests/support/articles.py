"""Articles in the database with all that belongs to them, as a crawl stores them."""

from datetime import UTC, datetime
from typing import Any

from crawler.items import Page
from store import articles, pages
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


def keep_page(database: SyncDatabase, record: dict[str, Any], html: str) -> None:
    """Keep the page that an article was taken from."""
    page = Page(url=record["url"], status=200, headers={}, body=html.encode(), fetched_at=NOW)
    database["pages"].bulk_write([pages.keep(record["_id"], page)])


def keep_version(database: SyncDatabase, record: dict[str, Any], number: int, **fields: Any) -> None:
    """Keep an earlier version of an article, as it was but for `fields`."""
    before = record | {"versions": number - 1} | fields
    database["versions"].bulk_write([articles.keep_version(record | {"fetched_at": NOW}, before)])


def store(database: SyncDatabase, *records: dict[str, Any]) -> None:
    """Store articles: what belongs to them first."""
    for record in records:
        keep_page(database, record, "x")
        if record["story"]:
            database["fingerprints"].insert_one({"_id": record["_id"], "story": record["story"], "exact": 1})
        database["articles"].insert_one(record)
