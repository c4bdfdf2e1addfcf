"""What every collection holds: validator and indexes, declared in one table and brought to the database once.

A digest of the table is kept in `meta`, so an unchanged database costs one read at start.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from store import fingerprints

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

Schema = dict[str, Any]

STRING, DATE, LIST, INT, OBJECT = "string", "date", "array", "int", "object"
VERDICT = "verdict"  # no BSON type: one of the four
STATUSES = ("accepted", "duplicate", "quarantined", "rejected")


@dataclass(slots=True, frozen=True)
class Collection:
    """Required fields by BSON type (`bsonType` aliases), and the indexes beside `_id`."""

    required: dict[str, str]
    indexes: tuple[IndexModel, ...] = ()

    def validator(self) -> Schema:
        """The `$jsonSchema` of the collection: required fields typed, a verdict one of the four."""
        properties: Schema = {
            name: {"enum": list(STATUSES)} if kind == VERDICT else {"bsonType": kind}
            for name, kind in self.required.items()
        }
        schema = {"bsonType": "object", "required": ["_id", *self.required], "properties": properties}
        return {"$jsonSchema": schema}


def _index(*fields: tuple[str, int], **options: Any) -> IndexModel:
    return IndexModel(list(fields), **options)


COLLECTIONS: dict[str, Collection] = {
    "articles": Collection(
        {
            "url": STRING,
            "canonical_url": STRING,
            "keys": LIST,
            "site": STRING,
            "title": STRING,
            "text": STRING,
            "status": VERDICT,
            "sort_at": DATE,
            "fetched_at": DATE,
        },
        (
            _index(("keys", ASCENDING)),
            _index(("status", ASCENDING), ("sort_at", DESCENDING), ("_id", DESCENDING)),
            _index(("site", ASCENDING), ("status", ASCENDING), ("sort_at", DESCENDING), ("_id", DESCENDING)),
            _index(("sort_at", DESCENDING), ("_id", DESCENDING)),
            _index(("story", ASCENDING)),
        ),
    ),
    "versions": Collection(
        {"article": STRING, "number": INT, "title": STRING, "text": STRING},
        (_index(("article", ASCENDING), ("number", ASCENDING)),),
    ),
    "pages": Collection({"url": STRING, "status": INT, "body": "binData", "fetched_at": DATE}),
    "fingerprints": Collection({}, tuple(fingerprints.INDEXES)),
    "verdicts": Collection(
        {"site": STRING, "url": STRING, "title": STRING, "status": VERDICT, "reasons": LIST, "at": DATE},
        (_index(("site", ASCENDING), ("at", DESCENDING)),),
    ),
    "pending": Collection(
        {"site": STRING, "teaser": OBJECT, "attempts": INT, "error": STRING, "first_at": DATE},
        (_index(("site", ASCENDING)),),
    ),
    "sources": Collection({"site": STRING}, (_index(("site", ASCENDING)),)),
    "runs": Collection(
        {"site": STRING, "state": STRING, "started_at": DATE, "counts": OBJECT},
        (
            _index(("started_at", DESCENDING)),
            _index(("site", ASCENDING), ("started_at", DESCENDING)),
            _index(("state", ASCENDING)),
        ),
    ),
    "schedule": Collection(
        {}, (_index(("wanted_at", ASCENDING), sparse=True), _index(("paused_at", ASCENDING), sparse=True))
    ),
    "leases": Collection({"until": DATE}),
    "alerts": Collection(
        {"kind": STRING, "subject": STRING, "message": STRING, "since": DATE},
        (_index(("ended_at", ASCENDING)), _index(("since", DESCENDING))),
    ),
    "accounts": Collection({"role": STRING, "kind": STRING, "hash": STRING, "created_at": DATE}),
}


def digest() -> str:
    """Identify the declared schema: it changes when any validator or index does."""
    declared = {
        name: [collection.validator(), [index.document for index in collection.indexes]]
        for name, collection in COLLECTIONS.items()
    }
    return hashlib.blake2b(json.dumps(declared, sort_keys=True, default=str).encode(), digest_size=8).hexdigest()


async def prepare(database: AsyncDatabase[dict[str, Any]]) -> None:
    """Bring validators and indexes to a database that has not got them yet. Safe to run by several at once."""
    meta = await database["meta"].find_one({"_id": "schema"})
    if meta and meta["digest"] == digest():
        return
    existing = await database.list_collection_names()
    for name, collection in COLLECTIONS.items():
        if name in existing:
            await database.command("collMod", name, validator=collection.validator())
        else:
            await _create(database, name, collection.validator())
        if collection.indexes:
            await database[name].create_indexes(list(collection.indexes))
    await database["meta"].update_one({"_id": "schema"}, {"$set": {"digest": digest()}}, upsert=True)


async def _create(database: AsyncDatabase[dict[str, Any]], name: str, validator: Schema) -> None:
    """Create a collection, or find that another process did so a moment ago."""
    result = await database.command("create", name, validator=validator, check=False, allowable_errors=[48])
    if not result.get("ok") and result.get("code") == 48:  # NamespaceExists
        await database.command("collMod", name, validator=validator)
