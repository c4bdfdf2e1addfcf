from datetime import UTC, datetime, timedelta, timezone

from crawler.items import Article, Failure, Origin, Page, Reason, Status, Teaser
from pipelines.record import article_record, failure_record, teaser_record
from store.urls import key

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2025, 12, 20, 12, tzinfo=CHINA)
HOME = "http://example.com/"


def article(**fields):
    page = Page(url=f"{HOME}1", status=200, headers={}, body=b"x", fetched_at=NOON)
    given = {"url": f"{HOME}1?from=feed", "canonical_url": f"{HOME}1", "site": "demo", "title": "t", "text": "x"}
    return Article(**given | fields, fetched_at=NOON, page=page)


def test_every_address_that_led_to_an_article_finds_it_again():
    record = article_record(article(aliases=[f"{HOME}old"]))
    assert record["_id"] == key(f"{HOME}1")
    assert set(record["keys"]) == {key(f"{HOME}1"), key(f"{HOME}old")}


def test_the_publishers_zone_is_kept():
    assert article_record(article(published_at=NOON))["published_offset"] == 480
    assert article_record(article())["published_offset"] is None


def test_an_article_without_a_date_is_listed_by_its_fetch():
    early = NOON - timedelta(days=1)
    assert article_record(article(published_at=early))["sort_at"] == early
    assert article_record(article())["sort_at"] == NOON


def test_a_record_holds_nothing_but_plain_values():
    bait = Teaser(
        url=f"{HOME}2", origin=Origin.RELATED, found_on=HOME, status=Status.REJECTED, reasons=(Reason(code="x"),)
    )
    record = article_record(article(related=[bait], reasons=[Reason(code="y", detail="z", weight=1.0)]))
    assert type(record["status"]) is str
    assert record["reasons"] == [{"code": "y", "detail": "z", "weight": 1.0}]
    assert record["related"][0]["status"] == "rejected"
    assert not {"page", "aliases", "replaces"} & set(record)


def test_a_failed_teaser_can_be_made_anew():
    teaser = Teaser(
        url=f"{HOME}2", origin=Origin.FEED, found_on=HOME, title="t", published_at=datetime(2025, 1, 1, tzinfo=UTC)
    )
    assert Teaser(**failure_record(Failure(teaser=teaser, error="timeout"))["teaser"]) == teaser


def test_a_remembered_teaser_says_where_it_was_seen():
    teaser = Teaser(url=f"{HOME}2", origin=Origin.FEED, found_on=f"{HOME}feed.xml")
    assert (
        teaser_record(teaser, "demo").items()
        >= {"site": "demo", "origin": "feed", "found_on": f"{HOME}feed.xml"}.items()
    )
