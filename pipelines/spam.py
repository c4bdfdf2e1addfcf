"""Stage: judges whether an article is spun search-engine text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from crawler.items import Article
from pipelines.spamscore import score_article

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from crawler.items import Item


class SpamPipeline:
    """Sets the status of an article by its spam score; the reasons say what in the text led to it."""

    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.stats)

    def process_item(self, item: Item) -> Item:
        if isinstance(item, Article):
            score = score_article(item.title, item.text)
            item.status = score.status
            item.reasons.extend(score.reasons)
            self._stats.inc_value(f"spam/{score.status}")
        return item
