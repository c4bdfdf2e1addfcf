"""What is asked of the verdicts: teasers that were never fetched, and pages that were no articles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import ExecutionTimeout

from store.errors import ConfigError
from store.review_queries import following, next_of

if TYPE_CHECKING:
    from datetime import datetime

    from pymongo.database import Database

Record = dict[str, Any]

COUNTED = 5_000  # of each code; more than that are not counted on
PATIENCE = 3.0  # seconds to look for a part of a title, for which every verdict may have to be read
READ = 5_000  # verdicts of a site whose reasons are counted, the latest


@dataclass(slots=True, kw_only=True, frozen=True)
class Verdicts:
    """Which verdicts: of a site, with a status, with the code of a reason, with `part` in the title."""

    site: str | None = None
    status: str | None = None
    reason: str | None = None
    part: str = ""
    limit: int = 50
    after: str | None = None


def page(database: Database[Record], asked: Verdicts, *, patience: float = PATIENCE) -> tuple[list[Record], str | None]:
    """Return verdicts, the latest first, and what `after` says to have those that follow.

    Raises:
        ConfigError: `after` is no place in the list, or a part of a title is not found in time.
    """
    named = {"site": asked.site, "status": asked.status, "reasons.code": asked.reason}
    wanted: Record = {name: value for name, value in named.items() if value}
    if asked.part:
        part = asked.part.replace("\0", "")  # which no title has, and no expression may
        wanted["title"] = {"$regex": re.escape(part), "$options": "i"}
    found = database["verdicts"].find(wanted | following(asked.after))
    found = found.sort([("at", DESCENDING), ("_id", DESCENDING)]).limit(asked.limit + 1)
    try:
        records = list(found.max_time_ms(round(1000 * patience)))
    except ExecutionTimeout:
        raise ConfigError("there are too many verdicts to look into; ask for a site or a reason, too") from None
    return records[: asked.limit], next_of(records, asked.limit)


def by_reason(database: Database[Record], site: str | None) -> dict[str, int]:
    """Count verdicts by the codes of their reasons, most first, each up to `COUNTED`; of a site, the latest."""
    counts = _of_site(database, site) if site else _of_all(database)
    return dict(sorted(counts.items(), key=lambda counted: (-counted[1], counted[0])))


def _of_all(database: Database[Record]) -> dict[str, int]:
    """Count in the index of the codes."""
    codes = database["verdicts"].distinct("reasons.code")
    return {code: database["verdicts"].count_documents({"reasons.code": code}, limit=COUNTED) for code in codes}


def _of_site(database: Database[Record], site: str) -> dict[str, int]:
    """Count by reading: an index of codes for each site would cost more at every verdict than it saves here."""
    found = database["verdicts"].aggregate(
        [
            {"$match": {"site": site}},
            {"$sort": {"at": DESCENDING, "_id": DESCENDING}},
            {"$limit": READ},
            {"$unwind": "$reasons"},
            {"$group": {"_id": "$reasons.code", "count": {"$sum": 1}}},
        ]
    )
    return {group["_id"]: group["count"] for group in found}


def count_since(database: Database[Record], site: str, since: datetime) -> int:
    """Count the verdicts of a site since a moment; the index alone tells."""
    return database["verdicts"].count_documents({"site": site, "at": {"$gte": since}})


def postponed(database: Database[Record], site: str, limit: int) -> tuple[int, list[Record]]:
    """Return how many pages wait for the next run of a site, and the first as that takes them: fewest tries first."""
    waiting = database["pending"]
    found = waiting.find({"site": site}).sort([("attempts", ASCENDING), ("_id", ASCENDING)]).limit(limit)
    return waiting.count_documents({"site": site}), list(found)
