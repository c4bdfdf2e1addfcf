"""When each site's schedule fired last: stored, so that a restart neither loses nor repeats a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo.errors import DuplicateKeyError

if TYPE_CHECKING:
    from datetime import datetime

    from pymongo.database import Database


def last(database: Database[dict[str, Any]], site: str) -> datetime | None:
    """Return when a site fired last."""
    found = database["fires"].find_one({"_id": site})
    return found["at"] if found else None


def claim(database: Database[dict[str, Any]], site: str, *, seen: datetime | None, at: datetime) -> bool:
    """Note that a site fires `at`, unless it fired since it was `seen`: of two services, one gets True."""
    try:
        if seen is None:
            database["fires"].insert_one({"_id": site, "at": at})
            return True
        return database["fires"].update_one({"_id": site, "at": seen}, {"$set": {"at": at}}).matched_count == 1
    except DuplicateKeyError:
        return False
