"""Stage: finds the story of an article, and which of the story's articles stands for it.

Before that, what a person decided of the article takes the place of what the spam stage did.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import NotConfigured

from crawler.items import Article, Reason, Status
from pipelines.neardup import Candidate, Fingerprint, Index, Match, best_match, fingerprint
from pipelines.record import article_id
from store import articles, fingerprints
from store.crawl import CrawlStore
from store.urls import key

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

    from crawler.items import Item

# Articles of this run that are looked up in memory, since the store may not have them yet: more than two batches.
RECENT = 500


class DedupPipeline:
    """Joins copies to their story. The article published first stands for it; the others are kept as its copies.

    Only accepted articles have a story: a copy of spam is spam by itself.
    """

    def __init__(self, store: CrawlStore, stats: StatsCollector) -> None:
        self._store = store
        self._stats = stats
        self._lock = asyncio.Lock()
        self._recent = Index()
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._heads: dict[str, tuple[str, datetime]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        store = getattr(crawler.spider, "store", None)
        if not isinstance(store, CrawlStore):
            raise NotConfigured
        return cls(store, crawler.stats)

    async def process_item(self, item: Item) -> Item:
        if isinstance(item, Article):
            own = fingerprint(item.title, item.text)
            await self._settle_identity(item, own)
            await self._heed_review(item)
            if item.status is Status.ACCEPTED:
                async with self._lock:  # of two copies that arrive at once, the second must see the first
                    await self._place(item, own)
            self._stats.inc_value(f"dedup/{item.status}")
        return item

    async def _place(self, article: Article, own: Fingerprint) -> None:
        own_id = article_id(article)
        match = await self._match(article, own, own_id)
        article.story = match.story if match else own_id
        if match:
            await self._choose_head(article, own_id, match)
        else:
            self._heads[own_id] = own_id, moment(article)
        self._remember(article, own_id, own)

    async def _match(self, article: Article, own: Fingerprint, own_id: str) -> Match | None:
        """Return what the article is a copy of; stories that a person condemned meanwhile are forgotten first."""
        while match := best_match(article.title, article.text, own, await self._candidates(own, own_id)):
            if not await self._is_condemned(match.story):
                return match
            del self._heads[match.story]
            self._recent.forget(self._recent.of_story(match.story))
        return None

    async def _is_condemned(self, story: str) -> bool:
        """Whether the article that stood for a story in this run was condemned since it was written."""
        if story not in self._heads:
            return False
        head, _ = self._heads[story]
        review = await self._store.patiently(lambda: articles.review_of(self._store.database, head))
        return review is not None and review["status"] == Status.REJECTED

    async def _candidates(self, own: Fingerprint, own_id: str) -> list[Candidate]:
        found = await self._store.patiently(
            lambda: fingerprints.candidates(self._store.database, own.exact, own.bands, exclude=own_id)
        )
        stored = [Candidate(f["_id"], f["story"], f["title"], f["text"], f["exact"]) for f in found]
        return self._recent.candidates(own, exclude=own_id) + stored

    async def _choose_head(self, article: Article, own_id: str, match: Match) -> None:
        head, since = await self._head(match.story) or (own_id, moment(article))
        if head == own_id:
            return
        if moment(article) < since:
            article.replaces = head
            self._heads[match.story] = own_id, moment(article)
        else:
            article.status = Status.DUPLICATE
            article.copy_of = head
            article.reasons.append(Reason(code="copy", detail=match.detail, weight=match.containment))

    async def _head(self, story: str) -> tuple[str, datetime] | None:
        """Return the article that stands for a story, and since when."""
        if story not in self._heads:
            found = await self._store.patiently(lambda: articles.head_of(self._store.database, story))
            if found is None:
                return None
            self._heads[story] = found["_id"], found["sort_at"]
        return self._heads[story]

    async def _settle_identity(self, article: Article, own: Fingerprint) -> None:
        """Refuse a canonical address under which another text is stored: a page may not take another's place."""
        claimed = article_id(article)
        if claimed == key(article.url):
            return
        other = self._recent.get(claimed) or await self._stored(claimed)
        if other and not best_match(article.title, article.text, own, [other]):
            article.canonical_url = article.url
            self._stats.inc_value("dedup/canonical-refused")

    async def _stored(self, own_id: str) -> Candidate | None:
        found = await self._store.patiently(lambda: articles.text_of(self._store.database, own_id))
        if found is None:
            return None
        exact = fingerprint(found["title"], found["text"]).exact
        return Candidate(own_id, own_id, found["title"], found["text"], exact)

    async def _heed_review(self, article: Article) -> None:
        """Take what a person decided of the article for its verdict; only now it is known which one it is."""
        own_id = article_id(article)
        if own_id not in self._store.reviewed:
            return  # what is decided in the course of the run, the last stage heeds
        review = await self._store.patiently(lambda: articles.review_of(self._store.database, own_id))
        if review:
            article.status = Status(review["status"])
            article.reasons = [Reason(**reason) for reason in review["reasons"]]
            self._stats.inc_value(f"dedup/reviewed/{article.status}")

    def _remember(self, article: Article, own_id: str, own: Fingerprint) -> None:
        story = article.story or own_id
        self._recent.add(Candidate(own_id, story, article.title, article.text, own.exact), own)
        self._ids[own_id] = None
        if len(self._ids) > RECENT:
            self._recent.forget([self._ids.popitem(last=False)[0]])
        write = fingerprints.upsert(own_id, story=story, exact=own.exact, bands=own.bands, at=article.fetched_at)
        self._store.add("fingerprints", write)


def moment(article: Article) -> datetime:
    """Return when an article came up: its publication, or where none is known its fetch."""
    return article.published_at or article.fetched_at
