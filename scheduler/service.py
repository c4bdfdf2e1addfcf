"""The background service: puts its parts together, starts them, and ends them in order.

It holds no state of its own: what is due follows from the sites file and the stored firings, who crawls from leases.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from scheduler.adding import add_site
from scheduler.clock import now
from scheduler.crawls import Crawls
from scheduler.limits import RETRY
from scheduler.previews import Previews
from scheduler.removed import removed
from scheduler.reviewing import fingerprint
from scheduler.rounds import Rounds
from scheduler.state import ServiceState
from scheduler.timetable import Timetable
from scheduler.turns import Turns
from scheduler.web.access import check_listen
from scheduler.web.app import create_app
from scheduler.web.backstage import Backstage
from scheduler.web.metrics import Metrics
from scheduler.web.server import WebServer
from store import accounts, migrations, run_queries, runs
from store.errors import IndexBusy, StoreUnavailable
from store.search.index import SearchIndex
from store.service import ServiceStore

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.sites import Site
    from scheduler.config import Config
    from scheduler.sites_file import SitesFile
    from store.connect import Settings, SyncDatabase

PATIENCE = 5.0  # seconds that an answer waits for the search index

logger = logging.getLogger(__name__)


class Service:
    """Crawls the sites on their schedules until SIGTERM or SIGINT; a second signal leaves the crawls less time."""

    def __init__(self, config: Config, settings: Settings, database: SyncDatabase, file: SitesFile, logs: Path) -> None:
        self._config = config
        self._file = file
        self._state = state = ServiceState(started_at=now(), places=config.crawls)
        self._metrics = metrics = Metrics()
        self._store = store = ServiceStore(settings, database)
        self._turns = turns = Turns()
        self._timetable = timetable = Timetable(store, state, turns)
        self._crawls = crawls = Crawls(store, state, turns, timetable, metrics, logs=logs, sites=file.copy)
        index = SearchIndex(settings.data, patience=PATIENCE, on_progress=self._go_on_indexing)
        self._rounds = Rounds(config, store, state, file, turns, timetable, crawls, metrics, index)
        self._previews = previews = Previews()
        backstage = Backstage(
            state=lambda: state,
            database=database,
            index=index,
            logs=logs,
            metrics=metrics,
            fingerprint=fingerprint,
            removed=removed,
            allow_private=config.allow_private,
            previews=previews,
            add_site=partial(add_site, config.sites),
        )
        self._web = WebServer(create_app(backstage), config.listen, config.proxies)

    async def run(self) -> None:
        """Keep the schedule.

        Raises:
            ConfigError: the sites file is wrong, or the address can't be listened at or only with an account.
            StoreUnavailable: MongoDB went away in the middle of the start.
        """
        stop, hurry = _signals()
        sites = self._file.start()
        self._rounds.tell_of_file()
        await self._web.start()
        try:
            if await self._find_store(stop):
                await self._start(sites)
                await stop.wait()
                await self._end(hurry)
        finally:
            await self._previews.end()
            await self._web.stop()
            await self._store.close()

    async def _find_store(self, stop: asyncio.Event) -> bool:
        """Wait for MongoDB, after a boot say, and bring the database up to date; False if there is no time left."""
        while not stop.is_set():
            try:
                await self._store.ask(migrations.migrate)
                has_accounts = await self._store.ask(accounts.has_any)
            except StoreUnavailable as error:
                await self._rounds.miss_store(error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), RETRY)
            else:
                check_listen(self._config.listen[0], has_accounts=has_accounts)
                self._state.store_away_since = None
                return True
        return False

    async def _start(self, sites: dict[str, Site]) -> None:
        await self._store.ask(lambda database: runs.mark_dead(database, now()))
        self._timetable.start()
        await self._timetable.adopt(sites)
        for site, at in (await self._store.ask(lambda db: run_queries.last_successes(db, sites))).items():
            self._metrics.site_succeeded(site, at)
        self._dispatch = asyncio.get_running_loop().create_task(self._crawls.serve())
        self._rounds.start()
        self._state.is_ready = True
        logger.info("ready at %s: %d sites, %d crawls at once", self._web.url, len(sites), self._config.crawls)

    def _go_on_indexing(self, done: int, total: int) -> None:
        """Leave the index as it is when the service stops; the next one goes on."""
        if self._state.is_stopping:
            raise IndexBusy(f"the service stops; {done} of {total} articles were indexed")

    async def _end(self, hurry: asyncio.Event) -> None:
        self._state.is_stopping = True
        self._dispatch.cancel()
        self._timetable.stop()
        await self._previews.end()
        await self._crawls.end(self._config.grace, hurry)
        self._rounds.stop()
        logger.info("ended")


def _signals() -> tuple[asyncio.Event, asyncio.Event]:
    """Return what the first and the second SIGTERM or SIGINT set."""
    stop, hurry = asyncio.Event(), asyncio.Event()

    def take() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, take)
    return stop, hurry
