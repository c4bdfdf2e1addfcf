"""One run of a site at a time, over all processes and machines: a lease that a dead holder's clock lets run out."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymongo.errors import DuplicateKeyError

from store.errors import SiteBusy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase

LEASE = timedelta(seconds=45)  # a holder renews it every RENEW seconds, so four renewals may fail
RENEW = 10.0


def born(pid: int) -> int | None:
    """Return when a process of this machine started, in clock ticks since boot; None if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[19])


def this_process() -> dict[str, Any]:
    """Name the holder so that others on its machine can see whether it lives, also after its pid is used again."""
    return {"host": socket.gethostname(), "pid": os.getpid(), "born": born(os.getpid())}


def is_dead(holder: Mapping[str, Any]) -> bool:
    """Whether the holder is known to have died. One on another machine is only known by its lease running out."""
    return bool(holder["host"] == socket.gethostname() and born(holder["pid"]) != holder["born"])


async def acquire(database: AsyncDatabase[dict[str, Any]], site: str, run: str, now: datetime) -> None:
    """Take the lease of a site for a run.

    Raises:
        SiteBusy: a living run holds it.
    """
    held = await database["leases"].find_one({"_id": site})
    if held and held["until"] > now and not is_dead(held["holder"]):
        who = f"process {held['holder']['pid']} on {held['holder']['host']}"
        raise SiteBusy(f"{site} is being crawled already, by run {held['run']} ({who})")
    lease = {"run": run, "until": now + LEASE, "holder": this_process()}
    try:
        seen = {"_id": site, "run": held["run"], "until": held["until"]} if held else {"_id": site, "run": run}
        await database["leases"].replace_one(seen, lease, upsert=True)
    except DuplicateKeyError:
        raise SiteBusy(f"{site} is being crawled already: another run took it a moment ago") from None


async def renew(database: AsyncDatabase[dict[str, Any]], site: str, run: str, now: datetime) -> bool:
    """Hold on to a lease; False says that it was lost."""
    result = await database["leases"].update_one({"_id": site, "run": run}, {"$set": {"until": now + LEASE}})
    return result.matched_count == 1


async def release(database: AsyncDatabase[dict[str, Any]], site: str, run: str) -> None:
    """Give a lease back; one that was lost is left alone."""
    await database["leases"].delete_one({"_id": site, "run": run})
