"""The article collection: how a record is written over what is stored, and what becomes an earlier version.

Every write of it carries a rising number (`store.sequence`), which is known only when it is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import UpdateMany, UpdateOne

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pymongo.asynchronous.database import AsyncDatabase

    Numbered = Callable[[int], UpdateOne | UpdateMany]

Record = dict[str, Any]

_VERSIONED = (
    "title",
    "text",
    "html",
    "authors",
    "published_at",
    "published_text",
    "modified_at",
    "fetched_at",
)
_VERDICT = ("status", "reasons", "story", "copy_of")  # what a person may decide over a crawl


async def stored(database: AsyncDatabase[Record], ids: Sequence[str]) -> dict[str, Record]:
    """Return what is stored of these articles, by id: versioned fields, number of versions, verdict and review."""
    fields = dict.fromkeys((*_VERSIONED, *_VERDICT, "versions", "review"), 1)
    found = await database["articles"].find({"_id": {"$in": list(ids)}}, fields).to_list()
    return {record["_id"]: record for record in found}


async def text_of(database: AsyncDatabase[Record], article: str) -> Record | None:
    """Return title and text of one stored article."""
    return await database["articles"].find_one({"_id": article}, {"title": 1, "text": 1})


async def review_of(database: AsyncDatabase[Record], article: str) -> Record | None:
    """Return what a person decided of a stored article: `id`, `deed`, `by`, `at`, and its `status` and `reasons`."""
    found = await database["articles"].find_one({"_id": article}, {"review": 1})
    return found.get("review") if found else None


async def head_of(database: AsyncDatabase[Record], story: str) -> Record | None:
    """Return id and moment of the article that stands for a story."""
    return await database["articles"].find_one({"story": story, "status": "accepted"}, {"sort_at": 1})


def is_changed(record: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Only title and text make a version: counters, relative dates and related blocks change at every visit.

    >>> is_changed({"title": "a", "text": "b", "tags": ["x"]}, {"title": "a", "text": "b"})
    False
    """
    return bool(record["title"] != before["title"] or record["text"] != before["text"])


def upsert(record: Record) -> Numbered:
    """Return the write that makes `record` the present state of its article."""
    fields = {name: value for name, value in record.items() if name not in ("_id", "keys")}
    update = {"$addToSet": {"keys": {"$each": record["keys"]}}, "$setOnInsert": {"stored_at": record["fetched_at"]}}
    return lambda number: UpdateOne({"_id": record["_id"]}, update | {"$set": fields | {"seq": number}}, upsert=True)


def update(record: Record, before: Mapping[str, Any]) -> tuple[Numbered, Numbered]:
    """Return the writes that make `record` the present state of an article which was stored as `before`.

    Its verdict is left as it is when a person has decided of it since.
    """
    verdict = {name: record[name] for name in _VERDICT if name in record}
    rest = {name: value for name, value in record.items() if name not in (*verdict, "_id", "keys")}
    keys = {"$addToSet": {"keys": {"$each": record["keys"]}}}
    under = {"_id": record["_id"], "review.id": (before.get("review") or {}).get("id")}
    return (
        lambda number: UpdateOne({"_id": record["_id"]}, keys | {"$set": rest | {"seq": number}}),
        change(under, verdict),
    )


def heeded(record: Record, before: Mapping[str, Any]) -> Record:
    """Return a record with the verdict that counts: a person's, if there is one and the stages came to another.

    That a restored article is a copy of an earlier one is no other.

    >>> condemned = {"status": "rejected", "review": {"status": "rejected"}}
    >>> heeded({"status": "accepted"}, condemned)["status"], heeded({"status": "accepted"}, {})["status"]
    ('rejected', 'accepted')
    >>> heeded({"status": "duplicate"}, {"status": "accepted", "review": {"status": "accepted"}})["status"]
    'duplicate'
    """
    review = before.get("review")
    if not review or (review["status"] == "accepted" and record["status"] in ("accepted", "duplicate")):
        return record
    return record | {name: before[name] for name in _VERDICT if name in before}


def give_way(story: str, copy: str, to: str) -> tuple[Numbered, Numbered]:
    """Return the writes that make the article which stood for a story, and its copies, copies of an earlier one."""
    reason = {"code": "copy", "detail": f"{to} was published earlier", "weight": 1.0}
    return (
        change({"_id": copy, "status": "accepted"}, {"status": "duplicate", "copy_of": to, "reasons": [reason]}),
        change({"story": story, "copy_of": copy}, {"copy_of": to}),
    )


def change(which: Record, fields: Record) -> Numbered:
    """Return the write that sets fields of stored articles."""
    return lambda number: UpdateMany(which, {"$set": fields | {"seq": number}})


def keep_version(record: Record, before: Record) -> UpdateOne:
    """Return the write that keeps `before` as an earlier version. Written twice, it is one version all the same."""
    number = before["versions"] + 1
    version = {name: before.get(name) for name in _VERSIONED}
    version |= {"article": record["_id"], "number": number, "replaced_at": record["fetched_at"]}
    return UpdateOne({"_id": f"{record['_id']}/{number}"}, {"$setOnInsert": version}, upsert=True)
