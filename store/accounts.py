"""Who may look at the service and who may steer it. Secrets are kept as hashes, which are made elsewhere."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

if TYPE_CHECKING:
    from datetime import datetime

    from pymongo.database import Database

Record = dict[str, Any]

READER, OPERATOR = "reader", "operator"
ROLES = (READER, OPERATOR)
PASSWORD, TOKEN = "password", "token"


@dataclass(slots=True, kw_only=True, frozen=True)
class Account:
    """`ended` names the sessions that were ended by logout before their time."""

    name: str
    role: str
    kind: str
    hash: str = field(repr=False)
    created_at: datetime
    ended: frozenset[str] = frozenset()


def everyone(database: Database[Record]) -> dict[str, Account]:
    """Return all accounts by name."""
    return {record["_id"]: _account(record) for record in database["accounts"].find().sort("_id")}


def has_any(database: Database[Record]) -> bool:
    """Whether there is an account: then nobody comes in without one."""
    return database["accounts"].find_one({}, {"_id": 1}) is not None


def put(database: Database[Record], account: Account) -> None:
    """Add an account, or give the one of that name another role and secret: its sessions end by that."""
    record = {"role": account.role, "kind": account.kind, "hash": account.hash, "created_at": account.created_at}
    database["accounts"].replace_one({"_id": account.name}, record, upsert=True)


def remove(database: Database[Record], name: str) -> bool:
    """Remove an account; False if there is none of that name."""
    return database["accounts"].delete_one({"_id": name}).deleted_count == 1


def end_session(database: Database[Record], name: str, session: str, *, until: datetime, now: datetime) -> None:
    """End a session that would be good until then; those that are over anyway are forgotten."""
    accounts = database["accounts"]
    accounts.update_one({"_id": name}, {"$pull": {"ended": {"until": {"$lt": now}}}})
    accounts.update_one({"_id": name}, {"$push": {"ended": {"session": session, "until": until}}})


def signing_key(database: Database[Record]) -> bytes:
    """Return the key that sessions are signed with, the same for all services of a database; made when first asked."""
    kept = database["meta"].find_one({"_id": "sessions"}) or _made_key(database)
    return bytes(kept["key"])


def _made_key(database: Database[Record]) -> Record:
    fresh = {"$setOnInsert": {"key": secrets.token_bytes(32)}}
    kept = database["meta"].find_one_and_update(
        {"_id": "sessions"}, fresh, upsert=True, return_document=ReturnDocument.AFTER
    )
    assert kept is not None  # an upsert that returns what is there after it
    return kept


def _account(record: Record) -> Account:
    facts = {name: record[name] for name in ("role", "kind", "hash", "created_at")}
    ended = frozenset(entry["session"] for entry in record.get("ended", ()))
    return Account(name=record["_id"], ended=ended, **facts)
