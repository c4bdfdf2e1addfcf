"""Stage: stores what the others decided, in batches that the journal has before a URL counts as known."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import NotConfigured

from crawler.items import Article, Failure, Status, Teaser
from pipelines.record import article_id, article_record, failure_record, teaser_record
from store import articles, pages, verdicts
from store.crawl import CrawlStore
from store.errors import LeaseLost, StoreUnavailable

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.items import Item

logger = logging.getLogger(__name__)

BATCH = 64  # articles in one write: a page of about 60 kB each is 4 MB in memory
INTERVAL = 1.0  # seconds after which a smaller batch is written


class MongoPipeline:
    """Gathers records and writes them together.

    An item has passed when it is in the batch, not when it is stored: what is lost with a killed process was never
    known, so the next run fetches it again.
    """

    def __init__(self, store: CrawlStore, crawler: Crawler) -> None:
        self._store = store
        self._crawler = crawler
        self._batch: list[Article] = []
        self._lock = asyncio.Lock()
        self._closing = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._gave_up = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        store = getattr(crawler.spider, "store", None)
        if not isinstance(store, CrawlStore):
            raise NotConfigured
        return cls(store, crawler)

    def open_spider(self) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(self._tick()))

    async def process_item(self, item: Item) -> Item:
        match item:
            case Article():
                self._batch.append(item)
            case Teaser():
                self._remember(item)
            case Failure():
                self._postpone(item)
        if len(self._batch) >= BATCH:
            await self._flush()
        return item

    async def close_spider(self) -> None:
        self._closing.set()
        await self._tasks[0]
        if not self._gave_up:
            await self._flush()

    def _postpone(self, failure: Failure) -> None:
        store, now = self._store, datetime.now(UTC)
        store.add("pending", verdicts.postpone(store.site, failure_record(failure), run=store.run, at=now))

    def _remember(self, teaser: Teaser) -> None:
        record = teaser_record(teaser, self._store.site)
        self._store.add("verdicts", verdicts.remember(record, run=self._store.run, at=datetime.now(UTC)))
        self._store.settle(teaser.url)

    async def _tick(self) -> None:
        """Write smaller batches in time; never cancelled, for that would lose a batch that is under way.

        A store that stays away ends the crawl: what it finds would be lost.
        """
        while not (self._closing.is_set() or self._gave_up):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), INTERVAL)
            try:
                await self._flush()
            except StoreUnavailable as error:
                logger.error("%s", error)
                self._give_up("store-unavailable")
            except LeaseLost as error:
                logger.error("%s", error)
                self._give_up("lease-lost")
            except Exception:  # the loop that must not die unheard: the crawl would go on and store nothing
                logger.exception("the batch can't be written")
                self._give_up("error")

    def _give_up(self, reason: str) -> None:
        self._gave_up = True
        end = self._crawler.engine.close_spider_async(reason=reason)
        self._tasks.append(asyncio.get_running_loop().create_task(end))

    async def _flush(self) -> None:
        async with self._lock:
            batch = list(self._batch)
            if batch and not self._store.dry_run:
                await self._add(batch)
            del self._batch[: len(batch)]
            await self._store.flush()

    async def _add(self, batch: list[Article]) -> None:
        ids = [article_id(article) for article in batch]
        stored = await self._store.patiently(lambda: articles.stored(self._store.database, ids))
        for article in batch:
            record = article_record(article)
            before = stored.get(record["_id"])
            record["versions"] = self._keep_version(record, before)
            self._add_article(article, record, before)
            stored[record["_id"]] = record | {"review": before.get("review") if before else None}

    def _keep_version(self, record: articles.Record, before: articles.Record | None) -> int:
        """Keep what is stored as an earlier version if its text changed; return how many there are then."""
        if before is None:
            self._count("new")
            return 0
        number: int = before["versions"]
        if not articles.is_changed(record, before):
            self._count("unchanged")
            return number
        self._count("changed")
        self._store.add("versions", articles.keep_version(record, before))
        return number + 1

    def _add_article(self, article: Article, record: articles.Record, before: articles.Record | None) -> None:
        add = self._store.add
        add("pages", pages.keep(record["_id"], article.page))
        if before:
            record |= articles.heeded(record, before)
        if article.replaces and record["status"] == Status.ACCEPTED:
            add("articles", *articles.give_way(record["story"], article.replaces, record["_id"]))
        add("articles", *(articles.update(record, before) if before else [articles.upsert(record)]))
        self._store.settle(article.aliases[0])

    def _count(self, outcome: str) -> None:
        self._crawler.stats.inc_value(f"mongo/{outcome}")
