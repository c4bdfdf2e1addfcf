"""Spider middleware: turns judged teasers into requests, within what one run may fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from scrapy import Request
from scrapy.exceptions import NotConfigured

from crawler.items import TeaserList
from crawler.spiders.news import NewsSpider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.statscollectors import StatsCollector


class FollowMiddleware:
    """Requests articles before further list pages, so that what is new is stored soonest and little is queued.

    What the limit or the page budget cuts off is counted, and makes the run incomplete: the next one goes on.
    """

    def __init__(self, spider: NewsSpider, stats: StatsCollector) -> None:
        self._spider = spider
        self._stats = stats
        self._pages = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        if not isinstance(crawler.spider, NewsSpider):
            raise NotConfigured
        return cls(crawler.spider, crawler.stats)

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for item in result:
            requests = self._requests(item) if isinstance(item, TeaserList) else [item]
            for each in requests:
                if not isinstance(each, Request) or self._may_fetch():
                    yield each

    def _requests(self, teasers: TeaserList) -> Iterator[Request]:
        limit = self._spider.crawl.limit
        for teaser in teasers.teasers:
            if limit and self._spider.articles_requested >= limit:
                self._stats.inc_value("teasers/over-limit")
            else:
                yield self._spider.article_request(teaser, teasers.depth)
        if not teasers.next_page:
            return
        if limit and self._spider.articles_requested >= limit:
            self._stats.inc_value("teasers/over-limit")
        else:
            yield self._spider.list_request(teasers.next_page)

    def _may_fetch(self) -> bool:
        self._pages += 1
        if self._pages > self._spider.crawl.site.max_pages:
            self._stats.inc_value("teasers/over-budget")
            return False
        return True
