"""Spider middleware: judges teasers before they are fetched. A rejected one becomes an item, so it is remembered."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

from crawler.items import Article, Status, Teaser, TeaserList
from pipelines.clean import clean_teaser
from pipelines.spamscore import score_teaser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.statscollectors import StatsCollector

    from pipelines.spamscore import SpamScore


class TeasersMiddleware:
    """Judges the teasers of list pages and those that an article shows as related.

    A teaser without a title says nothing, so it is accepted and its article judged.
    """

    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for item in result:
            if isinstance(item, Article):
                for teaser in item.related:
                    judge(teaser)
            elif isinstance(item, TeaserList):
                for teaser in self._rejected(item):
                    yield teaser
            yield item

    def _rejected(self, teasers: TeaserList) -> list[Teaser]:
        for teaser in teasers.teasers:
            judge(teaser)
            self._stats.inc_value(f"teasers/{teaser.status}")
        rejected = [teaser for teaser in teasers.teasers if teaser.status is Status.REJECTED]
        teasers.teasers = [teaser for teaser in teasers.teasers if teaser.status is not Status.REJECTED]
        return rejected


@lru_cache(maxsize=8192)
def _score(title: str, excerpt: str) -> SpamScore:
    """A teaser comes again and again: in its lists, and under every article that it is related to."""
    return score_teaser(title, excerpt)


def judge(teaser: Teaser) -> None:
    """Set the verdict of a teaser in place."""
    clean_teaser(teaser)
    if teaser.title:
        score = _score(teaser.title, teaser.excerpt)
        teaser.status, teaser.reasons = score.status, score.reasons
