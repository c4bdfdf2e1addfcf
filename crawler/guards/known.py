"""Spider middleware: drops the links that are known or seen, in bulk, before any request for them exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import NotConfigured

from crawler.items import TeaserList
from crawler.spiders.news import NewsSpider
from store.urls import key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.statscollectors import StatsCollector


class KnownMiddleware:
    """Lets only new teasers pass: one query a list.

    A list of which the store knows everything ends its paging, but only where an earlier run read this site to the
    end: behind a page of known articles there may be unknown ones if that run was killed.
    """

    def __init__(self, spider: NewsSpider, stats: StatsCollector) -> None:
        self._spider = spider
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not isinstance(crawler.spider, NewsSpider):
            raise NotConfigured
        return cls(crawler.spider, crawler.stats)

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for item in result:
            if isinstance(item, TeaserList):
                await self._drop_known(item)
            yield item

    async def _drop_known(self, teasers: TeaserList) -> None:
        spider = self._spider
        listed = {key(teaser.url): teaser for teaser in reversed(teasers.teasers)}
        unseen = {k: listed[k] for k in reversed(listed) if k not in spider.seen}
        spider.seen.update(unseen)  # before the store is asked: another list may show the same meanwhile
        known = set() if spider.crawl.refresh else await spider.store.known(list(unseen))
        spider.known.update(known)
        self._stats.inc_value("teasers/known", len(known))
        teasers.teasers = [teaser for k, teaser in unseen.items() if k not in known]
        if spider.store.was_complete and listed.keys() <= spider.known:
            teasers.next_page = None
