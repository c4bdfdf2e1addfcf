"""Log lines that name a page instead of printing it: an item holds a whole response."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.logformatter import LogFormatter as ScrapyLogFormatter

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.logformatter import LogFormatterResult
    from twisted.python.failure import Failure

# What Scrapy says at INFO at each start and stop; the run's own report says it in one line.
_CHATTER = ("scrapy.addons", "scrapy.core.engine", "scrapy.crawler", "scrapy.middleware", "scrapy.utils.log")


class LogFormatter(ScrapyLogFormatter):
    """Scrapy's, with an item shown by its address."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        for name in _CHATTER:
            logging.getLogger(name).setLevel(logging.WARNING)
        return super().from_crawler(crawler)

    def scraped(self, item: object, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        return super().scraped(_name(item), response, spider)

    def dropped(
        self, item: object, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return super().dropped(_name(item), exception, response, spider)

    def item_error(
        self, item: object, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return super().item_error(_name(item), exception, response, spider)


def _name(item: object) -> str:
    return f"{type(item).__name__} {getattr(item, 'url', '')}".rstrip()
