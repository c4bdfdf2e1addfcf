"""What is asked of the runs, by command line, page, API and metrics: whole records, as store.runs writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import DESCENDING

from store import runs
from store.runs import DIED, FINISHED, INTERRUPTED, RUNNING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from pymongo.database import Database

Record = dict[str, Any]


def newest(
    database: Database[Record], *, site: str | None = None, state: str | None = None, limit: int, skip: int = 0
) -> list[Record]:
    """Return runs, newest first, of one site or in one state where that is given; a limit of 0 is none."""
    wanted = {name: value for name, value in (("site", site), ("state", state)) if value}
    return list(database["runs"].find(wanted).sort("started_at", DESCENDING).skip(skip).limit(limit))


def find(database: Database[Record], run: str) -> Record | None:
    """Return one run by its id or the start of it, if only one starts so."""
    exact = database["runs"].find_one({"_id": run})
    if exact or not run:
        return exact
    alike = list(database["runs"].find({"_id": {"$gte": run, "$lt": run + "\uffff"}}).limit(2))
    return alike[0] if len(alike) == 1 else None


def as_they_are(database: Database[Record], found: Iterable[Record]) -> list[Record]:
    """Return records, those of runs that died unseen as the interrupted ones that they are."""
    died = {run["_id"] for run in runs.dead(database)}
    return [run | {"state": INTERRUPTED, "reason": DIED.reason} if run["_id"] in died else run for run in found]


def last_of(database: Database[Record], sites: Collection[str]) -> dict[str, Record]:
    """Return each site's last run, by site; one step in the index a site."""
    stages: list[Record] = [
        {"$match": {"site": {"$in": list(sites)}}},
        {"$sort": {"site": 1, "started_at": DESCENDING}},
        {"$group": {"_id": "$site", "run": {"$first": "$$ROOT"}}},
    ]
    return {found["_id"]: found["run"] for found in database["runs"].aggregate(stages)}


def last_ended(database: Database[Record], site: str) -> Record | None:
    """Return a site's last run that is over."""
    over = {"site": site, "state": {"$ne": RUNNING}}
    return database["runs"].find_one(over, sort=[("started_at", DESCENDING)])


def last_news(database: Database[Record], sites: Collection[str]) -> dict[str, datetime]:
    """Return when the last run of each site began that brought something new; one step in the index a site."""
    stages: list[Record] = [
        {"$match": {"site": {"$in": list(sites)}, "counts.new": {"$gt": 0}}},
        {"$sort": {"site": 1, "started_at": DESCENDING}},
        {"$group": {"_id": "$site", "at": {"$first": "$started_at"}}},
    ]
    return {found["_id"]: found["at"] for found in database["runs"].aggregate(stages)}


def under_way(database: Database[Record], *, also: Iterable[str] = (), since: datetime | None = None) -> list[Record]:
    """Return the runs that are running, those named, and those that started since then, the oldest first."""
    wanted: list[Record] = [{"state": RUNNING}]
    if named := list(also):
        wanted.append({"_id": {"$in": named}})
    if since:
        wanted.append({"started_at": {"$gte": since}})
    return list(database["runs"].find({"$or": wanted}).sort("started_at"))


def last_successes(database: Database[Record], sites: Iterable[str]) -> dict[str, datetime]:
    """Return when each site's last finished run ended; a query a site, so for the start of the service only."""
    found = {}
    for site in sites:
        run = database["runs"].find_one(
            {"site": site, "state": FINISHED}, {"ended_at": 1}, sort=[("started_at", DESCENDING)]
        )
        if run:
            found[site] = run["ended_at"]
    return found
