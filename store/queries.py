"""A frozen Query → results: the one way to read articles, for command line, HTTP, page and notebook alike.

from store.queries import Query, open_archive

with open_archive() as archive:
for article in archive.find(Query(words=("人工智能",), limit=0)):
print(article["published_at"], article["title"])
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING

from store import places
from store.connect import connect, read_settings
from store.errors import IndexBusy
from store.places import AfterArticle, AfterBest
from store.schema import STATUSES
from store.search import answers
from store.search.index import SearchIndex
from store.urls import key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from pymongo.database import Database

    from store.connect import Settings

Record = dict[str, Any]

ANY = "any"
NEWEST, OLDEST, BEST = "newest", "oldest", "best"
BEST_PAGED = 1000  # articles that can be paged through, the best first
_MOST = 1000  # copies or versions of one article
_A_READ = 200  # articles that are read at once
_A_SEARCH = 50, 20_000  # articles of the first search where all are wanted, and of a later one
_SHORT = {"text": False, "html": False, "related": False}  # what a list of titles asks for
_TIMES = ("published_at", "modified_at", "fetched_at")
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
    is known, the fetch): since ≤ publication < until; a date without a time is the publisher's day. `status` is a
    verdict or `ANY`, `reason` the code of one of its reasons; `limit` 0 means all. `order` is `NEWEST`, `OLDEST` or
    `BEST`; `after` is the `next` of the page before.
    """

    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    site: str | None = None
    author: str | None = None
    tag: str | None = None
    since: datetime | date | None = None
    until: datetime | date | None = None
    status: str = "accepted"
    reason: str | None = None
    order: str = NEWEST
    limit: int = 50
    after: str | None = None

    @property
    def is_searched(self) -> bool:
        """Whether there are words to look for, or days, so that the search index is asked."""
        has_days = any(bound and not isinstance(bound, datetime) for bound in (self.since, self.until))
        return bool(self.words or self.without or self.author or self.tag or has_days)

    @property
    def is_ranked(self) -> bool:
        """Whether the best come first: without a word to find, none is better than another."""
        return self.order == BEST and bool(self.words)


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
    """The collected articles, to be asked. Words are looked for in the search index, all else is MongoDB's."""

    def __init__(self, database: Database[Record], index: SearchIndex) -> None:
        self.database = database
        self.index = index

    def find(self, query: Query) -> Iterator[Record]:
        """Yield the articles of a query under the names of `FIELDS`, in constant memory.

        Raises:
            ConfigError: there is nothing to look for in a word, or `after` is no place in a list.
        """
        if query.is_ranked:
            found = self._best(query, query.limit or self.count(query), None)
        elif query.is_searched:
            found = self._searched(query)
        else:
            yield from map(present, self._unsearched(query, query.limit))
            return
        while some := list(islice(found, _A_READ)):
            yield from self._read(some)

    def page(self, query: Query) -> Page:
        """Return one page of a list. What comes in while a reader pages neither shifts nor repeats anything.

        Of the best, the first 1,000 can be paged; two that are nearly alike may change places when others come in.

        Raises:
            ConfigError: there is nothing to look for in a word, or `after` is no place in a list.
        """
        if query.is_ranked:
            return self._page_of_best(query)
        if query.is_searched:
            hits = self._hits(query, query.limit + 1, _after(query))
            articles = list(self._read([hit.article for hit in hits[: query.limit]]))
        else:
            found = list(self._unsearched(query, query.limit + 1))
            hits = [AfterArticle(places.milliseconds(record["sort_at"]), record["_id"]) for record in found]
            articles = list(map(present, found[: query.limit]))
        return Page(articles, places.write(hits[query.limit - 1]) if len(hits) > query.limit else None)

    def count(self, query: Query) -> int:
        """Count the articles of a query, its limit and place aside."""
        if query.is_searched:
            return self._counted(query)
        if self.index.is_made(self.database):
            with suppress(IndexBusy):
                return self._counted(query)
        return self.database["articles"].count_documents(_filter(replace(query, after=None)))

    def judged(self, site: str, since: datetime) -> dict[str, int]:
        """Count the articles of a site since a moment by verdict: MongoDB's index alone tells, in a step an article."""
        articles, wanted = self.database["articles"], {"site": site, "sort_at": {"$gte": since}}
        return {status: articles.count_documents(wanted | {"status": status}) for status in STATUSES}

    def facets(self, query: Query) -> Facets:
        """Count the articles of a query by site and day."""
        wanted = answers.compiled(query)
        sites, days = self.index.answer(self.database, lambda searcher: answers.by_site_and_day(searcher, wanted))
        return Facets(sum(sites.values()), sites, days)

    def reasons(self, query: Query) -> dict[str, int]:
        """Count articles by the codes of their reasons, most first: the newest `query.limit`, which are read."""
        stages: list[Record] = [
            {"$match": _filter(query)},
            {"$sort": {"sort_at": DESCENDING}},
            {"$limit": query.limit},
            {"$unwind": "$reasons"},
            {"$group": {"_id": "$reasons.code", "count": {"$sum": 1}}},
            {"$sort": {"count": DESCENDING, "_id": ASCENDING}},
        ]
        return {group["_id"]: group["count"] for group in self.database["articles"].aggregate(stages)}

    def get(self, article: str) -> Record | None:
        """Return one article by its id, an unambiguous start of at least 4 characters of it, or an address of it."""
        try:
            wanted = key(article) if "://" in article else article
        except ValueError:  # an address that is none
            return None
        found = self.database["articles"].find_one({"keys": wanted})
        if found is None and len(article) >= 4:
            alike = list(self.database["articles"].find({"_id": {"$gte": article, "$lt": article + "\uffff"}}).limit(2))
            found = alike[0] if len(alike) == 1 else None
        return present(found) if found else None

    def rows(self, query: Query) -> Iterator[Record]:
        """Yield the articles of a query as rows of a data frame, as `flat` makes them.

        Raises:
            ConfigError: as `find`.
        """
        return map(flat, self.find(query))

    def ids(self, start: str, limit: int) -> list[tuple[str, str]]:
        """Return ids that begin so with the titles of their articles; those of the newest where all do."""
        wanted: Record = {"_id": {"$gte": start, "$lt": start + "\uffff"}} if start else {}
        order = ("_id", 1) if start else ("sort_at", DESCENDING)
        found = self.database["articles"].find(wanted, {"title": 1}).sort([order]).limit(limit)
        return [(record["_id"], record["title"]) for record in found]

    def story(self, story: str, limit: int = _MOST, *, whole: bool = True) -> list[Record]:
        """Return the articles of a story: the one that stands for it, then its copies, earliest first.

        If they need not be `whole`, text, html and related are left out: None.
        """
        articles, shape = self.database["articles"], None if whole else _SHORT
        is_copy = {"$eq": None}, {"$ne": None}
        found = (
            articles.find({"story": story, "copy_of": wanted}, shape).sort([("sort_at", 1), ("_id", 1)]).limit(limit)
            for wanted in is_copy
        )
        return list(map(present, islice(chain.from_iterable(found), limit)))

    def count_story(self, story: str) -> int:
        """Count the articles of a story."""
        return self.database["articles"].count_documents({"story": story})

    def versions(self, article: str, limit: int = _MOST, *, whole: bool = True) -> list[Record]:
        """Return the last earlier versions of an article by its id, oldest first, as they are stored.

        If they need not be `whole`, they are without text, html and related.
        """
        found = self.database["versions"].find({"article": article}, None if whole else _SHORT)
        return list(found.sort("number", DESCENDING).limit(limit))[::-1]

    def by_status(self) -> dict[str, int]:
        """Count the stored articles by verdict."""
        found = self.database["articles"].aggregate([{"$group": {"_id": "$status", "count": {"$sum": 1}}}])
        return {group["_id"]: group["count"] for group in found}

    def _unsearched(self, query: Query, limit: int) -> Iterator[Record]:
        """Yield articles as they are stored, without the index."""
        direction = ASCENDING if query.order == OLDEST else DESCENDING
        cursor = self.database["articles"].find(_filter(query))
        with cursor.sort([("sort_at", direction), ("_id", direction)]).limit(limit) as found:
            yield from found

    def _counted(self, query: Query) -> int:
        wanted = answers.compiled(query)
        return self.index.answer(self.database, lambda searcher: answers.count(searcher, wanted))

    def _hits(self, query: Query, limit: int, after: AfterArticle | None) -> list[AfterArticle]:
        wanted, is_oldest = answers.compiled(query), query.order == OLDEST
        return self.index.answer(
            self.database, lambda asked: answers.by_moment(asked, wanted, limit, after, oldest_first=is_oldest)
        )

    def _searched(self, query: Query) -> Iterator[str]:
        """Yield the ids of a search, asking for more at a time as it goes on."""
        at_once, most = _A_SEARCH
        left, after = query.limit or None, _after(query)
        while left is None or left > 0:
            wanted = at_once if left is None else min(left, most)
            hits = self._hits(query, wanted, after)
            yield from (hit.article for hit in hits)
            if len(hits) < wanted:
                return
            left, after, at_once = left and left - wanted, hits[-1], most

    def _best(self, query: Query, limit: int, stored_until: int | None) -> Iterator[str]:
        if limit == 0:
            return iter(())
        wanted = answers.compiled(query)
        return iter(self.index.answer(self.database, lambda asked: answers.best(asked, wanted, limit, stored_until)))

    def _page_of_best(self, query: Query) -> Page:
        """Return a page out of the best that were stored when the first page was asked for."""
        if query.after:
            start = places.read(query.after, AfterBest)
        else:
            start = AfterBest(0, self.index.answer(self.database, answers.last_stored))
        end = start.number + query.limit
        found = list(self._best(query, BEST_PAGED, start.stored_until))  # always as many: equals keep their places
        following = places.write(AfterBest(end, start.stored_until)) if len(found) > end else None
        return Page(list(self._read(found[start.number : end])), following)

    def _read(self, ids: list[str]) -> Iterator[Record]:
        """Yield articles in this order; one that is gone meanwhile is left out."""
        found = {record["_id"]: record for record in self.database["articles"].find({"_id": {"$in": ids}})}
        yield from (present(found[each]) for each in ids if each in found)


@contextmanager
def open_archive(
    settings: Settings | None = None, *, on_progress: Callable[[int, int], None] | None = None
) -> Iterator[Archive]:
    """Open the collected articles; without settings, those of the environment.

    `on_progress` is told of the articles that are indexed for a search and of how many, where that takes a while.

    Raises:
        ConfigError: a variable of the environment is malformed.
        StoreUnavailable: no server answers, then or later, or none can be started.
    """
    chosen = settings or read_settings()
    with connect(chosen) as database:
        yield Archive(database, SearchIndex(chosen.data, on_progress=on_progress))


def present(stored: Mapping[str, Any]) -> Record:
    """Return a stored article under the names of `FIELDS`, times in the publisher's zone where it is known."""
    record = {name: stored.get(name) for name in FIELDS} | {"id": stored["_id"]}
    if record["published_at"] and stored.get("published_offset") is not None:
        zone = timezone(timedelta(minutes=stored["published_offset"]))
        record["published_at"] = record["published_at"].astimezone(zone)
    return record


def flat(article: Record) -> Record:
    """Return an article as plain values and lists of words, its times in UTC: `reasons` are codes, `related` addresses.

    One zone, because a column of a data frame has one.
    """
    times = {name: article[name].astimezone(UTC) for name in _TIMES if article[name]}
    lists = {"reasons": [reason["code"] for reason in article["reasons"] or ()],
             "related": [teaser["url"] for teaser in article["related"] or ()]}  # fmt: skip
    return article | times | lists


def _after(query: Query) -> AfterArticle | None:
    return places.read(query.after, AfterArticle) if query.after else None


def _filter(query: Query) -> Record:
    """Return what MongoDB is asked for a query without words."""
    wanted: Record = {}
    if query.status != ANY:
        wanted["status"] = query.status
    if query.site:
        wanted["site"] = query.site
    if query.reason:
        wanted["reasons.code"] = query.reason
    bounds = {"$gte": query.since, "$lt": query.until}
    moments = {way: places.in_utc(bound) for way, bound in bounds.items() if isinstance(bound, datetime)}
    if moments:
        wanted["sort_at"] = moments
    return wanted | places.following("sort_at", _after(query), ascending=query.order == OLDEST)
