"""Runs: one crawl of one site, from its start to the reason of its end. The crawl writes, everyone reads."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import DESCENDING

from store.leases import is_dead, this_process

if TYPE_CHECKING:
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

RUNNING, FINISHED, INTERRUPTED, FAILED = "running", "finished", "interrupted", "failed"

Record = dict[str, Any]


@dataclass(slots=True, frozen=True)
class End:
    """How a run ended. `complete` says that its sources were read to their end and need no second reading."""

    state: str
    reason: str
    complete: bool = False


def new_id(site: str, now: datetime) -> str:
    """Return a run's id: site and moment to read, four random digits to be the only one."""
    return f"{site}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


async def begin(
    database: AsyncDatabase[Record], run: str, site: str, *, asked_by: str, is_whole: bool, now: datetime
) -> None:
    """Record the start of a run whose lease is held; runs of the site that died unseen are marked interrupted.

    A run that reads a site as a whole is incomplete until it ends; one of a single address has no say in that.
    """
    await database["runs"].update_many(
        {"site": site, "state": RUNNING},
        {"$set": {"state": INTERRUPTED, "reason": "its process died", "ended_at": now}},
    )
    record: Record = {
        "_id": run,
        "site": site,
        "state": RUNNING,
        "asked_by": asked_by,
        "started_at": now,
        "holder": this_process(),
        "counts": {},
    }
    if is_whole:
        record["complete"] = False
    await database["runs"].insert_one(record)


async def progress(database: AsyncDatabase[Record], run: str, counts: Record, now: datetime) -> None:
    """Record how far a run has come."""
    await database["runs"].update_one({"_id": run}, {"$set": {"counts": counts, "progress_at": now}})


async def end(database: AsyncDatabase[Record], run: str, counts: Record, end: End, now: datetime) -> None:
    """Record the end of a run."""
    fields = {"state": end.state, "reason": end.reason, "counts": counts, "ended_at": now}
    await database["runs"].update_one({"_id": run}, {"$set": fields})
    if end.complete:
        await database["runs"].update_one({"_id": run, "complete": False}, {"$set": {"complete": True}})


async def was_complete(database: AsyncDatabase[Record], site: str) -> bool:
    """Whether the last run of the whole site read its sources to the end: then a list with nothing new ends paging."""
    last = await database["runs"].find_one(
        {"site": site, "complete": {"$exists": True}}, sort=[("started_at", DESCENDING)]
    )
    return bool(last and last.get("complete"))


def mark_dead(database: Database[Record], now: datetime) -> None:
    """Mark runs of this machine interrupted whose process is gone."""
    for run in database["runs"].find({"state": RUNNING}, {"holder": 1}):
        if is_dead(run["holder"]):
            fields = {"state": INTERRUPTED, "reason": "its process died", "ended_at": now}
            database["runs"].update_one({"_id": run["_id"], "state": RUNNING}, {"$set": fields})


def recent(database: Database[Record], site: str | None = None, limit: int = 20) -> list[Record]:
    """Return the latest runs, newest first; a limit of 0 is none."""
    wanted = {"site": site} if site else {}
    return list(database["runs"].find(wanted).sort("started_at", DESCENDING).limit(limit))


def find(database: Database[Record], run: str) -> Record | None:
    """Return one run by its id or the start of it, if only one starts so."""
    exact = database["runs"].find_one({"_id": run})
    if exact:
        return exact
    alike = list(database["runs"].find({"_id": {"$gte": run, "$lt": run + "\uffff"}}).limit(2))
    return alike[0] if len(alike) == 1 else None
