"""One run of a site at a time, over all processes and machines: a lease that is held by being renewed.

Its time is the database server's, so machines need not agree. Whoever finds a lease run out watches it for a while
before taking it: when the server's clock jumps or a machine wakes up, living leases look run out until they are
renewed. A frozen holder of this machine is killed before its lease is taken.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from pymongo.errors import DuplicateKeyError

from store.errors import LeaseLost, SiteBusy
from store.processes import is_dead, is_here, kill, this_process

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

Record = dict[str, Any]

LEASE = 30.0  # seconds
RENEW = 4.0  # seconds after which a crawl renews at its next look, so that is done every 4 to 6
WATCH = 10.0  # seconds that a lease which ran out must stay unrenewed before it is another's
_VERIFIED = 1.0  # seconds for which a renewal vouches for writes
_FIELDS: Record = {
    **dict.fromkeys(("run", "holder", "renewals", "is_crawl"), 1),
    "left": {"$subtract": ["$until", "$$NOW"]},  # milliseconds
}
_FROM_NOW: Record = {"until": {"$add": ["$$NOW", int(LEASE * 1000)]}}


def _sleepless_clock() -> int:
    """Choose a clock that no one sets and that counts while the machine sleeps too, where there is one."""
    clock: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    try:
        time.clock_gettime(clock)
    except OSError:
        return time.CLOCK_MONOTONIC
    return clock


_CLOCK = _sleepless_clock()


async def acquire(database: AsyncDatabase[Record], site: str, run: str, *, is_crawl: bool = True) -> None:
    """Take the lease of a site for a run. The service takes it first, and its crawl takes it over for the same run.

    Raises:
        SiteBusy: a living run holds it.
    """
    held = await database["leases"].find_one({"_id": site}, _FIELDS)
    if held and held["run"] != run:
        held = await _outlive(database, site, held)
    seen = {"_id": site, "run": held["run"], "renewals": held["renewals"]} if held else {"_id": site, "run": run}
    ours = {"run": run, "holder": this_process(), "is_crawl": is_crawl}
    renewals = held["renewals"] + 1 if held else 0
    change = [{"$set": {"renewals": renewals, **_FROM_NOW, **{name: {"$literal": ours[name]} for name in ours}}}]
    try:
        result = await database["leases"].update_one(seen, change, upsert=held is None)
    except DuplicateKeyError:
        raise SiteBusy(f"{site} is being crawled already: another run took it a moment ago") from None
    if held and not result.matched_count:
        raise SiteBusy(f"{site} is being crawled already: another run took it a moment ago")


async def renew(database: AsyncDatabase[Record], site: str, run: str) -> bool:
    """Hold on to a lease; False says that it was lost."""
    change = [{"$set": {"renewals": {"$add": ["$renewals", 1]}, **_FROM_NOW}}]
    return (await database["leases"].update_one({"_id": site, "run": run}, change)).matched_count == 1


async def release(database: AsyncDatabase[Record], site: str, run: str) -> None:
    """Give a lease back; one that was lost is left alone."""
    await database["leases"].delete_one({"_id": site, "run": run})


class Grip:
    """A crawl's hold on its lease, asked before every write: a run that lost its lease writes nothing more."""

    def __init__(self, database: AsyncDatabase[Record], site: str, run: str) -> None:
        self._database = database
        self._site = site
        self._run = run
        self._renewed = 0.0

    async def ensure(self, *, within: float = _VERIFIED) -> None:
        """Return if the lease was renewed `within` so many seconds; else renew it.

        Raises:
            LeaseLost: another run has it.
        """
        asked = time.clock_gettime(_CLOCK)
        if asked - self._renewed < within:
            return
        if not await renew(self._database, self._site, self._run):
            raise LeaseLost(f"{self._site}: another run has taken the lease of {self._run}")
        self._renewed = asked


class LeaseWatch:
    """Finds the leases whose holders died; kept between two looks."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, int], float] = {}  # by run and renewals: when it was first seen run out
        self._looked_at = 0.0

    def over(self, database: Database[Record], clock: float) -> list[Record]:
        """Return the leases that are nobody's any more. `clock` is in seconds and never jumps.

        To be called every few seconds: a holder on another machine is dead when its lease was seen run out for `WATCH`
        seconds without being renewed. What was seen before a long gap, in which nobody could renew, does not count.
        """
        leases = list(database["leases"].find({}, _FIELDS))
        before = self._since if clock - self._looked_at <= WATCH else {}
        self._looked_at = clock
        self._since = {mark: before.get(mark, clock) for mark in map(_mark, filter(_has_run_out, leases))}
        return [
            lease
            for lease in leases
            if is_dead(lease["holder"]) or clock - self._since.get(_mark(lease), clock) >= WATCH
        ]


def is_frozen(lease: Record) -> bool:
    """Whether a lease that is over is held by a crawl of this machine that still lives, and does nothing."""
    return bool(lease["is_crawl"]) and is_here(lease["holder"])


def break_off(database: Database[Record], lease: Record) -> None:
    """Give back a lease that is over; a frozen crawl is killed."""
    _stop(lease)
    run, renewals = _mark(lease)
    database["leases"].delete_one({"_id": lease["_id"], "run": run, "renewals": renewals})


def held(database: Database[Record]) -> set[str]:
    """Return the runs that hold a lease."""
    return {lease["run"] for lease in database["leases"].find({}, {"run": 1})}


def living(database: Database[Record]) -> list[Record]:
    """Return the leases of holders that may live."""
    found = database["leases"].find({"$expr": {"$gt": ["$until", "$$NOW"]}})
    return [lease for lease in found if not is_dead(lease["holder"])]


def _mark(lease: Record) -> tuple[str, int]:
    return lease["run"], lease["renewals"]


async def _outlive(database: AsyncDatabase[Record], site: str, held: Record) -> Record | None:
    """Return the lease of a holder that is dead, None if it was given back. A frozen holder is killed.

    Raises:
        SiteBusy: the holder lives.
    """
    deadline = asyncio.get_running_loop().time() + WATCH
    seen: Record | None = held
    while seen and not is_dead(seen["holder"]):
        if not _has_run_out(seen) or (seen["run"], seen["renewals"]) != (held["run"], held["renewals"]):
            who = f"process {seen['holder']['pid']} on {seen['holder']['host']}"
            raise SiteBusy(f"{site} is being crawled already, by run {seen['run']} ({who})")
        if asyncio.get_running_loop().time() >= deadline:
            _stop(seen)
            break
        await asyncio.sleep(RENEW / 10)
        seen = await database["leases"].find_one({"_id": site}, _FIELDS)
    return seen


def _has_run_out(lease: Record) -> bool:
    """Also one that lasts longer than any lease does: the server's clock was set back."""
    return not 0 < lease["left"] <= LEASE * 1000


def _stop(lease: Record) -> None:
    """Kill a crawl that holds on to nothing any more; a service that reserved the lease for one is left alone."""
    if lease["is_crawl"]:
        kill(lease["holder"])
