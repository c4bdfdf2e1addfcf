"""What a service looks at again and again: wishes, the sites file, its crawls, alerts, and what has grown too old."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from typing import TYPE_CHECKING

from scheduler.alerts.watch import Watch, read_facts
from scheduler.clock import ClockWatch, now
from scheduler.turns import Turn
from scheduler.upkeep import prune
from store import alerts, leases, runs, schedule
from store.errors import IndexBusy, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scheduler.config import Config
    from scheduler.crawls import Crawls
    from scheduler.sites_file import SitesFile
    from scheduler.state import ServiceState
    from scheduler.timetable import Timetable
    from scheduler.turns import Turns
    from scheduler.web.metrics import Metrics
    from store.connect import SyncDatabase
    from store.search.index import SearchIndex
    from store.service import ServiceStore

logger = logging.getLogger(__name__)

_ANSWER = 6.0  # seconds after which a MongoDB that says nothing is away; to choose a server it has 5


class Rounds:
    """Each round is repeated by a clock that no one sets, and ends nothing if it goes wrong."""

    def __init__(
        self,
        config: Config,
        store: ServiceStore,
        state: ServiceState,
        file: SitesFile,
        turns: Turns,
        timetable: Timetable,
        crawls: Crawls,
        metrics: Metrics,
        index: SearchIndex,
    ) -> None:
        self._config = config
        self._store = store
        self._state = state
        self._file = file
        self._turns = turns
        self._timetable = timetable
        self._crawls = crawls
        self._metrics = metrics
        self._index = index
        self._leases = leases.LeaseWatch()
        self._alerts = Watch(config.alerts)
        self._clock = ClockWatch()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        # Seconds between two rounds
        for seconds, work in (
            (1.0, self._look_at_wishes),
            (2.0, self.look_at_file),
            (5.0, self._look_at_crawls),
            (10.0, self._refresh_index),
            (30.0, self._look_for_alerts),
            (3600.0, self._throw_away),
        ):
            self._tasks.append(loop.create_task(_every(seconds, work)))

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def look_at_file(self) -> None:
        """Take up the sites file if it changed; an error in it is told once and shown as long as it is there."""
        sites = await asyncio.to_thread(self._file.look)
        self.tell_of_file()
        if sites is not None:
            await self._timetable.adopt(sites)
            logger.info("the sites file was taken up: %d sites", len(sites))

    def tell_of_file(self) -> None:
        """Show what is wrong with the file."""
        error, before = self._file.error, self._state.sites_file_error
        self._state.sites_file_error = error
        if error and error != before:
            logger.error("%s; the last good schedule goes on", error)

    async def _look_at_wishes(self) -> None:
        """See who wants a site now and which are paused, and whether MongoDB is there."""
        try:
            wanted, paused = await self._store.ask(_wanted_and_paused, within=_ANSWER)
        except StoreUnavailable as error:
            await self.miss_store(error)
            return
        sites = self._state.sites
        if self._state.store_away_since:
            logger.info("MongoDB is back after %.0f s", (now() - self._state.store_away_since).total_seconds())
            self._state.store_away_since = None
            await self._timetable.plan_all()
        await self._timetable.plan(name for name, site in sites.items() if (name in paused) != bool(site.paused_by))
        for name in wanted if not self._state.is_stopping else ():
            if name in sites and sites[name].phase != "crawling" and self._crawls.may_start(name):
                self._state.enter(name, "waiting")
                self._turns.put(Turn(name, now(), wanted=True))

    async def miss_store(self, error: StoreUnavailable) -> None:
        """Show that MongoDB is away, and start an embedded one that died."""
        if not self._state.store_away_since:
            logger.warning("%s; waiting for it", error)
            self._state.store_away_since = now()
        await self._store.revive()

    async def _look_at_crawls(self) -> None:
        """See which crawls break their limits, which runs died, and whether the clock was set."""
        self._crawls.enforce_limits()
        if jump := self._clock.jump():
            logger.warning("the clock jumped by %+.0f s", jump)
            await self._timetable.plan_all()
        dead, held = await self._store.ask(self._mark_dead)
        self._crawls.end_without_lease(held)
        if dead:
            logger.warning("runs of %s died", ", ".join(dead))
            await self._timetable.plan(dead)

    def _mark_dead(self, database: SyncDatabase) -> tuple[list[str], set[str]]:
        """Return the sites whose runs died, and the runs that hold a lease."""
        for lease in self._leases.over(database, time.monotonic()):
            if leases.is_frozen(lease):
                logger.warning("%s hung and is killed", lease["run"], extra={"run": lease["run"]})
                runs.end_for(database, lease["run"], runs.HUNG, now())
            leases.break_off(database, lease)
        return runs.mark_dead(database, now()), leases.held(database)

    async def _look_for_alerts(self) -> None:
        facts, sites = read_facts(self._file.copy.parent, self._state), list(self._state.sites)
        if facts.store_away_since:
            await asyncio.to_thread(self._alerts.look, self._store.database, sites, facts, now())
            return
        await self._store.ask(lambda database: self._alerts.look(database, sites, facts, now()))
        found = await self._store.ask(alerts.open_ones)
        self._metrics.alerts_open(Counter(record["kind"] for record in found))

    async def _refresh_index(self) -> None:
        """Index what came in, so that whoever searches need not wait for it."""
        await self._store.ask(self._index.refresh)

    async def _throw_away(self) -> None:
        logs = self._file.copy.parent / "logs"
        if said := await self._store.ask(lambda database: prune(database, logs, self._config, now())):
            logger.info("%s", said)


def _wanted_and_paused(database: SyncDatabase) -> tuple[list[str], set[str]]:
    return schedule.wanted(database), schedule.paused(database)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do something again and again; what goes wrong in it is told, and tried anew."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except (StoreUnavailable, IndexBusy) as error:
            logger.debug("%s", error)  # of the store the look at the wishes tells, and health shows it
        except Exception:
            logger.exception("%s failed", work.__qualname__)
