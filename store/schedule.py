"""What is stored of each site's schedule: when it fired last and by which run, whether it is paused, who wants it now.

A firing is claimed by the crawl process that holds the site's lease. Each claim names the run before it, so of two
services that saw the same one only one succeeds, and a service that dies before its crawl starts has claimed nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo.errors import DuplicateKeyError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

Record = dict[str, Any]

TRIES = 2  # runs of one moment or wish: one whose process died or was stopped is made up for once


@dataclass(slots=True, kw_only=True, frozen=True)
class Firing:
    """The last firing of a site: the moment it was `due_at`, when it was, its run, and which try of that moment it is.

    `state` is the state of the run, None where the run left no record.
    """

    run: str
    due_at: datetime
    fired_at: datetime
    tries: int
    state: str | None


@dataclass(slots=True, kw_only=True, frozen=True)
class SiteSchedule:
    """One site's. `paused_by` and `wanted_by` say who asked, None where nobody did."""

    firing: Firing | None = None
    paused_by: str | None = None
    paused_at: datetime | None = None
    wanted_by: str | None = None
    wanted_at: datetime | None = None


NOTHING = SiteSchedule()


def of_sites(database: Database[Record], sites: Iterable[str]) -> dict[str, SiteSchedule]:
    """Return what is stored of the named sites that have something stored; two queries for all."""
    found = list(database["schedule"].find({"_id": {"$in": list(sites)}}))
    runs = [record["run"] for record in found if record.get("run")]
    states = {run["_id"]: run["state"] for run in database["runs"].find({"_id": {"$in": runs}}, {"state": 1})}
    return {record["_id"]: _schedule(record, states) for record in found}


def of_site(database: Database[Record], site: str) -> SiteSchedule:
    """Return what is stored of one site."""
    return of_sites(database, [site]).get(site, NOTHING)


def pause(database: Database[Record], site: str, *, by: str, now: datetime) -> None:
    """Leave a site out of the schedule until it is resumed; a crawl under way goes on."""
    _set(database, site, {"paused_by": by, "paused_at": now})


def resume(database: Database[Record], site: str) -> None:
    """Take a site back into the schedule."""
    database["schedule"].update_one({"_id": site}, {"$unset": {"paused_by": "", "paused_at": ""}})


def want(database: Database[Record], site: str, *, by: str, now: datetime) -> None:
    """Ask the services for a crawl of a site, before all that is due. Asked twice before it has ended, it is one."""
    with suppress(DuplicateKeyError):  # somebody wants it already
        seen = {"_id": site, "wanted_at": {"$exists": False}}
        database["schedule"].update_one(seen, {"$set": {"wanted_by": by, "wanted_at": now}}, upsert=True)


def wanted(database: Database[Record]) -> list[str]:
    """Return the sites that someone wants crawled now, the longest waiting first."""
    found = database["schedule"].find({"wanted_at": {"$exists": True}}, {"_id": 1}).sort("wanted_at")
    return [record["_id"] for record in found]


def paused(database: Database[Record]) -> set[str]:
    """Return the sites that are paused."""
    return {record["_id"] for record in database["schedule"].find({"paused_at": {"$exists": True}}, {"_id": 1})}


async def claim(
    database: AsyncDatabase[Record], site: str, *, run: str, after: str | None, due_at: datetime, now: datetime
) -> bool:
    """Note that a site fires, for the moment `due_at`, by `run`; False if another run than `after` was its last.

    The caller holds the site's lease. Claimed again by the same run, it is still its own.
    """
    before = await database["schedule"].find_one({"_id": site}) or {}
    if before.get("run") == run:
        return True
    if before.get("run") != after:
        return False
    tries = before["tries"] + 1 if before.get("due_at") == due_at else 1
    fields = {"run": run, "due_at": due_at, "fired_at": now, "tries": tries}
    try:
        seen = {"_id": site, "run": after or {"$exists": False}}
        result = await database["schedule"].update_one(seen, {"$set": fields}, upsert=after is None)
    except DuplicateKeyError:
        return False
    return bool(result.matched_count or result.upserted_id)


async def take_wish(database: AsyncDatabase[Record], site: str, wanted_at: datetime) -> bool:
    """Note that the crawl starts which someone wanted then; False if nobody does any more.

    The wish stands until it is served, so that a crawl that dies is made up for; that is done once.
    """
    seen = {"_id": site, "wanted_at": wanted_at}
    found = await database["schedule"].find_one_and_update(seen, {"$inc": {"wish_tries": 1}})
    if found and found.get("wish_tries", 0) + 1 >= TRIES:
        await serve_wish(database, site, wanted_at)
    return found is not None


async def serve_wish(database: AsyncDatabase[Record], site: str, wanted_at: datetime) -> None:
    """Take back the wish of that moment, since its crawl has ended."""
    gone = dict.fromkeys(("wanted_by", "wanted_at", "wish_tries"), "")
    await database["schedule"].update_one({"_id": site, "wanted_at": wanted_at}, {"$unset": gone})


def _set(database: Database[Record], site: str, fields: Record) -> None:
    database["schedule"].update_one({"_id": site}, {"$set": fields}, upsert=True)


def _schedule(record: Record, states: dict[str, str]) -> SiteSchedule:
    firing = None
    if run := record.get("run"):
        facts = {name: record[name] for name in ("due_at", "fired_at", "tries")}
        firing = Firing(run=run, state=states.get(run), **facts)
    asked = ("paused_by", "paused_at", "wanted_by", "wanted_at")
    return SiteSchedule(firing=firing, **{name: record.get(name) for name in asked})
