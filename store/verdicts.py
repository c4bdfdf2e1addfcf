"""Verdicts on what was not stored as an article: rejected teasers and pages, remembered so that they cost nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import DeleteOne, UpdateOne

from store.urls import key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

MAX_ATTEMPTS = 5  # runs in which an announced page may fail before it is given up


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
    """Return what could not be fetched in earlier runs, fewest attempts first: `teaser`, `error`, `attempts`."""
    return await database["pending"].find({"site": site}).sort("attempts").limit(1000).to_list()


def postpone(site: str, failure: dict[str, Any]) -> UpdateOne:
    """Return the write that keeps a teaser whose page could not be fetched for the next run of the site."""
    update = {"$set": failure | {"site": site}, "$inc": {"attempts": 1}}
    return UpdateOne({"_id": key(failure["teaser"]["url"])}, update, upsert=True)


def settle(url: str) -> DeleteOne:
    """Return the write that forgets a postponed teaser: its page was fetched, or it was given up."""
    return DeleteOne({"_id": key(url)})
