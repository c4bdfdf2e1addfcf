"""The stage that finds copies, over a real database: what a person decides during a crawl counts in that crawl."""

from datetime import UTC, datetime

import pytest
from scrapy.utils.test import get_crawler

from crawler.items import Status
from pipelines.dedup import DedupPipeline
from pipelines.mongo import MongoPipeline
from pipelines.record import article_id
from store import reviews
from store.connect import open_async, read_settings
from store.crawl import Asked, CrawlStore
from tests.pipelines.test_record import article

NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)
TEXT = "水利局十二月一日通报，江堤加固工程分三段进行，沿岸居民月底前会得到通知，施工期间部分道路夜间封闭。" * 3


@pytest.fixture
def crawl_store(mongo_uri, sync_database, run):
    """A run under way in an empty database."""
    store = CrawlStore(open_async(read_settings({"MONGODB_URI": mongo_uri})), site="demo", run="r", dry_run=False)
    run(store.begin(Asked(rules="all"), NOW))
    yield store
    run(store.close())


def found(number):
    """Return an article of an address of its own; all have the same text."""
    address = f"http://example.com/post/{number}"
    return article(url=address, canonical_url=address, aliases=[address], text=TEXT, story=None)


@pytest.fixture
def passed(crawl_store, run):
    """Let an article through both stages and write it; return it."""
    stage = DedupPipeline(crawl_store, get_crawler().stats)

    async def through(item):
        last = MongoPipeline(crawl_store, get_crawler())
        last.open_spider()
        await last.process_item(await stage.process_item(item))
        await last.close_spider()
        return item

    return lambda number: run(through(found(number)))


def test_no_copy_joins_what_was_condemned_during_the_crawl(passed, sync_database):
    first, copy = passed(1), passed(2)
    assert copy.copy_of == article_id(first)
    reviews.condemn(sync_database, article_id(first), by="ada", now=NOW)
    later, last = passed(3), passed(4)
    assert (later.status, later.story, later.copy_of) == (Status.ACCEPTED, article_id(later), None)
    assert (last.status, last.copy_of) == (Status.DUPLICATE, article_id(later))
