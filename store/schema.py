"""What every collection holds: validator and indexes, declared in one table.

`store.migrations` brings them to the database. A digest of the table is kept in `meta`, so that a database
which has them costs one read.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from store import fingerprints

Schema = dict[str, Any]

STRING, DATE, LIST, INT, NUMBER, OBJECT = "string", "date", "array", "int", "number", "object"
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


_NEWEST = (("sort_at", DESCENDING), ("_id", DESCENDING))
# What figures are made of, so that no article has to be read for them
_FIGURES = (("published_offset", ASCENDING), ("published_precision", ASCENDING), ("stored_at", ASCENDING))

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
            "seq": NUMBER,
        },
        (
            _index(("keys", ASCENDING)),
            _index(("status", ASCENDING), *_NEWEST, ("site", ASCENDING), *_FIGURES),
            _index(("site", ASCENDING), ("status", ASCENDING), *_NEWEST, *_FIGURES),
            _index(*_NEWEST),
            _index(("story", ASCENDING)),
            _index(("seq", ASCENDING), ("_id", ASCENDING)),  # what the search index reads of it is in the index
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
        (
            _index(("at", DESCENDING), ("_id", DESCENDING)),
            _index(("site", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)),
            _index(("reasons.code", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)),
        ),
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
            _index(("state", ASCENDING), ("started_at", DESCENDING)),
            # The few runs that brought something new; counts.new is the filter's, so an entry is enough to tell
            _index(
                ("site", ASCENDING),
                ("started_at", DESCENDING),
                ("counts.new", ASCENDING),
                partialFilterExpression={"counts.new": {"$gt": 0}},
            ),
        ),
    ),
    "schedule": Collection(
        {}, (_index(("wanted_at", ASCENDING), sparse=True), _index(("paused_at", ASCENDING), sparse=True))
    ),
    "leases": Collection({"until": DATE}),
    "alerts": Collection(
        {"kind": STRING, "subject": STRING, "message": STRING, "since": DATE},
        (_index(("ended_at", ASCENDING)), _index(("since", DESCENDING)), _index(("closed", ASCENDING), sparse=True)),
    ),
    "reviews": Collection(
        {"article": STRING, "site": STRING, "title": STRING, "deed": STRING, "by": STRING, "at": DATE, "before": LIST},
        (
            _index(("at", DESCENDING), ("_id", DESCENDING)),
            _index(("article", ASCENDING), ("at", DESCENDING)),
            _index(("by", ASCENDING), ("at", DESCENDING)),
            _index(("undone_at", DESCENDING)),
            _index(("open", ASCENDING), sparse=True),
        ),
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
