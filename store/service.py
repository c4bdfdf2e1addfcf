"""What the service holds of the database while it runs: patient with a server that goes away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from store import leases, schedule
from store.connect import explained, open_async
from store.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from store.connect import Settings, SyncDatabase

T = TypeVar("T")


class ServiceStore:
    """The database of the service. `is_present` is set while MongoDB answers; every call raises StoreUnavailable."""

    def __init__(self, settings: Settings, database: SyncDatabase) -> None:
        self.database = database
        self.is_present = asyncio.Event()
        self.is_present.set()
        self._settings = settings
        self._connection = open_async(settings)

    async def ask(self, call: Callable[[SyncDatabase], T]) -> T:
        """Run a call of the store in a thread."""
        return await self._watched(lambda: asyncio.to_thread(call, self.database))

    async def reserve(self, site: str, run: str) -> None:
        """Take the lease of a site for a crawl that is about to start.

        Raises:
            SiteBusy: a living run holds it.
        """
        await self._watched(lambda: leases.acquire(self._connection.database, site, run, is_crawl=False))

    async def release(self, site: str, run: str) -> None:
        """Give back the lease that a crawl left."""
        await self._watched(lambda: leases.release(self._connection.database, site, run))

    async def claim(self, site: str, *, run: str, after: str | None, due_at: datetime, now: datetime) -> bool:
        """Claim a moment for a crawl that could not do so itself; the lease is reserved."""
        return await self._watched(
            lambda: schedule.claim(self._connection.database, site, run=run, after=after, due_at=due_at, now=now)
        )

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
