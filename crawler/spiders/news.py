"""The spider: source → list → article → related. Thin: it asks, pure code decides."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider, signals
from scrapy.exceptions import DontCloseSpider

from crawler.crawl import Crawl, parse_arguments
from crawler.discover.feed import read_feed
from crawler.discover.home import find_sources
from crawler.discover.kind import looks_like_article
from crawler.discover.links import is_same_site
from crawler.discover.listing import read_listing
from crawler.discover.sitemap import read_sitemap
from crawler.extract.article import extract_article
from crawler.guards.robots import RobotsMiddleware
from crawler.items import Article, Failure, Origin, Reason, Status, Teaser, TeaserList
from crawler.mistakes import exit_on_mistake
from crawler.responses import FetchFailure, document_of, failure_of, headers_of, page_of
from crawler.sites import Source, load_sites
from store.crawl import CrawlStore, open_crawl_store
from store.sources import NAMED, READ, UNCHANGED, request_headers
from store.sources import Source as KnownSource
from store.urls import key
from store.verdicts import MAX_ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure as TwistedFailure

    from crawler.document import Document

home_read = object()
"""Signal: a home page was read; `document`, and the `sources` that it and robots.txt name."""

_NOT_MODIFIED = 304
_ARTICLES, _LISTS = 10, 0  # request priorities: what is new is stored before more is looked for


class NewsSpider(Spider):
    """Crawls one site.

    `store` is what the run holds of the database; `seen` the keys of every link so far, `known` those of them that the
    store had; `found` the kinds of sources that the home page named, `validators` those of what was read;
    `unchanged` is what was the same as last time, and `failed_sources` says what was not read.
    """

    name = "news"

    def __init__(self, crawl: Crawl, store: CrawlStore, now: datetime | None) -> None:
        super().__init__()
        self.crawl = crawl
        self.store = store
        self.seen: set[str] = set()
        self.known: set[str] = set()
        self.articles_requested = 0
        self.found: dict[str, str] = {}
        self.validators: dict[str, dict[str, str]] = {}
        self.unchanged: set[str] = set()
        self.failed_sources: dict[str, FetchFailure] = {}
        self._asked_for = {
            key(url) for url in (crawl.entry or "", crawl.site.url, *(s.url for s in crawl.site.sources)) if url
        }
        self._now = now
        self._sitemaps: list[str] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **arguments: Any) -> Self:
        settings = crawler.settings
        with exit_on_mistake():
            crawl = parse_arguments(arguments, lambda: load_sites(settings["WINNOW_SITES"]))
            store = open_crawl_store(crawl.site.name, run=crawl.run, dry_run=crawl.dry_run)
        if crawl.site.delay is not None:
            settings.set("DOWNLOAD_DELAY", crawl.site.delay, priority="spider")
            settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", 1 if crawl.site.delay else 8, priority="spider")
            settings.set("CONCURRENT_REQUESTS", 2 if crawl.site.delay else 16, priority="spider")
        spider = cls(crawl, store, settings["WINNOW_NOW"])
        spider._set_crawler(crawler)
        crawler.signals.connect(spider.read_sitemaps, signal=signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        if self.crawl.entry:
            self.seen.add(key(self.crawl.entry))
            yield self._request(self.crawl.entry, self.parse_entry)
            return
        for teaser in self.store.pending[: self.crawl.limit or None]:
            self.seen.add(key(teaser["url"]))
            yield self.article_request(_revived(teaser), depth=0)
        for teaser, error in self.store.given_up:
            reason = Reason(code="unreachable", detail=f"failed in {MAX_ATTEMPTS} runs: {error}")
            yield self._rejected(_revived(teaser), reason)
        if self.crawl.site.sources:
            for source in self.crawl.site.sources:
                yield self._source_request(source)
        else:
            yield self._request(self.crawl.site.url, self.parse_home)

    # Requests

    def article_request(self, teaser: Teaser, depth: int) -> Request:
        """Request the article of a teaser that lies `depth` related links from a source."""
        self.articles_requested += 1
        self._count("teasers/followed")
        return Request(
            teaser.url,
            callback=self.parse_article,
            errback=self.article_failed,
            cb_kwargs={"teaser": teaser, "depth": depth},
            meta={"onsite": True},
            priority=_ARTICLES,
            dont_filter=True,
        )

    def list_request(self, url: str) -> Request:
        """Request a further page of a list."""
        return self._request(url, self.parse_listing)

    def _source_request(self, source: Source) -> Request:
        parsers = {"feed": self.parse_feed, "listing": self.parse_listing, "sitemap": self.parse_sitemap}
        return self._request(source.url, parsers[source.kind])

    def _request(self, url: str, callback: Callable[..., Any]) -> Request:
        """Request a source; with the validators of its last reading, unless a person asked for just this."""
        return Request(
            url,
            callback=callback,
            errback=self.source_failed,
            headers=None if self.crawl.refresh or self.crawl.entry else self.store.validators.get(url),
            meta={"handle_httpstatus_list": [_NOT_MODIFIED]},
            priority=_LISTS,
        )

    # Responses

    async def parse_entry(self, response: Response) -> AsyncIterator[Any]:
        """Read an address that a person gave: an article, or a list and the pages that continue it."""
        document = document_of(response)
        if looks_like_article(document):
            teaser = Teaser(url=self.crawl.entry or response.url, origin=Origin.REQUEST, found_on="")
            for item in self._article(response, document, teaser, depth=0):
                yield item
        elif self._is_read(response):
            yield self._admitted(read_listing(document))

    async def parse_home(self, response: Response) -> AsyncIterator[Any]:
        """Read a home page: the sources that it names, and the list that it is itself.

        One that did not change names the same ones still. Its feed, where it has one, says whether they are worth it.
        """
        if not self._is_read(response):
            kinds = self.store.sources
            feeds = [url for url, kind in kinds.items() if kind == "feed"]
            for url in feeds or kinds:
                yield self._source_request(Source(kinds[url], url))
            return
        document = document_of(response)
        sources, named = find_sources(document), self._named_sitemaps(response.url)
        told = [*sources, *(Source("sitemap", url) for url in named)]
        self.crawler.signals.send_catch_log(home_read, document=document, sources=told)
        for source in sources:
            if source.url != response.url:
                self.found[source.url] = source.kind
                yield self._source_request(source)
        self._sitemaps = named or [urljoin(response.url, "/sitemap.xml")]
        yield self._admitted(read_listing(document))

    async def parse_listing(self, response: Response) -> AsyncIterator[Any]:
        if self._is_read(response):
            yield self._admitted(read_listing(document_of(response)))

    async def parse_feed(self, response: Response) -> AsyncIterator[Any]:
        if self._is_read(response):
            yield self._admitted(read_feed(response.body, response.url, self.crawl.site.timezone or UTC))

    async def parse_sitemap(self, response: Response) -> AsyncIterator[Any]:
        if self._is_read(response):
            sitemap = read_sitemap(response.body, response.url)
            for url in sitemap.children:
                yield self._request(url, self.parse_sitemap)
            yield self._admitted(TeaserList(teasers=sitemap.teasers))

    async def parse_article(self, response: Response, teaser: Teaser, depth: int) -> AsyncIterator[Any]:
        for item in self._article(response, document_of(response), teaser, depth):
            yield item

    # Failures

    def source_failed(self, failure: TwistedFailure) -> None:
        """Note a list page, feed or sitemap that could not be read: the run is not complete then.

        One that was only found or guessed, and is not there, is just counted.
        """
        failed, url = failure_of(failure.value), failure.request.url  # type: ignore[attr-defined]
        self._count(f"fetch/source-failed/{failed.reason.code}")
        if not failed.is_final or key(url) in self._asked_for:
            self.failed_sources[url] = failed

    def article_failed(self, failure: TwistedFailure) -> Iterator[Teaser | Failure]:
        """Give a verdict where another try would end the same, else leave the teaser to the next run."""
        teaser: Teaser = failure.request.cb_kwargs["teaser"]  # type: ignore[attr-defined]
        failed = failure_of(failure.value)
        if failed.is_final:
            yield self._rejected(teaser, failed.reason)
        else:
            self._count(f"fetch/failed/{failed.reason.code}")
            yield Failure(teaser=teaser, error=failed.reason.detail or failed.reason.code)

    def read_sources(self) -> list[KnownSource]:
        """Return what was learnt of the sources, for the next run."""
        urls = dict.fromkeys((*self.validators, *self.found, *sorted(self.unchanged)))
        return [self._known_source(url) for url in urls]

    def _known_source(self, url: str) -> KnownSource:
        answer = READ if url in self.validators else UNCHANGED if url in self.unchanged else NAMED
        return KnownSource(url=url, headers=self.validators.get(url, {}), kind=self.found.get(url), answer=answer)

    # Steps

    def read_sitemaps(self) -> None:
        """Read the sitemaps when the lists are done: a list shows teasers to judge, a sitemap hardly ever does."""
        if not self._sitemaps:
            return
        for url in self._sitemaps:
            self.crawler.engine.crawl(self._source_request(Source("sitemap", url)))
        self._sitemaps = []
        raise DontCloseSpider

    def _named_sitemaps(self, url: str) -> list[str]:
        robots = self.crawler.get_downloader_middleware(RobotsMiddleware)
        return robots.sitemaps(urlsplit(url).netloc) if robots else []

    def _article(self, response: Response, document: Document, teaser: Teaser, depth: int) -> Iterator[Any]:
        self._count("fetch/article")
        result = self._extracted(response, document, teaser)
        if isinstance(result, Reason):
            yield self._rejected(teaser, result)
            return
        yield result
        if depth < self.crawl.site.depth:
            yield self._admitted(TeaserList(teasers=result.related, depth=depth + 1))

    def _extracted(self, response: Response, document: Document, teaser: Teaser) -> Article | Reason:
        page = page_of(response, self._now or datetime.now(UTC))
        zone, site = self.crawl.site.timezone, self.crawl.site.name
        result = extract_article(document, page, site=site, now=page.fetched_at, zone=zone, teaser=teaser)
        if isinstance(result, Article):
            result.aliases = [teaser.url, *response.meta.get("redirect_urls", [])]
        return result

    def _rejected(self, teaser: Teaser, reason: Reason) -> Teaser:
        self._count(f"extract/rejected/{reason.code}")
        teaser.status, teaser.reasons = Status.REJECTED, (reason,)
        return teaser

    def _is_read(self, response: Response) -> bool:
        """Whether a source was read now; False says that it is the same as last time."""
        url: str = response.request.url  # type: ignore[union-attr]
        if response.status == _NOT_MODIFIED:
            self._count("fetch/unchanged")
            self.unchanged.add(url)
            return False
        self._count("fetch/list")
        self.validators[url] = request_headers(headers_of(response))
        return True

    def _admitted(self, teasers: TeaserList) -> TeaserList:
        """Keep what lies on this site and passes its allow and deny rules."""
        site = self.crawl.site
        home = site.url or site.sources[0].url
        kept = [t for t in teasers.teasers if is_same_site(t.url, home) and site.admits(t.url)]
        self._count("teasers/not-admitted", len(teasers.teasers) - len(kept))
        return TeaserList(teasers=kept, next_page=teasers.next_page, depth=teasers.depth)

    def _count(self, what: str, count: int = 1) -> None:
        self.crawler.stats.inc_value(what, count)


def _revived(teaser: dict[str, Any]) -> Teaser:
    """Return a teaser as it was before it was stored."""
    return Teaser(**teaser | {"origin": Origin(teaser["origin"])})
