"""The background service: keeps the schedule, runs the crawls, and ends them in order.

It holds no state: what is due follows from the sites file and the stored last firing.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.jobs import due_at, trigger_of
from scheduler.runner import Crawl, CrawlOrder
from store import fires, runs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from apscheduler.triggers.base import BaseTrigger

    from crawler.sites import Site
    from store.connect import SyncDatabase

logger = logging.getLogger(__name__)

GRACE = 30.0  # seconds that crawls have to store what they hold when the service ends


class Service:
    """Crawls the sites on their schedules, at most `at_once` of them together."""

    def __init__(self, database: SyncDatabase, sites: Mapping[str, Site], logs: Path, at_once: int) -> None:
        self._database = database
        self._triggers = {name: trigger for name, site in sites.items() if (trigger := trigger_of(site))}
        self._fired: dict[str, datetime | None] = {}  # as this service knows it
        self._logs = logs
        self._places = asyncio.Semaphore(at_once)
        self._stopping = False
        self._under_way: set[Crawl] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    async def run(self) -> None:
        """Keep the schedule until SIGTERM or SIGINT."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await asyncio.to_thread(runs.mark_dead, self._database, _now())
        for name, trigger in self._triggers.items():
            self._fired[name] = await asyncio.to_thread(fires.last, self._database, name)
            first = due_at(trigger, self._fired[name], _now())
            self._scheduler.add_job(self._fire, trigger, args=[name, trigger], id=name, next_run_time=first)
            logger.info("%s is due at %s", name, first.isoformat(timespec="seconds"))
        self._scheduler.start()
        await stop.wait()
        await self._shut_down()

    async def _fire(self, name: str, trigger: BaseTrigger) -> None:
        """Crawl a site that is due, unless another service took its turn."""
        seen, now = await asyncio.to_thread(fires.last, self._database, name), _now()
        is_ours = seen == self._fired[name] or due_at(trigger, seen, now) <= now
        self._fired[name] = now if is_ours else seen
        if not is_ours:
            return
        async with self._places:
            if self._stopping or not await self._claims(name, seen, now):
                return
            task = asyncio.get_running_loop().create_task(self._crawl(name))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            await asyncio.wait([task])

    async def _claims(self, name: str, seen: datetime | None, now: datetime) -> bool:
        return await asyncio.to_thread(lambda: fires.claim(self._database, name, seen=seen, at=now))

    async def _crawl(self, name: str) -> None:
        run = runs.new_id(name, _now())
        arguments = {"site": name, "run": run, "asked_by": "schedule"}
        crawl = await Crawl.start(CrawlOrder(arguments=arguments, log=self._logs / f"{run}.log"))
        self._under_way.add(crawl)
        try:
            end = await crawl.follow(_ignore)
        finally:
            self._under_way.discard(crawl)
        await asyncio.to_thread(runs.mark_dead, self._database, _now())
        logger.info("%s %s: %s", run, end["state"], end["reason"])

    async def _shut_down(self) -> None:
        """Take no more work, let the crawls store what they hold, and kill those that do not end in time."""
        self._stopping = True  # what waits for a place is not claimed yet, so it is due at the next start
        self._scheduler.pause()
        logger.info("ending; %d crawls under way", len(self._under_way))
        for crawl in self._under_way:
            crawl.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE)
        for crawl in self._under_way:
            crawl.kill()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._scheduler.shutdown(wait=False)


def _ignore(event: dict[str, Any]) -> None:
    """Progress is in the run's record; nobody watches it here."""


def _now() -> datetime:
    """The moment, to the millisecond that MongoDB keeps."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
