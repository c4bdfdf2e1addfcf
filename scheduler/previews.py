"""Previews of sites: crawls that store nothing, each a process with tight limits, a few at a time."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.sites import site_for_url
from scheduler.preview import LIMIT, SECONDS, Preview, PreviewsBusy
from scheduler.runner import Crawl, CrawlOrder
from store import processes

if TYPE_CHECKING:
    from scheduler.runner import Event

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 2
MOST_KEPT = 8
KEPT = 600.0  # seconds that one can be looked at after its end
HARD_LIMIT = 45.0  # seconds after which its crawl is killed
MEMORY = 384 << 20  # bytes after which it is killed
_LOOK = 0.5  # seconds between two looks at the limits
# What holds the crawl itself, also when nobody is left to kill it
_BOUNDS = {
    "CLOSESPIDER_TIMEOUT": str(SECONDS),
    "DOWNLOAD_TIMEOUT": "10",
    "RETRY_TIMES": "0",
    "MEMUSAGE_LIMIT_MB": str(MEMORY >> 20),
    "MEMUSAGE_CHECK_INTERVAL_SECONDS": "1",
}


@dataclass(slots=True)
class _UnderWay:
    preview: Preview
    crawl: Crawl | None = None
    killed: str | None = None
    is_enough: bool = False

    def kill(self, why: str) -> None:
        self.killed = self.killed or why
        if self.crawl:
            self.crawl.kill()

    def take(self, event: Event) -> None:
        """Pass on what the crawl tells; once it is enough, let it end."""
        if self.preview.take(event) and not self.is_enough and self.crawl:
            self.is_enough = True
            self.crawl.stop()


class Previews:
    """Makes them, and keeps the last ones for a while. It lives in one event loop.

    A crawl that holds neither time nor memory by itself is killed after `seconds`, or with more than `memory` bytes.
    """

    def __init__(self, seconds: float = HARD_LIMIT, memory: int = MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._kept: dict[str, Preview] = {}
        self._ended_at: dict[str, float] = {}
        self._tasks: dict[asyncio.Task[None], _UnderWay] = {}
        self._is_over = False

    def start(self, url: str) -> Preview:
        """Begin one.

        Raises:
            ConfigError: it is no address.
            PreviewsBusy: enough are under way, or the service stops.
        """
        site = site_for_url(url)
        if self._is_over:
            raise PreviewsBusy("the service is stopping")
        if len(self._tasks) >= MOST_AT_ONCE:
            raise PreviewsBusy(f"{MOST_AT_ONCE} previews are being made already; try again in half a minute")
        self._forget()
        preview = Preview(id=secrets.token_hex(8), url=site.url, name=site.name)
        self._kept[preview.id] = preview
        under_way = _UnderWay(preview)
        task = asyncio.get_running_loop().create_task(self._make(under_way))
        self._tasks[task] = under_way
        task.add_done_callback(self._tasks.pop)
        return preview

    def find(self, id: str) -> Preview | None:  # noqa: A002 - what it is called everywhere
        """Return one that is under way, or was a few minutes ago."""
        self._forget()
        return self._kept.get(id)

    async def end(self) -> None:
        """Kill those under way, and begin no more."""
        self._is_over = True
        for under_way in self._tasks.values():
            under_way.kill("the service stopped")
        await asyncio.gather(*self._tasks)

    def _forget(self) -> None:
        """Let go of those that ended long ago, and of the oldest where there are too many."""
        now = asyncio.get_running_loop().time()
        for number, id_ in enumerate(reversed(list(self._ended_at)), 1):
            if number > MOST_KEPT or now - self._ended_at[id_] > KEPT:
                del self._ended_at[id_], self._kept[id_]

    async def _make(self, under_way: _UnderWay) -> None:
        preview = under_way.preview
        try:
            preview.end(await self._crawl(under_way), under_way.killed)
        except OSError as error:  # no process to be had
            preview.state, preview.problem = "failed", f"it can't be started: {error.strerror}"
        except Exception:
            logger.exception("the preview of %s went wrong in the service", preview.url)
            preview.state, preview.problem = "failed", "something went wrong here; the log of the service says what"
        self._ended_at[preview.id] = asyncio.get_running_loop().time()
        logger.info("preview of %s: %s", preview.url, preview.problem or preview.state)

    async def _crawl(self, under_way: _UnderWay) -> Event:
        arguments = {
            "home": under_way.preview.url,
            "limit": str(LIMIT),
            "dry_run": "1",
            "refresh": "1",
            "run": "preview",
        }
        order = CrawlOrder(arguments=arguments, log=Path(os.devnull), bounds=_BOUNDS)
        under_way.crawl = crawl = await Crawl.start(order)
        if under_way.killed:  # while it was being started
            crawl.kill()
        limits = asyncio.get_running_loop().create_task(self._hold(under_way, crawl))
        try:
            return await crawl.follow(under_way.take)
        finally:
            limits.cancel()
            crawl.kill()

    async def _hold(self, under_way: _UnderWay, crawl: Crawl) -> None:
        loop = asyncio.get_running_loop()
        latest = loop.time() + self._seconds
        while True:
            await asyncio.sleep(_LOOK)
            if loop.time() > latest:
                under_way.kill(f"it was killed after {self._seconds:.0f} seconds")
            elif processes.resident(crawl.pid) > self._memory:
                under_way.kill(f"it was killed when it held more than {self._memory >> 20} MiB")
