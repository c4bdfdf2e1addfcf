"""Runs: one crawl of one site, from its start to the reason of its end. The crawl writes, everyone reads."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pymongo import DESCENDING

from store import leases
from store.processes import is_dead, this_process

if TYPE_CHECKING:
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

STATES = RUNNING, FINISHED, INTERRUPTED, FAILED = "running", "finished", "interrupted", "failed"
# Why a run did not finish, for programs
CAUSES = (
    *("time-limit", "memory-limit", "hung", "died", "stopped", "lease-lost", "store-unavailable"),
    *("unreadable", "error"),
)

Record = dict[str, Any]


AHEAD = timedelta(minutes=10)  # what is recorded further in the future was so before the clock was set back


@dataclass(slots=True, frozen=True)
class End:
    """How a run ended.

    `reason` is for people, `cause` for programs: one of `CAUSES`, empty if it finished. `complete` says that its
    sources were read to their end and need no second reading.
    """

    state: str
    reason: str
    complete: bool = False
    cause: str = ""


DIED = End(INTERRUPTED, "its process died", cause="died")
HUNG = End(FAILED, "killed: it hung, and had lost its lease", cause="hung")


def new_id(site: str, now: datetime) -> str:
    """Return a run's id: site and moment to read, four random digits to be the only one."""
    return f"{site}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


async def begin(
    database: AsyncDatabase[Record],
    run: str,
    site: str,
    *,
    asked_by: str,
    rules: str | None,
    due_at: datetime | None,
    now: datetime,
) -> None:
    """Record the start of a run whose lease is held; runs of the site that died unseen are marked interrupted.

    A run that reads a site as a whole says by which `rules` and is incomplete until it ends; one of a single address
    has no say in that. `due_at` is the moment of the schedule that it runs for.
    """
    await database["runs"].update_many({"site": site, "state": RUNNING}, {"$set": _ended(DIED, now)})
    record: Record = {
        "_id": run,
        "site": site,
        "state": RUNNING,
        "asked_by": asked_by,
        "started_at": now,
        "holder": this_process(),
        "counts": {},
    }
    if rules:
        record |= {"complete": False, "rules": rules}
    if due_at:
        record["due_at"] = due_at
    await database["runs"].insert_one(record)


async def progress(database: AsyncDatabase[Record], run: str, counts: Record, now: datetime) -> None:
    """Record how far a run has come."""
    fields = {"counts": counts, "progress_at": now}
    await database["runs"].update_one({"_id": run, "state": RUNNING}, {"$set": fields})


async def end(database: AsyncDatabase[Record], run: str, counts: Record, end: End, now: datetime) -> None:
    """Record the end of a run, unless others have ended it."""
    fields = _ended(end, now) | {"counts": counts}
    result = await database["runs"].update_one({"_id": run, "state": RUNNING}, {"$set": fields})
    if end.complete and result.matched_count:
        await database["runs"].update_one({"_id": run, "complete": False}, {"$set": {"complete": True}})


async def was_complete(database: AsyncDatabase[Record], site: str, rules: str, now: datetime) -> bool:
    """Whether the last run of the whole site read its sources to the end, by the same rules as now.

    Then a list with nothing new ends paging, and what is "not modified" needs no reading.
    """
    wanted = {"site": site, "complete": {"$exists": True}, "started_at": {"$lte": now + AHEAD}}
    last = await database["runs"].find_one(wanted, sort=[("started_at", DESCENDING)])
    return bool(last and last.get("complete") and last.get("rules") == rules)


def dead(database: Database[Record]) -> list[Record]:
    """Return the runs that are recorded as running, and whose process is gone or whose lease is another's."""
    running = list(database["runs"].find({"state": RUNNING}))
    if not running:
        return []
    held = leases.held(database)
    return [run for run in running if run["_id"] not in held or is_dead(run["holder"])]


def mark_dead(database: Database[Record], now: datetime) -> list[str]:
    """Mark the dead runs interrupted, and return the sites of those."""
    return [run["site"] for run in dead(database) if end_for(database, run["_id"], DIED, now)]


def end_for(database: Database[Record], run: str, end: End, now: datetime) -> bool:
    """End a run for a crawl process that did not do so itself; False if it did."""
    result = database["runs"].update_one({"_id": run, "state": RUNNING}, {"$set": _ended(end, now)})
    return result.modified_count == 1


def settle(database: Database[Record], run: str, end: End, now: datetime) -> Record | None:
    """End a run whose process has gone, unless it did so itself; return its record, None if it left none."""
    end_for(database, run, end, now)
    return database["runs"].find_one({"_id": run})


async def record_failure(
    database: AsyncDatabase[Record],
    run: str,
    site: str,
    *,
    asked_by: str,
    due_at: datetime | None,
    end: End,
    now: datetime,
) -> None:
    """Record a run that failed before its process could."""
    record = {"_id": run, "site": site, "asked_by": asked_by, "started_at": now, "counts": {}, **_ended(end, now)}
    await database["runs"].insert_one(record | ({"due_at": due_at} if due_at else {}))


def prune(database: Database[Record], before: datetime, keep: int) -> int:
    """Delete the records of runs that started before a moment, but for the last `keep` of each site; return how many.

    What says where the next run has to go on is among those.
    """
    runs = database["runs"]
    if not runs.find_one({"started_at": {"$lt": before}}, {"_id": 1}):
        return 0
    deleted = 0
    for site in runs.distinct("site"):
        newest = runs.find({"site": site}, {"started_at": 1}).sort("started_at", DESCENDING)
        for last_kept in newest.skip(keep - 1).limit(1):
            old = {"$lt": min(before, last_kept["started_at"])}
            deleted += runs.delete_many({"site": site, "started_at": old, "state": {"$ne": RUNNING}}).deleted_count
    return deleted


def _ended(end: End, now: datetime) -> Record:
    return {"state": end.state, "reason": end.reason, "cause": end.cause, "ended_at": now}
