"""Log lines that name a page instead of printing it: an item holds a whole response."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.logformatter import LogFormatter as ScrapyLogFormatter

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Response
    from scrapy.logformatter import LogFormatterResult
    from twisted.python.failure import Failure

# What Scrapy tells of itself at each start and stop: the run's own report does that in a line.
_CHATTER = ("scrapy.core.engine", "scrapy.crawler", "scrapy.extensions.memusage", "scrapy.middleware")
# Warnings that repeat, page by page, what a guard refuses and counts.
_REPEATED = ("scrapy.core.downloader.handlers.http11", "scrapy.downloadermiddlewares.httpcompression")


class LogFormatter(ScrapyLogFormatter):
    """Scrapy's, with an item shown by its address. It is made when Scrapy's loggers are set up, and quiets some."""

    def __init__(self) -> None:
        for name in _CHATTER:
            logging.getLogger(name).setLevel(logging.WARNING)
        for name in _REPEATED:
            logging.getLogger(name).setLevel(logging.ERROR)

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
