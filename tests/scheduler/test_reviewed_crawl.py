"""What a person decided of an article stands when it is crawled again, whatever its page says by then."""

from datetime import UTC, datetime

import pytest

from scheduler.reviewing import fingerprint
from store import reviews
from store.urls import key
from tests.scheduler.test_crawl_course import site, stored, winnow
from tests.support.scripted import article, listing

__all__ = ["site", "stored", "winnow"]

NOW = datetime(2025, 12, 2, tzinfo=UTC)
BAIT = "你有没有想过，免费在线观看到底有多爽？今天就让我带你一探究竟，赶快收藏起来吧，小伙伴们！"
HOOK = "免费在线观看，带你领略不一样的精彩"
DAM = article("江堤加固进度公布", "水利局12月1日通报（记者沈知远），加固工程分三段进行，沿岸居民月底前会得到通知。")
RAIL = article("城际铁路试运行", "据铁路部门12月1日消息，试运行列车每日往返八趟，票价将在听证会之后确定。")
MUSEUM = article("博物馆夜场开放", "市博物馆馆长林越12月1日介绍，夜场从周五开始，展出新修复的六件漆器。")


@pytest.fixture
def serve(site):
    """Have the site show these articles, by number."""

    def shows(articles):
        given = {f"/post/{number}.html": page for number, page in articles.items()}
        site.answer({"/": listing(*given)} | given)

    return shows


@pytest.fixture
def reviewed(winnow, site, serve, sync_database, stored):
    """Number 1 was bait and is restored, number 2 was news and is condemned, number 3 nobody reviewed."""
    serve({1: article(HOOK, BAIT), 2: RAIL, 3: MUSEUM})
    winnow("crawl", "demo")
    found = stored()
    assert found["/post/1.html"]["status"] in ("quarantined", "rejected")
    assert found["/post/2.html"]["status"] == "accepted"
    given = {"by": "ada", "now": NOW}
    reviews.restore(sync_database, key(f"{site.url}post/1.html"), fingerprint, **given)
    reviews.condemn(sync_database, key(f"{site.url}post/2.html"), **given)
    return stored()


def verdicts(found):
    return {path[6]: (record["status"], [each["code"] for each in record["reasons"]]) for path, record in found.items()}


REVIEWED = {"1": ("accepted", ["restored"]), "2": ("rejected", ["condemned"])}


def test_it_stands_when_the_pages_say_the_same(winnow, reviewed, stored):
    winnow("crawl", "demo", "--refresh")
    found = stored()
    assert verdicts(found) == REVIEWED | {"3": ("accepted", [])}
    for path in ("/post/1.html", "/post/2.html"):
        assert found[path]["fetched_at"] > reviewed[path]["fetched_at"]
        assert found[path]["seq"] > reviewed[path]["seq"]
        assert (found[path]["review"], found[path]["story"]) == (reviewed[path]["review"], reviewed[path]["story"])


def test_it_stands_when_they_were_edited_and_copies_join_what_was_restored(winnow, serve, reviewed, stored):
    bait = article(HOOK, BAIT)
    edited = {1: DAM, 2: bait, 3: bait}
    serve(edited)
    winnow("crawl", "demo", "--refresh")
    found = stored()
    assert {number: verdict for number, verdict in verdicts(found).items() if number in REVIEWED} == REVIEWED
    assert found["/post/3.html"]["status"] in ("quarantined", "rejected")
    assert [found[f"/post/{number}.html"]["versions"] for number in (1, 2, 3)] == [1, 1, 1]
    serve(edited | {4: DAM})
    winnow("crawl", "demo")
    copy = stored()["/post/4.html"]
    assert (copy["status"], copy["copy_of"]) == ("duplicate", found["/post/1.html"]["_id"])


def test_what_was_condemned_takes_no_articles_place_although_it_is_the_earlier_one(winnow, serve, reviewed, stored):
    serve({2: MUSEUM.replace("2025-12-01", "2025-11-01"), 3: MUSEUM, 5: MUSEUM})
    winnow("crawl", "demo", "--refresh")
    found = stored()
    assert verdicts({path: found[path] for path in ("/post/2.html", "/post/3.html", "/post/5.html")}) == {
        "2": ("rejected", ["condemned"]),
        "3": ("accepted", []),
        "5": ("duplicate", ["copy"]),
    }
    assert found["/post/5.html"]["copy_of"] == found["/post/3.html"]["_id"]
