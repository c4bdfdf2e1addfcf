from datetime import UTC, datetime

import pytest

from crawler.crawl import Crawl
from crawler.items import Article, Failure, Origin, Page, Reason, Status, Teaser
from crawler.outcome import Tally, outcome
from crawler.responses import FetchFailure
from crawler.sites import site_for_url

HOME = Crawl(site=site_for_url("http://example.com/"))
ENTRY = Crawl(site=site_for_url("http://example.com/"), entry="http://example.com/x")
GONE = {"http://example.com/": FetchFailure(Reason(code="unresolvable", detail="no such host"), is_final=False)}
SLOW = {"http://example.com/": FetchFailure(Reason(code="timeout"), is_final=False)}
NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)
PAGE = Page(url="http://example.com/1", status=200, headers={}, body=b"", fetched_at=NOW)


def article(**fields):
    url = PAGE.url
    given = {"url": url, "canonical_url": url, "site": "demo", "title": "t", "text": "x", "fetched_at": NOW}
    return Article(**given | fields, page=PAGE)


@pytest.mark.parametrize(
    ("reason", "crawl", "stats", "failed", "state", "exit_code", "complete"),
    [
        ("finished", HOME, {"fetch/list": 3}, {}, "finished", 0, True),
        ("finished", HOME, {"fetch/unchanged": 2}, {}, "finished", 0, True),
        ("finished", HOME, {"fetch/list": 3, "teasers/over-limit": 1}, {}, "finished", 0, False),
        ("finished", HOME, {"fetch/list": 3}, SLOW, "finished", 0, False),
        ("finished", HOME, {"fetch/list": 3, "report/errors": 1}, {}, "failed", 1, False),
        ("finished", HOME, {}, GONE, "failed", 2, False),
        ("finished", HOME, {}, SLOW, "failed", 1, False),
        ("finished", ENTRY, {"fetch/list": 1}, {}, "failed", 2, False),
        ("finished", ENTRY, {"fetch/article": 1, "report/articles": 1}, {}, "finished", 0, True),
        ("shutdown", HOME, {"fetch/list": 3}, {}, "interrupted", 1, False),
        ("store-unavailable", HOME, {"fetch/list": 3}, {}, "failed", 3, False),
        ("memusage_exceeded", HOME, {"fetch/list": 3}, {}, "failed", 1, False),
    ],
)
def test_how_a_run_ended(reason, crawl, stats, failed, state, exit_code, complete):
    result = outcome(reason, crawl, stats, failed)
    assert (result.end.state, result.exit_code, result.end.complete) == (state, exit_code, complete)
    assert result.end.reason


def test_what_was_dropped_is_counted_by_reason():
    tally = Tally()
    bait = Teaser(url="http://example.com/1", origin=Origin.LISTING, found_on="", status=Status.REJECTED,
                  reasons=(Reason(code="second-person"), Reason(code="no-source")))  # fmt: skip
    for item in (bait, bait, Failure(teaser=bait, error="timeout")):
        tally.take(item)
    counts = tally.counts({"fetch/list": 2, "fetch/article": 1, "teasers/followed": 4})
    assert counts["dropped"] == [{"reason": "teaser rejected: second-person", "count": 2}]
    assert (counts["pages"], counts["failed"], counts["queued"]) == (3, 1, 2)


def test_the_fields_of_what_was_kept_are_counted():
    tally = Tally()
    tally.take(article(authors=["Shen Zhiyuan"], published_at=NOW))
    tally.take(article(status=Status.DUPLICATE, published_at=NOW, tags=["river"]))
    tally.take(article(status=Status.QUARANTINED))
    tally.take(article(status=Status.REJECTED, authors=["Buy now"]))
    assert tally.counts({})["fields"] == {
        "articles": 3, "authors": 1, "source": 0, "published_at": 2, "category": 0, "tags": 1, "images": 0, "text": 3,
    }  # fmt: skip
