"""What is asked of the quarantine and of what people decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING

from store import places
from store.places import AfterArticle
from store.queries import Page, present
from store.reviews import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.database import Database

    from store.queries import Archive

Record = dict[str, Any]

QUARANTINED = "quarantined"
COUNTED = 2_000  # articles whose reasons are counted, the newest: each is read


@dataclass(slots=True, kw_only=True, frozen=True)
class Queue:
    """Which quarantined articles, by site and by the code of a reason; `after` is the `next` of the page before."""

    site: str | None = None
    reason: str | None = None
    oldest_first: bool = False
    limit: int = 20
    after: str | None = None


def page_of_queue(archive: Archive, asked: Queue) -> Page:
    """Return one page of the quarantined articles; what is reviewed while a person pages shifts nothing.

    Raises:
        ConfigError: `after` is no place in the list.
    """
    direction = ASCENDING if asked.oldest_first else DESCENDING
    wanted = _waiting(asked) | following("sort_at", asked.after, direction)
    found = archive.database["articles"].find(wanted).sort([("sort_at", direction), ("_id", direction)])
    records = list(found.limit(asked.limit + 1))
    return Page(list(map(present, records[: asked.limit])), next_of(records, "sort_at", asked.limit))


def queue(archive: Archive, asked: Queue) -> Iterator[Record]:
    """Yield the quarantined articles, as many as are asked for; a limit of 0 is all."""
    direction = ASCENDING if asked.oldest_first else DESCENDING
    found = archive.database["articles"].find(_waiting(asked)).limit(asked.limit)
    yield from map(present, found.sort([("sort_at", direction), ("_id", direction)]))


def count_queue(archive: Archive, asked: Queue) -> int:
    """Count the quarantined articles that are asked for, those of other pages too."""
    return archive.database["articles"].count_documents(_waiting(asked))


def reasons_of_queue(archive: Archive, site: str | None) -> dict[str, int]:
    """Count the newest quarantined articles by the codes of their reasons, most first; one may count several times."""
    found = archive.database["articles"].aggregate(
        [
            {"$match": _waiting(Queue(site=site))},
            {"$sort": {"sort_at": DESCENDING}},
            {"$limit": COUNTED},
            {"$unwind": "$reasons"},
            {"$group": {"_id": "$reasons.code", "count": {"$sum": 1}}},
            {"$sort": {"count": DESCENDING, "_id": ASCENDING}},
        ]
    )
    return {group["_id"]: group["count"] for group in found}


@dataclass(slots=True, kw_only=True, frozen=True)
class History:
    """Which reviews: of one article, by one person, of one site."""

    article: str | None = None
    by: str | None = None
    site: str | None = None
    limit: int = 50
    after: str | None = None


def page_of_history(database: Database[Record], asked: History) -> tuple[list[Record], str | None]:
    """Return reviews, newest first, and what `after` says to have those that follow.

    Raises:
        ConfigError: `after` is no place in the list.
    """
    named = {name: value for name in ("article", "by", "site") if (value := getattr(asked, name))}
    found = database["reviews"].find(named | following("at", asked.after, DESCENDING))
    records = list(found.sort([("at", DESCENDING), ("_id", DESCENDING)]).limit(asked.limit + 1))
    return records[: asked.limit], next_of(records, "at", asked.limit)


def last_of(database: Database[Record], by: str) -> Record | None:
    """Return the last review of a person that is not undone."""
    return database["reviews"].find_one({"by": by, "undone_at": None}, sort=[("at", DESCENDING)])


def standing(database: Database[Record], article: str) -> Record | None:
    """Return the review that an article stands under; that of a copy may be of the article which it is a copy of."""
    found = database["articles"].find_one({"_id": article}, {"review": 1})
    review = (found or {}).get("review")
    return find(database, review["id"]) if review else None


def following(field: str, after: str | None, direction: int) -> Record:
    """Return what is beyond a place in a list that is in order of a moment, then of the id.

    Raises:
        ConfigError: it is no place.
    """
    if after is None:
        return {}
    place = places.read(after, AfterArticle)
    beyond, same = ("$gte", "$lte") if direction == ASCENDING else ("$lte", "$gte")
    return {"$and": [{field: {beyond: place.at}}, {"$nor": [{field: place.at, "_id": {same: place.article}}]}]}


def next_of(records: list[Record], field: str, limit: int) -> str | None:
    """Return the place of the last record that is shown, None if none follows."""
    if len(records) <= limit:
        return None
    last = records[limit - 1]
    return places.write(AfterArticle(places.milliseconds(last[field]), last["_id"]))


def _waiting(asked: Queue) -> Record:
    named = {"site": asked.site, "reasons.code": asked.reason}
    return {"status": QUARANTINED} | {name: value for name, value in named.items() if value}
