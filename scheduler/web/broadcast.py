"""Live progress: one look a second at the runs in the store for all listeners, and none while nobody listens.

It reads what crawls write of themselves, so it shows those of other services and of persons too.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from scheduler.live import changes
from scheduler.web.history import KEPT, Event, History
from store import run_queries
from store.availability import asked
from store.errors import StoreUnavailable

if TYPE_CHECKING:
    from scheduler.live import LiveRun
    from scheduler.web.backstage import Backstage

logger = logging.getLogger(__name__)

INTERVAL = 1.0  # seconds between two looks
MOST = 50  # listeners
FORGOTTEN = timedelta(seconds=60)  # after so long without a listener, what was missed is not made up for
OVERLAP = timedelta(seconds=5)  # clocks of other machines may be off by so much


class Listener:
    """One open stream. `next` returns None at its end: it was closed, or too slow to keep up."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[Event | None] = asyncio.Queue(KEPT + 100)  # what is kept fits in at once
        self.is_new = True

    async def next(self) -> Event | None:
        return await self._events.get()

    def put(self, event: Event | None) -> None:
        if self._events.full():
            while not self._events.empty():
                self._events.get_nowait()
            event = None
        self._events.put_nowait(event)


class Broadcast:
    """Listeners join and leave in the event loop of the service."""

    def __init__(self, backstage: Backstage) -> None:
        self._backstage = backstage
        self._listeners: set[Listener] = set()
        self._history = History(time.time_ns() // 1_000_000)  # so that numbers grow over restarts too
        self._runs: dict[str, LiveRun] = {}
        self._looked_at: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self._joined = asyncio.Event()
        self._is_closed = False

    def join(self, seen: int | None) -> Listener:
        """Add a listener that saw an event last, or none: it gets what came since, else all as it stands."""
        if self._is_closed or len(self._listeners) >= MOST:
            raise HTTPException(503, "too many listen already; try again later", {"Retry-After": "30"})
        listener = Listener()
        self._forget_the_old(datetime.now(UTC))
        missed = self._history.since(seen)
        listener.is_new = missed is None
        for event in missed or ():
            listener.put(event)
        self._listeners.add(listener)
        self._joined.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch(), name="live progress")
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        listener.put(None)

    def close(self) -> None:
        """End all streams, and let nobody join any more."""
        self._is_closed = True
        for listener in list(self._listeners):
            self.leave(listener)
        self._joined.set()  # the watch has nobody to wait for

    async def _watch(self) -> None:
        while self._listeners:
            self._joined.clear()
            try:
                await self._look(datetime.now(UTC))
            except StoreUnavailable:
                pass  # health and page tell of it; the streams stay open until it is back
            except Exception:  # one bad record must not silence the broadcast
                logger.exception("live progress could not look at the runs")
            await self._pause()

    async def _pause(self) -> None:
        """Wait for the next look; who has just joined need not."""
        try:
            await asyncio.wait_for(self._joined.wait(), INTERVAL)
        except TimeoutError:
            return

    async def _look(self, now: datetime) -> None:
        since = self._looked_at - OVERLAP if self._looked_at else None
        followed = [run.id for run in self._runs.values() if not run.has_ended]
        records = await run_in_threadpool(self._records, followed, since)
        self._runs, changed = changes(self._runs, records, now)
        self._looked_at = now
        events = [self._history.add("end" if run.has_ended else "run", _json(run.presented())) for run in changed]
        snapshot = [self._snapshot()] if any(listener.is_new for listener in self._listeners) else []
        for listener in self._listeners:
            for event in snapshot if listener.is_new else events:
                listener.put(event)
            listener.is_new = False

    def _records(self, followed: list[str], since: datetime | None) -> list[dict[str, Any]]:
        with asked():
            return run_queries.under_way(self._backstage.store(), also=followed, since=since)

    def _snapshot(self) -> Event:
        runs = [run.presented() for run in self._runs.values() if not run.has_ended]
        return Event(self._history.last, "snapshot", _json({"runs": runs}))

    def _forget_the_old(self, now: datetime) -> None:
        if not self._listeners and self._looked_at and now - self._looked_at > FORGOTTEN:
            self._runs, self._looked_at = {}, None
            self._history.forget()


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, default=datetime.isoformat, ensure_ascii=False)
