"""What page and API ask of the alerts. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import DESCENDING

if TYPE_CHECKING:
    from pymongo.database import Database

Record = dict[str, Any]


def current(database: Database[Record], limit: int) -> list[Record]:
    """Return alerts that are open, the newest first."""
    return _found(database, {"ended_at": None}, limit)


def ended(database: Database[Record], limit: int, skip: int = 0) -> list[Record]:
    """Return alerts that are over, the newest first."""
    return _found(database, {"ended_at": {"$ne": None}}, limit, skip)


def _found(database: Database[Record], wanted: Record, limit: int, skip: int = 0) -> list[Record]:
    return list(database["alerts"].find(wanted).sort("since", DESCENDING).skip(skip).limit(limit))
