"""Verdicts on what was not stored as an article: rejected teasers and pages, remembered so that they cost nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pymongo import DeleteOne, UpdateOne

from store.urls import key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

# A page that failed in so many runs, the first of them so long ago, is given up: an outage of an hour must not do it.
MAX_ATTEMPTS = 5
MIN_AGE = timedelta(days=3)


async def known_keys(database: AsyncDatabase[dict[str, Any]], keys: Sequence[str]) -> set[str]:
    """Return those of the keys that an article or a verdict has already, by one query."""
    articles: list[dict[str, Any]] = [
        {"$match": {"keys": {"$in": list(keys)}}},
        {"$project": {"keys": 1}},
        {
            "$unionWith": {
                "coll": "verdicts",
                "pipeline": [{"$match": {"_id": {"$in": list(keys)}}}, {"$project": {"keys": ["$_id"]}}],
            }
        },
    ]
    cursor = await database["articles"].aggregate(articles)
    found = {k async for document in cursor for k in document["keys"]}
    return found.intersection(keys)


def remember(verdict: dict[str, Any], *, run: str, at: datetime) -> UpdateOne:
    """Return the write that keeps a verdict under the key of its `url`; the latest one counts."""
    return UpdateOne({"_id": key(verdict["url"])}, {"$set": verdict | {"run": run, "at": at}}, upsert=True)


async def pending_of(database: AsyncDatabase[dict[str, Any]], site: str) -> list[dict[str, Any]]:
    """Return what could not be fetched earlier, fewest attempts first: `teaser`, `error`, `attempts`, `first_at`."""
    return await database["pending"].find({"site": site}).sort("attempts").limit(1000).to_list()


def is_hopeless(failure: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether a page that could not be fetched again and again is given up."""
    return bool(failure["attempts"] >= MAX_ATTEMPTS and now - failure["first_at"] >= MIN_AGE)


def postpone(site: str, failure: Mapping[str, Any], *, run: str, at: datetime) -> UpdateOne:
    """Return the write that keeps a teaser whose page could not be fetched for the next run of the site.

    It counts a run once, however often it is written.
    """
    again = {"$cond": [{"$eq": ["$run", run]}, 0, 1]}
    fields = {
        "site": site,
        "teaser": {"$literal": failure["teaser"]},
        "error": {"$literal": failure["error"]},
        "attempts": {"$add": [{"$ifNull": ["$attempts", 0]}, again]},
        "first_at": {"$ifNull": ["$first_at", at]},
        "run": run,
    }
    return UpdateOne({"_id": key(failure["teaser"]["url"])}, [{"$set": fields}], upsert=True)


def settle(url: str) -> DeleteOne:
    """Return the write that forgets a postponed teaser: its page was fetched, or it was given up."""
    return DeleteOne({"_id": key(url)})
