"""The last stage over a real database: a person who reviews while the stages are at work is not overruled."""

from datetime import UTC, datetime

import pytest
from scrapy.utils.test import get_crawler

from crawler.items import Status
from pipelines.mongo import MongoPipeline
from pipelines.record import article_record
from store import articles, migrations, reviews
from store.connect import open_async, read_settings
from store.crawl import Asked, CrawlStore
from tests.pipelines.test_record import article
from tests.support.killed_reviews import fingerprint

NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)
OWN = article_record(article())["_id"]


@pytest.fixture
def crawl_store(mongo_uri, sync_database, run):
    """A run under way, of a site whose one article is quarantined."""
    migrations.migrate(sync_database)
    record = article_record(article(status=Status.QUARANTINED)) | {"versions": 0}
    sync_database["articles"].bulk_write([articles.upsert(record)(1)])
    store = CrawlStore(open_async(read_settings({"MONGODB_URI": mongo_uri})), site="demo", run="r", dry_run=False)
    run(store.begin(Asked(rules="all"), NOW))
    yield store
    run(store.close())


@pytest.mark.parametrize(
    ("found", "deed", "stands"),
    [
        (Status.QUARANTINED, "restore", "accepted"),
        (Status.REJECTED, "restore", "accepted"),
        (Status.ACCEPTED, "condemn", "rejected"),
        (Status.DUPLICATE, "condemn", "rejected"),
        (Status.DUPLICATE, "restore", "duplicate"),
    ],
)
def test_a_review_between_the_stages_stands(crawl_store, sync_database, run, found, deed, stands):
    who = {"by": "ada", "now": NOW}
    if deed == "restore":
        reviews.restore(sync_database, OWN, fingerprint, **who)
    else:
        reviews.condemn(sync_database, OWN, **who)

    async def pass_through():
        stage = MongoPipeline(crawl_store, get_crawler())
        stage.open_spider()
        await stage.process_item(article(status=found, story=OWN, text="later", aliases=["http://example.com/1"]))
        await stage.close_spider()

    run(pass_through())
    stored = sync_database["articles"].find_one({"_id": OWN})
    assert (stored["status"], stored["text"], stored["versions"]) == (stands, "later", 1)
    assert stored["review"]["deed"] == deed


def test_a_review_between_the_last_look_and_the_write_stands(crawl_store, sync_database, run):
    async def write():
        before = (await articles.stored(crawl_store.database, [OWN]))[OWN]
        reviews.condemn(sync_database, OWN, by="ada", now=NOW)
        record = article_record(article(status=Status.ACCEPTED, story=OWN, text="later")) | {"versions": 1}
        crawl_store.add("articles", *articles.update(record, before))
        await crawl_store.flush()

    run(write())
    stored = sync_database["articles"].find_one({"_id": OWN})
    assert (stored["status"], stored["story"], stored["text"]) == ("rejected", None, "later")
