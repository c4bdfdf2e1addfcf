"""What the service holds of the database while it runs: patient with a server that goes away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, TypeVar

from store import leases, runs, schedule
from store.connect import explained, open_async
from store.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from store.connect import Settings, SyncDatabase

T = TypeVar("T")


class Due(Protocol):
    """What a crawl was to be started for."""

    @property
    def site(self) -> str: ...
    @property
    def asked_by(self) -> str: ...
    @property
    def moment(self) -> datetime | None: ...
    @property
    def after(self) -> str | None: ...
    @property
    def wanted_at(self) -> datetime | None: ...


class ServiceStore:
    """The database of the service. `is_present` is set while MongoDB answers; every call raises StoreUnavailable."""

    def __init__(self, settings: Settings, database: SyncDatabase) -> None:
        self.database = database
        self.is_present = asyncio.Event()
        self.is_present.set()
        self._settings = settings
        self._connection = open_async(settings)

    async def ask(self, call: Callable[[SyncDatabase], T], *, within: float | None = None) -> T:
        """Run a call of the store in a thread, and wait `within` seconds at most for it."""
        return await self._watched(lambda: _in_time(asyncio.to_thread(call, self.database), within))

    async def reserve(self, site: str, run: str) -> None:
        """Take the lease of a site for a crawl that is about to start.

        Raises:
            SiteBusy: a living run holds it.
        """
        await self._watched(lambda: leases.acquire(self._connection.database, site, run, is_crawl=False))

    async def release(self, site: str, run: str) -> None:
        """Give back the lease that a crawl left."""
        await self._watched(lambda: leases.release(self._connection.database, site, run))

    async def give_up(self, due: Due, run: str, end: runs.End, now: datetime) -> None:
        """Record a run that failed before its process could, and take the moment or wish as served by it.

        The lease is reserved.
        """
        await self._watched(lambda: self._give_up(due, run, end, now))

    async def _give_up(self, due: Due, run: str, end: runs.End, now: datetime) -> None:
        database, site = self._connection.database, due.site
        if due.moment:
            await schedule.claim(database, site, run=run, after=due.after, due_at=due.moment, now=now)
        if due.wanted_at:
            await schedule.serve_wish(database, site, due.wanted_at)
        await runs.record_failure(database, run, site, asked_by=due.asked_by, due_at=due.moment, end=end, now=now)

    async def revive(self) -> None:
        """Start an embedded server that died, if nothing else does."""
        await asyncio.to_thread(self._connection.ensure_running)

    async def close(self) -> None:
        await self._connection.close()

    async def _watched(self, call: Callable[[], Awaitable[T]]) -> T:
        try:
            with explained(self._settings):
                result = await call()
        except StoreUnavailable:
            self.is_present.clear()
            raise
        self.is_present.set()
        return result


async def _in_time(answer: Awaitable[T], within: float | None) -> T:
    try:
        return await asyncio.wait_for(answer, within)
    except TimeoutError:
        raise StoreUnavailable(f"MongoDB has not answered for {within:.0f} s") from None
