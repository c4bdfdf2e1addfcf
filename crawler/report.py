"""Extension: a run's record in the store, its lease, and its live progress on standard output for who started it."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider, NotConfigured

from crawler.discover.publication import cms_of, title_of
from crawler.items import Article, Teaser
from crawler.outcome import BUSY, WITH_FAILURES, Outcome, Tally, outcome
from crawler.spiders.news import NewsSpider, home_read
from store.crawl import Asked
from store.errors import ConfigError, LeaseLost, SiteBusy, StoreUnavailable
from store.runs import FAILED, End

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.crawl import Crawl
    from crawler.document import Document
    from crawler.items import Item
    from crawler.sites import Source

logger = logging.getLogger(__name__)

INTERVAL = 0.5  # seconds between two lines of progress
EXCERPT = 200  # characters of an article's text
RECORDED = 2.0  # seconds between two looks at the progress that others can take, in the store


class Report:
    """Begins and ends the run.

    With WINNOW_EVENTS=all, writes one JSON object a line: `home` (what a home page says of itself, and the sources that
    were found), `progress` (counts), `verdict` (an article or teaser that passed the stages) and at last `end` (state,
    reason, exit_code, counts); with WINNOW_EVENTS=end only the last.

    A dry run that nobody listens to any more ends: it was for its listener alone.
    """

    def __init__(self, crawler: Crawler, spider: NewsSpider, *, events: str) -> None:
        self._crawler = crawler
        self._spider = spider
        self._events = events
        self._tally = Tally()
        self._refusal: Outcome | None = None
        self._is_ending = False
        self._is_unheard = False
        self._task: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not isinstance(crawler.spider, NewsSpider):
            raise NotConfigured
        report = cls(crawler, crawler.spider, events=crawler.settings.get("WINNOW_EVENTS", ""))
        crawler.signals.connect(report.opened, signal=signals.spider_opened)
        crawler.signals.connect(report.home_read, signal=home_read)
        crawler.signals.connect(report.passed, signal=signals.item_scraped)
        crawler.signals.connect(report.failed, signal=signals.item_error)
        crawler.signals.connect(report.failed, signal=signals.spider_error)
        crawler.signals.connect(report.closed, signal=signals.spider_closed)
        return report

    async def opened(self) -> None:
        spider = self._spider
        try:
            await spider.store.begin(_asked(spider.crawl), _now())
        except SiteBusy as error:
            self._refusal = Outcome(End(FAILED, str(error), cause="busy"), BUSY)
            raise CloseSpider("busy") from None
        except ConfigError as error:
            self._refusal = Outcome(End(FAILED, str(error), cause="error"), error.exit_code)
            raise CloseSpider("error") from None
        except StoreUnavailable as error:
            self._refusal = Outcome(End(FAILED, str(error), cause="store-unavailable"), error.exit_code)
            raise CloseSpider("store-unavailable") from None
        except Exception:  # Scrapy would log it and crawl on, without lease and record
            logger.exception("the run can't begin")
            end = End(FAILED, "the run could not begin; the log says why", cause="error")
            self._refusal = Outcome(end, WITH_FAILURES)
            raise CloseSpider("error") from None
        self._task = asyncio.get_running_loop().create_task(self._watch())
        _spare_the_collector()

    def home_read(self, document: Document, sources: list[Source]) -> None:
        if not self._is_heard("home"):
            return
        found = [{"kind": source.kind, "url": source.url} for source in sources]
        self._emit("home", url=document.url, title=title_of(document), cms=cms_of(document), sources=found)

    def passed(self, item: Item) -> None:
        self._tally.take(item)
        if isinstance(item, Article):
            self._crawler.stats.inc_value("report/articles")
        if isinstance(item, Article | Teaser) and self._is_heard("verdict"):
            self._emit("verdict", **_verdict(item))

    def failed(self) -> None:
        """Count a page on which the program itself failed; Scrapy has logged the traceback."""
        self._crawler.stats.inc_value("report/errors")

    async def closed(self, reason: str) -> None:
        spider, counts = self._spider, self._counts()
        if spider.store.refused:
            self._crawler.stats.inc_value("report/errors", spider.store.refused)
        result = self._refusal or outcome(reason, spider.crawl, self._stats(), spider.failed_sources)
        if self._refusal:
            await spider.store.close()
        else:
            result = await self._end(result, counts)
        if self._task:
            self._task.cancel()
        end = result.end
        self._emit("end", run=spider.store.run, state=end.state, reason=end.reason, cause=end.cause,
                   exit_code=result.exit_code, counts=counts)  # fmt: skip
        logger.info("run %s %s: %s", spider.store.run, end.state, end.reason)

    async def _end(self, result: Outcome, counts: dict[str, Any]) -> Outcome:
        self._is_ending = True  # the end may take a while, if MongoDB is away; events go on until it is written
        try:
            await self._spider.store.end(counts, result.end, self._spider.read_sources(), _now())
        except LeaseLost as error:
            return Outcome(End(FAILED, str(error), cause="lease-lost"), BUSY)
        except StoreUnavailable as error:
            return Outcome(End(FAILED, str(error), cause="store-unavailable"), error.exit_code)
        return result

    async def _watch(self) -> None:
        """Tell progress, and hold the lease; a run that lost it must not go on."""
        loop = asyncio.get_running_loop()
        record_at = loop.time() + RECORDED
        while True:
            await asyncio.sleep(INTERVAL)
            self._emit("progress", counts=self._counts())
            if self._is_unheard and self._spider.crawl.dry_run and not self._is_ending:
                self._close("unheard")
                return
            if loop.time() >= record_at and not self._is_ending:
                record_at = loop.time() + RECORDED
                if reason := await self._record():
                    self._close(reason)
                    return

    def _close(self, reason: str) -> None:
        """End the crawl in a task of its own: the end cancels the one that watches, and would be cut off with it."""
        closing = self._crawler.engine.close_spider_async(reason=reason)
        self._closing = asyncio.get_running_loop().create_task(closing)

    async def _record(self) -> str | None:
        """Record the progress; return why the run must end, if it must."""
        try:
            await self._spider.store.report(self._counts(), _now())
        except LeaseLost as error:
            logger.error("%s", error)
            return "lease-lost"
        except Exception:  # a run that can't be told of any more must end, not go on unheard
            logger.exception("the run can't be recorded")
            return "error"
        return None

    def _stats(self) -> dict[str, Any]:
        return self._crawler.stats.get_stats()

    def _counts(self) -> dict[str, Any]:
        return self._tally.counts(self._stats())

    def _is_heard(self, event: str) -> bool:
        return self._events in ("all", event)

    def _emit(self, event: str, **facts: Any) -> None:
        """Write an event. Whoever started this crawl may be gone; one that stores what it finds goes on."""
        if not self._is_heard(event):
            return
        try:
            sys.stdout.write(json.dumps({"event": event, **facts}, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        except OSError:
            self._events, self._is_unheard = "", True


def _verdict(item: Article | Teaser) -> dict[str, Any]:
    if isinstance(item, Article):
        told = {"kind": "article", "excerpt": item.text[:EXCERPT], "published_precision": item.published_precision}
    else:
        told = {"kind": "teaser", "excerpt": item.excerpt, "published_precision": None}
    return told | {
        "url": item.url,
        "title": item.title,
        "published_at": item.published_at.isoformat() if item.published_at else None,
        "status": item.status,
        "reasons": [{"code": reason.code, "detail": reason.detail} for reason in item.reasons],
    }


def _asked(crawl: Crawl) -> Asked:
    return Asked(
        by=crawl.asked_by,
        rules=None if crawl.entry else crawl.site.rules(),
        due_at=crawl.due_at,
        after=crawl.after,
        wanted_at=crawl.wanted_at,
    )


def _spare_the_collector() -> None:
    """Let the garbage collector look at pages only, and at many at once: 8 % of a crawl's CPU, for no more memory."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _now() -> datetime:
    return datetime.now(UTC)
