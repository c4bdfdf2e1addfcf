"""A frozen Query → results: the one way to read articles, for command line, HTTP and page alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from pymongo import DESCENDING

from store.urls import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pymongo.database import Database

Record = dict[str, Any]

ANY = "any"
# One article as JSON: these names, in this order, in the API, exports and --json.
FIELDS = (
    "id", "url", "canonical_url", "site", "title", "text", "html", "authors", "source",
    "published_at", "published_text", "published_precision", "modified_at", "category", "tags", "images", "language",
    "status", "reasons", "story", "copy_of", "versions", "related", "fetched_at",
)  # fmt: skip


@dataclass(slots=True, kw_only=True, frozen=True)
class Query:
    """Which articles. Each word must occur in title or text, letter case aside; a Chinese word anywhere in a run.

    `since` and `until` bound the publication (where none is known, the fetch): since ≤ moment < until. `status` is
    a verdict or `ANY`; `limit` 0 means all. Newest first.
    """

    words: tuple[str, ...] = ()
    site: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: str = "accepted"
    limit: int = 50


def find(database: Database[Record], query: Query) -> Iterator[Record]:
    """Yield the articles of a query, as `present` gives them."""
    cursor = database["articles"].find(_filter(query))
    with cursor.sort([("sort_at", DESCENDING), ("_id", DESCENDING)]).limit(query.limit) as found:
        yield from map(present, found)


def count(database: Database[Record], query: Query) -> int:
    """Count the articles of a query, its limit aside."""
    return database["articles"].count_documents(_filter(query))


def get(database: Database[Record], article: str) -> Record | None:
    """Return one article by its id, an unambiguous start of at least 4 characters of it, or an address of it."""
    found = database["articles"].find_one({"keys": key(article) if "://" in article else article})
    if found is None and len(article) >= 4:
        alike = list(database["articles"].find({"_id": {"$gte": article, "$lt": article + "\uffff"}}).limit(2))
        found = alike[0] if len(alike) == 1 else None
    return present(found) if found else None


def present(stored: Mapping[str, Any]) -> Record:
    """Return a stored article under the names of `FIELDS`, times in the publisher's zone where it is known."""
    record = {name: stored.get(name) for name in FIELDS} | {"id": stored["_id"]}
    if record["published_at"] and stored.get("published_offset") is not None:
        zone = timezone(timedelta(minutes=stored["published_offset"]))
        record["published_at"] = record["published_at"].astimezone(zone)
    return record


def by_status(database: Database[Record]) -> dict[str, int]:
    """Count the stored articles by verdict."""
    found = database["articles"].aggregate([{"$group": {"_id": "$status", "count": {"$sum": 1}}}])
    return {group["_id"]: group["count"] for group in found}


def _filter(query: Query) -> Record:
    wanted: Record = {}
    if query.status != ANY:
        wanted["status"] = query.status
    if query.site:
        wanted["site"] = query.site
    moments = {"$gte": query.since, "$lt": query.until}
    if query.since or query.until:
        wanted["sort_at"] = {operator: moment for operator, moment in moments.items() if moment}
    if query.words:
        wanted["$and"] = [_contains(word) for word in query.words]
    return wanted


def _contains(word: str) -> Record:
    """Match a word of letters as a whole word, one with Chinese characters anywhere."""
    pattern = re.escape(word)
    if word.isascii() and word.isalnum():
        pattern = rf"\b{pattern}\b"
    condition = {"$regex": pattern, "$options": "i"}
    return {"$or": [{"title": condition}, {"text": condition}]}
