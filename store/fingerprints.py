"""Fingerprints of stored articles: which of them may hold a copy of a text. What the numbers mean is the caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

Record = dict[str, Any]

# The newest articles that share a band are ranked, no more: a formula that a whole site repeats may give thousands.
RANKED = 50
_ANY = {"$gte": ""}  # what is in no story, since a person condemned it, has no copies to find
# A crawl that was under way when a person decided of an article may have put it back into a story that it is not in.
_WITH_ARTICLE: list[Record] = [
    {"$lookup": {"from": "articles", "localField": "_id", "foreignField": "_id", "as": "article"}},
    {"$unwind": "$article"},
    {"$match": {"$expr": {"$eq": ["$story", "$article.story"]}}},
    {"$project": {"story": 1, "exact": 1, "title": "$article.title", "text": "$article.text"}},
]

INDEXES = [
    IndexModel([("exact", ASCENDING), ("day", ASCENDING)]),
    IndexModel([("bands", ASCENDING), ("day", DESCENDING)]),
]


async def candidates(
    database: AsyncDatabase[Record], exact: int, bands: Sequence[int], *, exclude: str, limit: int = 20
) -> list[Record]:
    """Return `{_id, story, exact, title, text}` of the articles that share most, by one query.

    The first article with the same exact hash comes first, however old. `exclude` is the id of the article asked for.
    """
    pipeline: list[Record] = [
        {"$match": {"exact": exact, "_id": {"$ne": exclude}, "story": _ANY}},
        {"$sort": {"day": 1}},
        *_WITH_ARTICLE,
        {"$limit": 1},
        {"$unionWith": {"coll": "fingerprints", "pipeline": [*_sharing(exact, bands, exclude, limit), *_WITH_ARTICLE]}},
    ]
    cursor = await database["fingerprints"].aggregate(pipeline)
    return await cursor.to_list()


def _sharing(exact: int, bands: Sequence[int], exclude: str, limit: int) -> list[Record]:
    wanted = list(bands)
    return [
        {"$match": {"bands": {"$in": wanted}, "_id": {"$ne": exclude}, "exact": {"$ne": exact}, "story": _ANY}},
        {"$sort": {"day": -1}},  # each band's part of the index is in this order, so they are merged, not sorted
        {"$limit": RANKED},
        {"$set": {"shared": {"$size": {"$setIntersection": ["$bands", wanted]}}}},
        {"$sort": {"shared": -1, "day": -1}},
        {"$limit": limit},
    ]


def upsert(article: str, *, story: str | None, exact: int, bands: Sequence[int], at: datetime) -> UpdateOne:
    """Return the write that keeps an article's fingerprint, or replaces it; `at` is when the article was fetched.

    Without a story it is not found. Of `at` the day is kept: there is an index entry for each band, and a short one
    halves the index.
    """
    fields = {"story": story, "exact": exact, "bands": list(bands), "day": at.toordinal()}
    return UpdateOne({"_id": article}, {"$set": fields}, upsert=True)
