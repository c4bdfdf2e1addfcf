"""One site as programs and pages tell of it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from scheduler.web.language import words
from scheduler.web.runs import CAUSES
from store.runs import CAUSES as ALL_CAUSES
from tests.support.articles import article, store
from tests.support.records import alert, run_record

HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return datetime.now(UTC).replace(microsecond=0)


def postponed(number, attempts):
    teaser = {"url": f"https://beacon.example/{number}", "title": f"Title {number}", "origin": "listing"}
    return {"_id": str(number), "site": "beacon", "teaser": teaser, "attempts": attempts, "error": "HTTP 503",
            "first_at": datetime.now(UTC)}  # fmt: skip


def published(number, age, now, **fields):
    return article(number, **{"site": "beacon", "sort_at": now - age, "seq": number} | fields)


def test_its_last_runs_success_failure_and_news(client, sync_database):
    failed = run_record(2, state="failed", ago=300, took=10) | {"cause": "unreadable", "reason": "no feed"}
    sync_database["runs"].insert_many(
        [run_record(1, state="finished", ago=900, new=2), failed, run_record(3, state="finished", ago=100, new=0)]
    )
    told = client.get("/api/sites/beacon").json()
    assert [run["id"] for run in told["runs"]] == ["beacon-3", "beacon-2", "beacon-1"]
    assert told["last_failure"]["reason"] == "no feed"
    assert told["last_success"] == told["runs"][0]["ended_at"]
    assert told["last_news"] == told["runs"][2]["started_at"]
    assert told["site"]["health"] == {"mark": "ok", "reason": "news"}


def test_while_it_runs_it_is_as_well_as_its_last_run_that_is_over(client, sync_database):
    failed = run_record(1, state="failed", ago=900) | {"cause": "error"}
    sync_database["runs"].insert_many([failed, run_record(2)])
    told = client.get("/api/sites").json()["sites"][0]
    assert (told["last_run"]["state"], told["health"]["reason"]) == ("running", "run-failed")


def test_what_it_brought_is_counted(client, sync_database, now):
    store(
        sync_database,
        published(1, HOUR, now),
        published(2, 8 * 24 * HOUR, now),
        published(3, 31 * 24 * HOUR, now),
        published(4, HOUR, now, status="quarantined"),
        published(5, HOUR, now, status="duplicate"),
        published(6, HOUR, now, status="rejected"),
        published(7, HOUR, now, site="lantern"),
    )
    verdict = {"site": "beacon", "url": "u", "title": "t", "status": "rejected", "reasons": []}
    sync_database["verdicts"].insert_many(
        [verdict | {"_id": "new", "at": now}, verdict | {"_id": "old", "at": now - 31 * 24 * HOUR}]
    )
    assert client.get("/api/sites/beacon").json()["judged"] == {
        "week": 1, "accepted": 2, "duplicate": 1, "quarantined": 1, "rejected": 1, "never_stored": 1
    }  # fmt: skip


def test_what_it_kept_is_as_many_as_where_its_count_leads_to(client, sync_database, now):
    """Also of the first of the days: an article of its morning is older than seven days in the evening."""
    ages = HOUR, 7 * 24 * HOUR - HOUR, 7 * 24 * HOUR + HOUR, 30 * 24 * HOUR - HOUR, 30 * 24 * HOUR + HOUR
    store(sync_database, *(published(number, age, now) for number, age in enumerate(ages)))
    page = client.get("/sites/beacon").text
    linked = re.findall(r'<dd><a href="(/articles[^"]+)">(\d+)</a>', page)
    assert [int(count) for _, count in linked] == [2, 4]
    for address, count in linked:
        assert client.get(f"/api{unescape(address)}").json()["total"] == int(count)


def test_its_own_open_alerts_and_no_others(client, sync_database):
    sync_database["alerts"].insert_many([alert(message="mine"), alert(subject="lantern"), alert(ended_ago=5.0)])
    told = client.get("/api/sites/beacon").json()
    assert [each["message"] for each in told["alerts"]] == ["mine"]
    assert told["site"]["health"]["mark"] == "failing"


def test_a_page_whose_address_can_not_be_opened_is_named_without_a_link(client, sync_database):
    page = postponed(1, 1)
    page["teaser"] |= {"url": "javascript:alert(1)", "title": "Odd one"}
    sync_database["pending"].insert_one(page)
    text = client.get("/sites/beacon").text
    assert "Odd one" in text
    assert 'href="None"' not in text
    assert "javascript:" not in text


def test_pages_that_wait_come_as_the_next_run_takes_them(client, sync_database):
    sync_database["pending"].insert_many([postponed(1, 3), *(postponed(number, 1) for number in range(2, 32))])
    told = client.get("/api/sites/beacon").json()["pending"]
    assert (told["total"], len(told["first"])) == (31, 20)
    assert {page["attempts"] for page in told["first"]} == {1}
    assert told["first"][0]["error"] == "HTTP 503"


def test_its_sources_say_when_they_were_read_and_whether_they_had_changed(client, sync_database, now):
    known = {"site": "beacon", "headers": {"If-None-Match": "x"}}
    sync_database["sources"].insert_many(
        [
            known | {"_id": "https://beacon.example/", "asked_at": now - HOUR, "read_at": now - HOUR},
            known | {"_id": "https://beacon.example/feed", "kind": "feed", "asked_at": now, "read_at": now - 9 * HOUR},
            known | {"_id": "https://beacon.example/old", "kind": "listing"},
        ]
    )
    told = client.get("/api/sites/beacon").json()["sources"]
    assert [(source["kind"], source["is_unchanged"]) for source in told] == [
        ("feed", True),
        (None, False),
        ("listing", False),
    ]
    page = client.get("/sites/beacon").text
    assert "unchanged" in page
    assert "9 h ago" in page


def test_an_unknown_site_is_a_sentence(client):
    answer = client.get("/api/sites/nowhere")
    assert (answer.status_code, answer.json()) == (404, {"error": "there is no site nowhere"})
    page = client.get("/sites/nowhere")
    assert page.status_code == 404
    assert "here is no site nowhere." in page.text


def test_a_site_of_which_nothing_is_known_yet_has_a_page(client):
    page = client.get("/sites/lantern").text
    assert "It has never been crawled." in page
    assert "never" in page


def test_what_its_pages_wrote_does_nothing_here(client, sync_database):
    hostile = postponed(1, 1)
    hostile["teaser"] |= {"title": "<script>alert(1)</script>\u202e", "url": "javascript:alert(1)"}
    sync_database["pending"].insert_one(hostile | {"error": "<b>\x1b[31m"})
    page = client.get("/sites/beacon").text
    assert "<script>alert" not in page
    assert "javascript:" not in page
    assert "<b>\x1b" not in page


def test_a_bar_of_the_last_runs_says_in_words_what_it_shows(client, sync_database):
    sync_database["runs"].insert_one(run_record(1, state="failed", new=0) | {"cause": "time-limit"})
    assert "failed: it took longer than a crawl may, 0 new</span>" in client.get("/sites/beacon").text


def test_every_cause_is_said_in_words_in_both_languages():
    assert set(CAUSES) == set(ALL_CAUSES)
    assert set(CAUSES.values()) <= set(words("zh"))


def test_the_page_is_chinese_where_the_browser_is(client, sync_database):
    sync_database["runs"].insert_one(run_record(1, state="failed") | {"cause": "died"})
    page = client.get("/sites/beacon", headers={"Accept-Language": "zh"}).text
    for said in ("最近的抓取", "进程意外结束", "立即抓取", "有问题"):
        assert said in page


def test_runs_of_one_site_are_shown_running_only_where_the_filter_admits_them(client, sync_database):
    sync_database["runs"].insert_many([run_record(1), run_record(2, site="lantern"), run_record(3, state="failed")])
    page = client.get("/runs", params={"site": "beacon"}).text
    assert 'data-run="beacon-1"' in page
    assert 'data-run="lantern-2"' not in page
    assert "data-run=" not in client.get("/runs", params={"state": "failed"}).text
