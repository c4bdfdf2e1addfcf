"""The crawls under way: each takes a place, a lease and a process, keeps its limits, and leaves a record of its end."""

from __future__ import annotations

import asyncio
import errno
import logging
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from crawler.outcome import BUSY, NO_STORE
from crawler.settings import CLOSESPIDER_TIMEOUT, MEMUSAGE_LIMIT_MB
from scheduler.clock import now
from scheduler.limits import MOST_FALSE_STARTS, RETRY, broken_limit, pause_after
from scheduler.runner import Crawl, CrawlOrder
from store import processes, runs
from store.errors import SiteBusy, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from scheduler.runner import Event
    from scheduler.state import ServiceState
    from scheduler.timetable import Timetable
    from scheduler.turns import Due, Turn, Turns
    from scheduler.web.metrics import Metrics
    from store.connect import SyncDatabase
    from store.service import ServiceStore

    T = TypeVar("T")

logger = logging.getLogger(__name__)

_TO_BEGIN = 60.0  # seconds that a crawl has to start and take its lease
_ROOM = 4 << 20  # bytes that must be free where the logs are, to start a crawl
_TO_STORE = 20.0  # seconds that a crawl which was told to end has to store what it holds


@dataclass(slots=True, kw_only=True)
class UnderWay:
    """A crawl that this service started. `end` is why it was killed, if it was."""

    due: Due
    run: str
    crawl: Crawl
    started: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    end: runs.End | None = None


class Crawls:
    """Takes the turns, at most `places` at once."""

    def __init__(
        self,
        store: ServiceStore,
        state: ServiceState,
        turns: Turns,
        timetable: Timetable,
        metrics: Metrics,
        *,
        logs: Path,
        sites: Path,
    ) -> None:
        self._store = store
        self._state = state
        self._turns = turns
        self._timetable = timetable
        self._metrics = metrics
        self._logs = logs
        self._sites = sites
        self._places = asyncio.Semaphore(state.places)
        self._under_way: dict[str, UnderWay] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._false_starts: dict[str, int] = {}
        self._held_back: dict[str, float] = {}  # until when, by the loop's clock

    def may_start(self, site: str) -> bool:
        """Whether a site that could not be crawled has waited long enough."""
        return self._held_back.get(site, 0.0) <= asyncio.get_running_loop().time()

    async def serve(self) -> None:
        """Take turns until cancelled."""
        while True:
            await self._places.acquire()
            try:
                await self._store.is_present.wait()
                turn = await self._turns.get()
            except asyncio.CancelledError:
                self._places.release()
                raise
            task = asyncio.get_running_loop().create_task(self._take(turn))
            self._tasks.add(task)
            task.add_done_callback(self._leave)

    def end_without_lease(self, held: Collection[str]) -> None:
        """Kill the crawls that have none of the leases that are `held`, and should have taken theirs long ago."""
        clock = asyncio.get_running_loop().time()
        for each in self._under_way.values():
            if each.run not in held and clock - each.started > _TO_BEGIN:
                each.end = runs.HUNG
                logger.warning("%s %s", each.run, each.end.reason, extra={"run": each.run})
                each.crawl.kill()

    def enforce_limits(self) -> None:
        """Kill the crawls that keep neither time nor memory; at first they watch themselves."""
        clock = asyncio.get_running_loop().time()
        for each in self._under_way.values():
            taken, held = clock - each.started, processes.resident(each.crawl.pid)
            each.end = each.end or broken_limit(taken, held, CLOSESPIDER_TIMEOUT, MEMUSAGE_LIMIT_MB << 20)
            if each.end:
                logger.warning("%s %s", each.run, each.end.reason)
                each.crawl.kill()

    async def end(self, grace: float, hurry: asyncio.Event) -> None:
        """Let the crawls finish within `grace` seconds or until `hurry`, then interrupt them, then kill them."""
        logger.info("ending; %d crawls under way may finish within %.0f s", len(self._under_way), grace)
        await self._wait(grace, hurry)
        for each in self._under_way.values():
            logger.info("%s is told to end", each.run)
            each.crawl.stop()
        await self._wait(_TO_STORE)
        for each in self._under_way.values():
            logger.warning("%s did not end in time and is killed", each.run)
            each.crawl.kill()
        await self._wait(_TO_STORE)

    async def _wait(self, seconds: float, hurry: asyncio.Event | None = None) -> None:
        if self._tasks:
            sooner = asyncio.get_running_loop().create_task((hurry or asyncio.Event()).wait())
            finished = asyncio.get_running_loop().create_task(_all_of(self._tasks))
            await asyncio.wait([sooner, finished], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            sooner.cancel()
            finished.cancel()

    def _leave(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._places.release()

    async def _take(self, turn: Turn) -> None:
        """Crawl a site whose turn it is. Whatever goes wrong in that, the service goes on."""
        pause: float | None = RETRY
        try:
            pause = await self._crawl_if_due(turn)
        except SiteBusy:
            logger.debug("%s is being crawled already", turn.site)
        except StoreUnavailable as error:
            logger.warning("%s waits: %s", turn.site, error, extra={"site": turn.site})
        except OSError as error:  # no room for the log, no process to be had
            logger.error("%s: a crawl can't be started: %s", turn.site, error, extra={"site": turn.site})
        except Exception:
            logger.exception("the crawl of %s went wrong in the service", turn.site, extra={"site": turn.site})
            pause = self._after_false_start(turn.site)
        if pause is not None:
            self._hold_back(turn.site, pause)

    async def _crawl_if_due(self, turn: Turn) -> float | None:
        """Crawl; return the seconds until the site is to be looked at again, None if its next moment is set."""
        due = await self._timetable.due(turn)
        if due is None:
            return None
        run = runs.new_id(due.site, now())
        await self._store.reserve(due.site, run)
        self._state.enter(due.site, "crawling", run)
        try:
            pause = await self._crawl(due, run)
        finally:
            self._state.enter(due.site, "idle")
        if pause is None:
            await self._timetable.plan([due.site])
        return pause

    async def _crawl(self, due: Due, run: str) -> float | None:
        arguments = {"site": due.site, "run": run, **due.arguments()}
        order = CrawlOrder(arguments=arguments, log=self._logs / f"{run}.log", sites=self._sites, tells="end")
        try:
            self._check_start()
            each = UnderWay(due=due, run=run, crawl=await Crawl.start(order))
        except (OSError, SiteBusy):
            await self._store.release(due.site, run)
            raise
        self._under_way[run] = each
        try:
            end = await each.crawl.follow()
        finally:
            del self._under_way[run]
        return await self._settle(each, end)

    def _check_start(self) -> None:
        """Start nothing that would be ended at once, or find no room for its log."""
        if self._state.is_stopping:
            raise SiteBusy("the service is ending")
        if shutil.disk_usage(self._logs).free < _ROOM:
            raise OSError(errno.ENOSPC, f"less than {_ROOM >> 20} MiB are free in {self._logs}")

    async def _settle(self, each: UnderWay, told: Event) -> float | None:
        """See to it that the end is recorded, though the process could not do so itself."""
        cut_off = runs.End(runs.INTERRUPTED, told["reason"], cause="store-unavailable")
        end = each.end or (cut_off if told["exit_code"] == NO_STORE else runs.DIED)
        record = await self._persist(lambda database: runs.settle(database, each.run, end, now()))
        if record is None:
            return await self._never_began(each, told)
        await self._store.release(each.due.site, each.run)
        self._false_starts.pop(each.due.site, None)
        facts = {"site": each.due.site, "run": each.run}
        logger.info("%s %s: %s", each.run, record["state"], record["reason"], extra=facts)
        self._measure(record)
        return None

    def _measure(self, record: dict[str, Any]) -> None:
        seconds = (record["ended_at"] - record["started_at"]).total_seconds()
        state, cause = record["state"], record["cause"]
        self._metrics.run_ended(state=state, cause=cause, seconds=seconds, counts=record["counts"])
        if "due_at" in record:
            late = record["started_at"] - max(record["due_at"], self._state.started_at)
            self._metrics.run_started(delay_seconds=late.total_seconds())
        if state == runs.FINISHED:
            self._metrics.site_succeeded(record["site"], record["ended_at"])

    async def _never_began(self, each: UnderWay, told: Event) -> float | None:
        """Look at a crawl that left no record: another was there first, MongoDB was away, or it can't run at all."""
        due, run = each.due, each.run
        await self._store.release(due.site, run)
        if told["exit_code"] == BUSY or self._state.is_stopping:
            return RETRY
        reason = f"it never began: {told['reason']}"
        logger.warning("%s: %s", run, reason, extra={"site": due.site, "run": run})
        pause = self._after_false_start(due.site)
        if told["exit_code"] == NO_STORE or self._false_starts[due.site] < MOST_FALSE_STARTS:
            return pause
        await self._store.reserve(due.site, run)
        try:
            await self._store.give_up(due, run, runs.End(runs.FAILED, reason, cause="error"), now())
        finally:
            await self._store.release(due.site, run)
        self._false_starts.pop(due.site)
        return None

    def _after_false_start(self, site: str) -> float:
        self._false_starts[site] = self._false_starts.get(site, 0) + 1
        return pause_after(self._false_starts[site])

    def _hold_back(self, site: str, pause: float) -> None:
        self._held_back[site] = asyncio.get_running_loop().time() + pause
        self._timetable.put_off(site, pause)

    async def _persist(self, call: Callable[[SyncDatabase], T]) -> T:
        """Ask the store until it answers; at a shutdown once, for the next service sees to the rest."""
        while True:
            try:
                return await self._store.ask(call)
            except StoreUnavailable:
                if self._state.is_stopping:
                    raise
                await asyncio.sleep(RETRY)


async def _all_of(tasks: set[asyncio.Task[None]]) -> None:
    while tasks:
        await asyncio.wait(tasks)
