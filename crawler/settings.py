"""Scrapy's settings for Winnow: safe from the start, lean, and the order of all stages. Reads the environment once.

What isn't set here is Scrapy's default. The pipelines are named by string: nothing of theirs is imported.
"""

from __future__ import annotations

import math
import os
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.mistakes import exit_on_mistake
from store.options import Option, read


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a zone is missing, as in 2025-12-20T12:00:00+08:00")
    return moment


def _pairs(text: str) -> frozenset[tuple[str, int]]:
    return frozenset(_pair(part.strip()) for part in text.split(",") if part.strip())


def _pair(text: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    if not parts.hostname or not parts.port or "@" in text or parts.netloc != text:
        raise ValueError(f"{text!r} is not host:port, as in 127.0.0.1:8711 or [::1]:8711")
    return parts.hostname, parts.port


def _seconds(text: str) -> float:
    seconds = float(text)
    if not (seconds >= 0 and math.isfinite(seconds)):
        raise ValueError("seconds can't be below 0")
    return seconds


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("a whole number of at least 1 is needed")
    return int(text)


def _header(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise ValueError("only printable ASCII can be sent")
    return text


def _contact(text: str) -> str:
    if text and "@" not in text and not text.startswith(("http://", "https://")):
        raise ValueError("neither a mail address nor a URL")
    return _header(text)


OPTIONS = (
    Option(
        "WINNOW_NOW", "", _moment, "the moment that relative dates count from, ISO 8601 with zone; empty: the fetch"
    ),
    Option("WINNOW_SITES", "./sites.toml", Path, "the sites file"),
    Option("WINNOW_ALLOW_PRIVATE", "", _pairs, "host:port pairs, by commas, that may be fetched although private"),
    Option("WINNOW_DELAY", "1.0", _seconds, "seconds between two requests to a host, varied by half"),
    Option("WINNOW_MAX_TIME", "120", _whole, "minutes that a crawl may take; it then ends itself"),
    Option("WINNOW_MAX_MEMORY", "1024", _whole, "MiB that a crawl may hold; it then ends itself"),
    Option("WINNOW_CONTACT", "", _contact, "mail address or URL that a publisher can complain to, sent with requests"),
    Option("WINNOW_USER_AGENT", "", _header, "the User-Agent; empty: Winnow's own with the contact"),
)


def _user_agent(contact: object) -> str:
    return f"Winnow/0.1 (+{contact})" if contact else "Winnow/0.1"


with exit_on_mistake():  # at import: Scrapy would print a traceback
    _env = read(OPTIONS, os.environ)

# Who we are
BOT_NAME = "winnow"
SPIDER_MODULES = ["crawler.spiders"]
USER_AGENT = _env["WINNOW_USER_AGENT"] or _user_agent(_env["WINNOW_CONTACT"])
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8,*;q=0.5",
}

# Values for the spider and the stages, parsed: datetime or None, Path, set of (host, port)
WINNOW_NOW = _env["WINNOW_NOW"]
WINNOW_SITES = _env["WINNOW_SITES"]
WINNOW_ALLOW_PRIVATE = _env["WINNOW_ALLOW_PRIVATE"]

# Only http and https, through one handler whose resolver holds private addresses back
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
TWISTED_DNS_RESOLVER = "crawler.guards.resolver.PublicResolver"
DOWNLOAD_HANDLERS = {
    "http": "crawler.guards.download.GuardedHandler",
    "https": "crawler.guards.download.GuardedHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TLS_MIN_VERSION = "TLSv1.2"

# Bounds of one exchange
DOWNLOAD_TIMEOUT = 30  # seconds from name to last byte
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024  # as sent, and again when unpacked
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5  # what RFC 9309 asks for robots.txt, and enough for pages

# Bounds of the process. The service kills one that does not keep them by itself
CLOSESPIDER_TIMEOUT = _env["WINNOW_MAX_TIME"] * 60.0  # seconds
MEMUSAGE_LIMIT_MB = _env["WINNOW_MAX_MEMORY"]
MEMUSAGE_CHECK_INTERVAL_SECONDS = 10.0

# Pace: one request at a time to a host; without a delay (tests, one's own server) several
DOWNLOAD_DELAY = _env["WINNOW_DELAY"]
DOWNLOAD_DELAY_JITTER = 0.5
CONCURRENT_REQUESTS = 2 if DOWNLOAD_DELAY else 16  # a crawl that is stopped ends with those it has begun
CONCURRENT_ITEMS = 4  # Scrapy starts as many tasks for every response; its 100 cost more CPU than parsing the page
CONCURRENT_REQUESTS_PER_DOMAIN = 1 if DOWNLOAD_DELAY else 8

# A page that failed once is asked for twice more; one that ran into the deadline has cost enough for this run
RETRY_TIMES = 2
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 522, 524]
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"

# robots.txt is obeyed by our own middleware, which knows Crawl-delay and puts off a site that doesn't answer
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Winnow"

# Logs: a line a run; single pages and items at DEBUG
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []
LOG_FORMATTER = "crawler.guards.log.LogFormatter"
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"
STATS_DUMP = False

# Lean and shut: only what is named here runs, for Scrapy imports even what it is told to leave out, an HTTP server too.
# So there are no cookies and referers, no console or remote control that runs Python from outside, no proxy that would
# resolve names past our resolver, no refreshing pages. Order as Scrapy's: requests go down, responses up.
EXTENSIONS_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES = {
    "crawler.guards.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "crawler.guards.pace.PaceMiddleware": 560,  # below what retries: it says when the retry may go out
    "crawler.guards.compression.CompressionMiddleware": 590,
    "crawler.guards.redirect.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": 50,
    "crawler.guards.follow.FollowMiddleware": 700,
    "pipelines.teasers.TeasersMiddleware": 800,
    "crawler.guards.known.KnownMiddleware": 900,
}
EXTENSIONS = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
    "crawler.guards.memory.MemoryGuard": 0,
    "crawler.report.Report": 100,
}
ITEM_PIPELINES = {
    "pipelines.clean.CleanPipeline": 100,
    "pipelines.spam.SpamPipeline": 200,
    "pipelines.dedup.DedupPipeline": 300,
    "pipelines.mongo.MongoPipeline": 400,
}
