"""A frozen Query → results: the one way to read articles, for command line, HTTP, page and notebook alike.

from store.queries import Query, open_archive

with open_archive() as archive:
    for article in archive.find(Query(words=("人工智能",), limit=0)):
        print(article["published_at"], article["title"])
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from pymongo import DESCENDING

from store.connect import connect, read_settings
from store.errors import ConfigError
from store.urls import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pymongo.database import Database

    from store.connect import Settings

Record = dict[str, Any]

ANY = "any"
NEWEST, BEST = "newest", "best"
# One article as JSON: these names, in this order, in the API, exports and --json.
FIELDS = (
    "id", "url", "canonical_url", "site", "title", "text", "html", "authors", "source",
    "published_at", "published_text", "published_precision", "modified_at", "category", "tags", "images", "language",
    "status", "reasons", "story", "copy_of", "versions", "related", "fetched_at",
)  # fmt: skip


@dataclass(slots=True, kw_only=True, frozen=True)
class Query:
    """Which articles, and in which order.

    `words` are words and phrases that must all occur in title or text, `without` such as must not: Chinese anywhere in
    a run of characters, other languages by whole words; case, accents, width and simplified or traditional form aside.
    `author` and `tag` are words too; a category counts as a tag. `since` and `until` bound the publication (where none
    is known, the fetch): since ≤ moment < until. `status` is a verdict or `ANY`; `limit` 0 means all. `order` is
    `NEWEST` or `BEST`; `after` is the `next` of the page before.
    """

    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    site: str | None = None
    author: str | None = None
    tag: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    status: str = "accepted"
    order: str = NEWEST
    limit: int = 50
    after: str | None = None


@dataclass(slots=True, frozen=True)
class Page:
    """One page of a list; `next` is what a query says in `after` to have the one that follows, None at the end."""

    articles: list[Record]
    next: str | None


@dataclass(slots=True, frozen=True)
class Facets:
    """How many articles fit a query (its limit and place aside), by site, most first, and by day, earliest first.

    A day is that of the publisher's zone.
    """

    total: int
    sites: dict[str, int]
    days: dict[date, int]


class Archive:
    """The collected articles, to be asked."""

    def __init__(self, database: Database[Record]) -> None:
        self.database = database

    def find(self, query: Query) -> Iterator[Record]:
        """Yield the articles of a query under the names of `FIELDS`, in constant memory.

        Raises:
            ConfigError: `after` is no place in a list.
        """
        cursor = self.database["articles"].find(_filter(query))
        with cursor.sort([("sort_at", DESCENDING), ("_id", DESCENDING)]).limit(query.limit) as found:
            yield from map(present, found)

    def page(self, query: Query) -> Page:
        """Return one page of a list. What comes in while a reader pages neither shifts nor repeats anything.

        Raises:
            ConfigError: `after` is no place in a list.
        """
        found = list(
            self.database["articles"].find(_filter(query)).sort([("sort_at", -1), ("_id", -1)]).limit(query.limit + 1)
        )
        shown = found[: query.limit]
        place = _place(shown[-1]) if len(found) > query.limit else None
        return Page([present(record) for record in shown], place)

    def count(self, query: Query) -> int:
        """Count the articles of a query, its limit and place aside."""
        return self.database["articles"].count_documents(_filter(replace(query, after=None)))

    def facets(self, query: Query) -> Facets:
        """Count the articles of a query by site and day."""
        sites: Counter[str] = Counter()
        days: Counter[date] = Counter()
        for record in self.find(replace(query, after=None, limit=0)):
            sites[record["site"]] += 1
            days[(record["published_at"] or record["fetched_at"]).date()] += 1
        return Facets(sites.total(), dict(sites.most_common()), dict(sorted(days.items())))

    def get(self, article: str) -> Record | None:
        """Return one article by its id, an unambiguous start of at least 4 characters of it, or an address of it."""
        found = self.database["articles"].find_one({"keys": key(article) if "://" in article else article})
        if found is None and len(article) >= 4:
            alike = list(self.database["articles"].find({"_id": {"$gte": article, "$lt": article + "\uffff"}}).limit(2))
            found = alike[0] if len(alike) == 1 else None
        return present(found) if found else None

    def story(self, story: str) -> list[Record]:
        """Return the articles of a story: the one that stands for it, then its copies, earliest first."""
        found = self.database["articles"].find({"story": story}).sort([("sort_at", 1), ("_id", 1)])
        return sorted(map(present, found), key=lambda record: record["copy_of"] is not None)

    def versions(self, article: str) -> list[Record]:
        """Return the earlier versions of an article by its id, oldest first, as `versions` stores them."""
        return list(self.database["versions"].find({"article": article}).sort("number", 1))

    def by_status(self) -> dict[str, int]:
        """Count the stored articles by verdict."""
        found = self.database["articles"].aggregate([{"$group": {"_id": "$status", "count": {"$sum": 1}}}])
        return {group["_id"]: group["count"] for group in found}


@contextmanager
def open_archive(settings: Settings | None = None) -> Iterator[Archive]:
    """Open the collected articles; without settings, those of the environment.

    Raises:
        ConfigError: a variable of the environment is malformed.
        StoreUnavailable: no server answers, then or later, or none can be started.
    """
    with connect(settings or read_settings()) as database:
        yield Archive(database)


def present(stored: Mapping[str, Any]) -> Record:
    """Return a stored article under the names of `FIELDS`, times in the publisher's zone where it is known."""
    record = {name: stored.get(name) for name in FIELDS} | {"id": stored["_id"]}
    if record["published_at"] and stored.get("published_offset") is not None:
        zone = timezone(timedelta(minutes=stored["published_offset"]))
        record["published_at"] = record["published_at"].astimezone(zone)
    return record


def _place(stored: Mapping[str, Any]) -> str:
    said = json.dumps([stored["sort_at"].isoformat(), stored["_id"]])
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def _read_place(after: str) -> tuple[datetime, str]:
    try:
        moment, article = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        return datetime.fromisoformat(moment).astimezone(UTC), str(article)
    except (ValueError, TypeError, binascii.Error):
        raise ConfigError(f"after: {after[:50]!r} is no place in a list; take the `next` of the page before") from None


def _filter(query: Query) -> Record:
    wanted: Record = {}
    if query.status != ANY:
        wanted["status"] = query.status
    if query.site:
        wanted["site"] = query.site
    moments = {"$gte": query.since, "$lt": query.until}
    if query.since or query.until:
        wanted["sort_at"] = {operator: moment for operator, moment in moments.items() if moment}
    conditions = [_contains(word) for word in query.words] + [{"$nor": [_contains(word)]} for word in query.without]
    if query.author:
        conditions.append({"authors": query.author})
    if query.tag:
        conditions.append({"$or": [{"tags": query.tag}, {"category": query.tag}]})
    if query.after:
        moment, article = _read_place(query.after)
        conditions.append({"$or": [{"sort_at": {"$lt": moment}}, {"sort_at": moment, "_id": {"$lt": article}}]})
    if conditions:
        wanted["$and"] = conditions
    return wanted


def _contains(word: str) -> Record:
    """Match a word of letters as a whole word, one with Chinese characters anywhere."""
    pattern = re.escape(word)
    if word.isascii() and word.isalnum():
        pattern = rf"\b{pattern}\b"
    condition = {"$regex": pattern, "$options": "i"}
    return {"$or": [{"title": condition}, {"text": condition}]}
