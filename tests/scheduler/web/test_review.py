"""The quarantine, reviews and verdicts as programs ask for them, and as pages without scripts show them."""

import logging
import re
from datetime import UTC, datetime
from html import unescape

import httpx
import pytest

from scheduler.web.passwords import hash_token
from scheduler.web.review import A_PAGE
from store import accounts, migrations
from store.accounts import Account
from tests.support.articles import article, store
from tests.support.quarantine import CALL, fill, told, verdict, waiting

TOKEN = "rhea." + "t" * 43


@pytest.fixture
def ids(sync_database):
    """Five quarantined articles, newest first."""
    migrations.migrate(sync_database)
    return fill(sync_database, 5)


@pytest.fixture
def reader(sync_database, web):
    """A program that may read."""
    account = Account(name="rhea", role="reader", kind="token", hash=hash_token(TOKEN), created_at=datetime.now(UTC))
    accounts.put(sync_database, account)
    with httpx.Client(base_url=web.url, headers={"Authorization": f"Bearer {TOKEN}"}) as asking:
        yield asking


def status(database, article):
    return database["articles"].find_one({"_id": article})["status"]


def listed(client, **asked):
    return [each["id"] for each in client.get("/api/review", params=asked).json()["articles"]]


def test_the_queue_newest_or_oldest_first_by_site_and_reason(client, sync_database, ids):
    store(sync_database, told(8), waiting(9, reasons=[CALL]))
    assert listed(client)[:5] == ids
    assert listed(client, order="oldest", limit=3)[1:] == ids[:2:-1]
    assert listed(client, site="beacon") == [ids[0], ids[2], ids[4]]
    answer = client.get("/api/review", params={"reason": "call"}).json()
    assert [each["title"] for each in answer["articles"]] == ["第9号报道"]
    assert answer["total"] == 1
    assert answer["reasons"] == [{"code": "hook", "count": 5}, {"code": "call", "count": 1}]
    assert answer["articles"][0]["reasons"][0]["detail"] == CALL["detail"]


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_paging_shows_each_once_although_some_are_reviewed_meanwhile(client, ids, order):
    seen, after = [], ""
    while after is not None:
        answer = client.get("/api/review", params={"order": order, "limit": 2, "after": after}).json()
        seen += [each["id"] for each in answer["articles"]]
        client.post(f"/api/articles/{seen[-1]}/restore")
        after = answer["next"]
    assert seen == (ids if order == "newest" else ids[::-1])


def test_restored_condemned_and_undone(client, sync_database, ids):
    done = client.post(f"/api/articles/{ids[0]}/restore").json()
    assert (done["deed"], done["by"], done["before"], done["copies"]) == ("restore", "web", "quarantined", 0)
    assert status(sync_database, ids[0]) == "accepted"
    assert sync_database["fingerprints"].find_one({"_id": ids[0]})["story"] == ids[0]
    assert client.post(f"/api/articles/{ids[1]}/condemn").json()["deed"] == "condemn"
    assert status(sync_database, ids[1]) == "rejected"
    undone = client.post(f"/api/reviews/{done['id']}/undo").json()
    assert (undone["undone_by"], status(sync_database, ids[0])) == ("web", "quarantined")
    history = client.get("/api/reviews").json()["reviews"]
    assert [(each["deed"], each["undone_by"]) for each in history] == [("condemn", None), ("restore", "web")]
    assert [each["id"] for each in client.get("/api/reviews", params={"article": ids[0]}).json()["reviews"]] == [
        done["id"]
    ]


def test_what_does_not_fit_is_refused_in_a_sentence(client, ids):
    client.post(f"/api/articles/{ids[0]}/restore")
    answer = client.post(f"/api/articles/{ids[0]}/condemn", params={"seen": "quarantined"})
    assert (answer.status_code, answer.json()) == (409, {"error": "web has restored it already"})
    for path in ("/api/articles/nowhere/restore", "/api/articles/nowhere/condemn", "/api/reviews/nowhere/undo"):
        answer = client.post(path)
        assert answer.status_code == 404
        assert "nowhere" in answer.json()["error"]
    for path in ("/api/review?order=best", "/api/review?limit=0", "/api/reviews?limit=999", "/api/verdicts?limit=201"):
        assert client.get(path).status_code == 422, path
    for path in ("/api/review", "/api/reviews", "/api/verdicts"):
        answer = client.get(path, params={"after": "nonsense"})
        assert answer.status_code == 400
        assert "no place" in answer.json()["error"]


def test_a_reader_reads_and_decides_nothing(client, reader, sync_database, ids):
    assert listed(reader) == ids
    for path in (f"/api/articles/{ids[0]}/restore", f"/articles/{ids[0]}/condemn", "/api/reviews/x/undo"):
        assert reader.post(path).status_code == 403, path
    assert status(sync_database, ids[0]) == "quarantined"
    assert reader.get("/review").text.count("data-article=") == 5
    for page in ("/review", "/review/done", f"/articles/{ids[0]}"):
        shown = reader.get(page).text
        assert "/restore" not in shown
        assert "/undo" not in shown


def test_a_decision_is_logged_with_who_made_it(client, ids, caplog):
    caplog.set_level(logging.INFO, "scheduler.web.review")
    client.post(f"/api/articles/{ids[0]}/condemn")
    assert caplog.messages == [f"web condemned the article {ids[0]}"]


def test_a_button_leads_back_with_word_of_what_was_done_and_never_elsewhere(client, sync_database, ids):
    answer = client.post(f"/articles/{ids[0]}/restore", data={"back": "/review?site=beacon&did=x"})
    review = sync_database["reviews"].find_one()["_id"]
    assert (answer.status_code, answer.headers["location"]) == (303, f"/review?site=beacon&did={review}")
    page = client.get(answer.headers["location"]).text
    assert "Restored: 第0号报道" in page
    assert f'action="/reviews/{review}/undo"' in page
    away = client.post(f"/reviews/{review}/undo", data={"back": "//evil.example/"})
    assert away.headers["location"] == f"/?did={review}"
    assert "Put back: 第0号报道" in client.get("/review", params={"did": review}).text


def test_a_button_of_the_second_page_leads_back_there(client, sync_database):
    migrations.migrate(sync_database)
    fill(sync_database, A_PAGE + 2)
    (further,) = re.findall(r'<a href="([^"]+)" rel="next"', client.get("/review?site=&order=oldest").text)
    page = client.get(unescape(further)).text
    assert unescape(re.findall(r'name="back" value="([^"]+)"', page)[0]) == unescape(further)


def test_to_the_first_of_the_history_keeps_what_was_asked_for(client, ids):
    client.post(f"/api/articles/{ids[0]}/restore")
    client.post(f"/api/articles/{ids[1]}/restore")
    after = client.get("/api/reviews?limit=1").json()["next"]
    page = client.get("/review/done", params={"by": "web", "site": "beacon", "after": after}).text
    assert 'href="/review/done?by=web&amp;site=beacon"' in page


def test_a_button_pressed_too_late_is_told_on_a_page(client, ids):
    client.post(f"/articles/{ids[0]}/restore")
    answer = client.post(f"/articles/{ids[0]}/condemn", data={"seen": "quarantined"})
    assert answer.status_code == 409
    assert "web has restored it already" in answer.text


def test_the_queue_counts_in_its_title_and_is_friendly_when_empty(client, sync_database, ids):
    assert "<title>(5) Review · Winnow</title>" in client.get("/review").text
    assert "Nothing that fits is waiting" in client.get("/review?site=nowhere").text
    sync_database["articles"].delete_many({})
    page = client.get("/review").text
    assert "<title>Review · Winnow</title>" in page
    assert "Nothing is waiting for you" in page


def test_the_page_of_an_article_has_the_buttons_that_fit(client, sync_database, ids):
    store(sync_database, told(8), article(9, **told(9) | {"status": "duplicate"}))
    shown = {number: client.get(f"/articles/{article(number)['_id']}").text for number in (0, 8, 9)}
    assert [("/restore" in shown[number], "/condemn" in shown[number]) for number in (0, 8, 9)] == [
        (True, True),
        (False, True),
        (False, False),
    ]
    review = client.post(f"/api/articles/{ids[0]}/restore").json()["id"]
    assert f"/reviews/{review}/undo" in client.get(f"/articles/{ids[0]}").text


def test_what_others_wrote_is_text(client, sync_database, ids):
    bad = "<script>alert(1)</script>\u202e"
    reasons = [{"code": bad, "detail": bad, "weight": 1.0}]
    store(sync_database, waiting(10, title=bad, text=bad, site=bad, reasons=reasons))
    sync_database["verdicts"].insert_one(
        verdict(1, title=bad, excerpt=bad, site=bad, reasons=reasons, url="javascript:alert(1)", found_on=bad)
    )
    client.post(f"/api/articles/{article(10)['_id']}/condemn")
    for path in (
        "/review",
        "/review?reason=" + bad,
        "/review/done?by=" + bad,
        "/review/done",
        "/verdicts?q=" + bad[:9],
    ):
        page = client.get(path).text
        assert "<script>alert" not in page, path
        assert 'href="javascript' not in page
        assert "\u202e" not in page or "?" in path, path


def test_verdicts_by_site_reason_and_part_of_a_title_paged(client, sync_database):
    migrations.migrate(sync_database)
    sync_database["verdicts"].insert_many([verdict(number) for number in range(7)])
    sync_database["verdicts"].insert_one(verdict(7, site="lantern", reasons=[CALL], title="Rain (50%) [live]"))

    def found(**asked):
        return [each["id"] for each in client.get("/api/verdicts", params=asked).json()["verdicts"]]

    assert found() == [f"v{number:03}" for number in range(8)]
    assert found(site="lantern") == found(reason="call") == found(q="rain (50%) [") == ["v007"]
    assert found(q="第3集") == found(q="第\0003集") == ["v003"]
    assert found(status="accepted") == []
    seen, after = [], ""
    while after is not None:
        answer = client.get("/api/verdicts", params={"limit": 3, "after": after}).json()
        seen += [each["id"] for each in answer["verdicts"]]
        after = answer["next"]
    assert seen == found()
    assert answer["reasons"] == [{"code": "hook", "count": 7}, {"code": "call", "count": 1}]
    assert client.get("/api/verdicts?site=lantern").json()["reasons"] == [{"code": "call", "count": 1}]


def test_the_page_of_verdicts_shows_what_led_to_them(client, sync_database):
    sync_database["verdicts"].insert_many([verdict(number) for number in range(51)])
    page = client.get("/verdicts").text
    assert 'href="http://example.com/v0"' in page
    assert "asks what nobody asked: 「你有没有想过」" in page
    assert "惊人内幕第50集" not in page
    following = page.partition('rel="next"')[0].rpartition('href="')[2].rstrip('" ').replace("&amp;", "&")
    assert "惊人内幕第50集" in client.get(following).text
    assert "No verdict fits" in client.get("/verdicts?q=nothing").text


def test_the_pages_speak_chinese(client, ids):
    chinese = {"Accept-Language": "zh-CN"}
    assert "篇待审" in client.get("/review", headers=chinese).text
    assert "还没有人审核过" in client.get("/review/done", headers=chinese).text
    assert "从未收录" in client.get("/verdicts", headers=chinese).text
