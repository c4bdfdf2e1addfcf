"""The background service: puts its parts together, keeps them going, and ends them in order.

It holds no state of its own: what is due follows from the sites file and the stored firings, who crawls from leases.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from typing import TYPE_CHECKING

from scheduler.clock import ClockWatch, now
from scheduler.crawls import Crawls
from scheduler.state import ServiceState
from scheduler.timetable import Timetable
from scheduler.turns import Turn, Turns
from scheduler.upkeep import prune
from scheduler.web.metrics import Metrics
from store import leases, runs, schedule
from store.errors import StoreUnavailable
from store.service import ServiceStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from scheduler.config import Config
    from scheduler.sites_file import SitesFile
    from store.connect import Settings, SyncDatabase

logger = logging.getLogger(__name__)

HUNG = runs.End(runs.FAILED, "killed: it hung, and had lost its lease", cause="hung")
# Seconds between two looks
_WISHES, _FILE, _HEALTH, _UPKEEP = 1.0, 2.0, 5.0, 600.0


class Service:
    """Crawls the sites on their schedules until SIGTERM or SIGINT; a second signal leaves the crawls less time."""

    def __init__(self, config: Config, settings: Settings, database: SyncDatabase, file: SitesFile, logs: Path) -> None:
        self._config = config
        self._settings = settings
        self._database = database
        self._file = file
        self._logs = logs
        self._state = ServiceState(started_at=now(), places=config.crawls)
        self._metrics = Metrics()
        self._watch = leases.Watch()
        self._clock = ClockWatch()

    async def run(self) -> None:
        """Keep the schedule.

        Raises:
            ConfigError: the sites file is wrong, or the address can't be listened at.
        """
        stop, hurry = _signals()
        sites = self._file.start()
        self._store = ServiceStore(self._settings, self._database)
        self._turns = Turns()
        self._timetable = Timetable(self._store, self._state, self._turns)
        self._crawls = Crawls(
            self._store,
            self._state,
            self._turns,
            self._timetable,
            self._metrics,
            logs=self._logs,
            sites=self._file.copy,
        )
        self._timetable.start()
        await self._timetable.adopt(sites)
        loop = asyncio.get_running_loop()
        dispatch = loop.create_task(self._crawls.serve())
        rounds = [
            loop.create_task(_every(_WISHES, self._look_at_wishes)),
            loop.create_task(_every(_FILE, self._look_at_file)),
            loop.create_task(_every(_HEALTH, self._look_at_health)),
            loop.create_task(_every(_UPKEEP, self._keep_up)),
        ]
        self._state.is_ready = True
        logger.info("ready: %d sites, %d crawls at once", len(sites), self._config.crawls)
        await stop.wait()
        self._state.is_stopping = True
        dispatch.cancel()
        self._timetable.stop()
        await self._crawls.end(self._config.grace, hurry)
        for each in rounds:
            each.cancel()
        await self._store.close()

    async def _look_at_wishes(self) -> None:
        """See who wants a site now and which are paused, and whether MongoDB is there."""
        state = self._state
        try:
            wanted, paused = await self._store.ask(lambda db: (schedule.wanted(db), schedule.paused(db)))
        except StoreUnavailable as error:
            await self._miss_store(error)
            return
        if state.store_away_since:
            logger.info("MongoDB is back after %.0f s", (now() - state.store_away_since).total_seconds())
            state.store_away_since = None
            await self._timetable.plan()
        changed = [name for name, site in state.sites.items() if (name in paused) != (site.paused_by is not None)]
        if changed:
            await self._timetable.plan(changed)
        for name in wanted if not state.is_stopping else ():
            if name in state.sites and state.sites[name].phase != "crawling" and self._crawls.may_start(name):
                self._turns.put(Turn(name, now(), wanted=True))

    async def _miss_store(self, error: StoreUnavailable) -> None:
        if not self._state.store_away_since:
            logger.warning("%s; waiting for it", error)
            self._state.store_away_since = now()
        await self._store.revive()

    async def _look_at_file(self) -> None:
        sites = await asyncio.to_thread(self._file.look)
        self._state.sites_file_error = self._file.error
        if sites is not None:
            await self._timetable.adopt(sites)
            logger.info("the sites file was taken up: %d sites", len(sites))

    async def _look_at_health(self) -> None:
        """See which crawls break their limits, which runs died, and whether the clock was set."""
        self._crawls.enforce_limits()
        if jump := self._clock.jump():
            logger.warning("the clock jumped by %+.0f s", jump)
            await self._timetable.plan()
        if dead := await self._store.ask(self._mark_dead):
            logger.warning("runs of %s died", ", ".join(dead))
            await self._timetable.plan(dead)

    def _mark_dead(self, database: SyncDatabase) -> list[str]:
        for run in self._watch.sweep(database, time.monotonic()):
            logger.warning("%s hung and is killed", run)
            runs.end_for(database, run, HUNG, now())
        return runs.mark_dead(database, now())

    async def _keep_up(self) -> None:
        deleted = await self._store.ask(lambda db: prune(db, self._logs, self._config, now()))
        if deleted:
            logger.info("%s", deleted)


def _signals() -> tuple[asyncio.Event, asyncio.Event]:
    """Return what the first and the second SIGTERM or SIGINT set."""
    stop, hurry = asyncio.Event(), asyncio.Event()

    def take() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, take)
    return stop, hurry


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do something again and again, by a clock that no one sets; what goes wrong in it ends nothing."""
    while True:
        try:
            await work()
        except StoreUnavailable:
            logger.debug("MongoDB is away")  # said once, and shown in health
        except Exception:
            logger.exception("%s failed", work.__qualname__)
        await asyncio.sleep(seconds)
