"""Feeds of what a search finds: their kinds, what they lead to, and that hostile articles do nothing in them."""

import json
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import pytest

from scheduler.web.passwords import hash_password
from store import accounts
from store.accounts import Account
from tests.support.articles import NOW, article, store

ATOM = "{http://www.w3.org/2005/Atom}"
KINDS = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}
HOSTILE = (
    '<p onclick="x()">in <a href="javascript:x()">a</a></p><script>alert(1)</script><img src="https://t.example/x">'
)


@pytest.fixture
def harvest(sync_database):
    """One article of two that is asked for."""
    record = article(1, title="The harvest", text="It came in.", html="<p>It came in.</p>", published_at=NOW)
    store(sync_database, record, article(2, title="Sport", text="Nothing.", sort_at=NOW - timedelta(days=1)))
    return record


@pytest.mark.parametrize("form", KINDS)
def test_a_feed_has_what_its_search_finds(client, harvest, form):
    answer = client.get(f"/feeds/{form}", params={"q": "harvest"})
    assert answer.headers["content-type"].partition(";")[0] == KINDS[form]
    assert "The harvest" in answer.text
    assert "Sport" not in answer.text
    assert "Sport" in client.get(f"/feeds/{form}").text


@pytest.mark.parametrize("form", KINDS)
def test_a_reader_that_has_a_feed_is_told_so(client, harvest, form):
    first = client.get(f"/feeds/{form}")
    again = client.get(f"/feeds/{form}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    empty = [client.get(f"/feeds/{form}", params={"q": "nowhere"}).headers["etag"] for _ in range(2)]
    assert empty[0] == empty[1] != first.headers["etag"]


def test_a_feed_leads_back_to_its_search_and_to_the_publisher(web, client, harvest):
    feed = ElementTree.fromstring(client.get("/feeds/atom", params={"q": "harvest", "site": "demo"}).content)
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "self": f"{web.url}/feeds/atom?q=harvest&site=demo",
        None: f"{web.url}/articles?q=harvest&site=demo",
    }
    assert feed.findtext(f"{ATOM}title") == "Winnow · harvest · demo"
    assert feed.find(f"{ATOM}entry/{ATOM}link").get("href") == harvest["canonical_url"]


def test_hostile_articles_do_nothing_in_feeds(web, client, sync_database):
    record = article(1, title="<script>x</script>\x1b[31m\u202e", html=HOSTILE, canonical_url="javascript:alert(1)")
    store(sync_database, record)
    feed = json.loads(client.get("/feeds/json").text)["items"][0]
    assert feed["content_html"] == '<p>in <a rel="noreferrer noopener nofollow">a</a></p>'
    assert feed["url"] == f"{web.url}/articles/{record['_id']}"
    for form in ("atom", "rss"):
        text = client.get(f"/feeds/{form}").text
        ElementTree.fromstring(text)
        assert "<script" not in text
        assert "javascript:" not in text
        assert not {"\x1b", "\u202e"} & set(text)


def test_what_is_wrong_is_said_to_programs(client, sync_database):
    assert client.get("/feeds/atom", params={"q": "site:"}).status_code == 400
    assert "site: says nothing" in client.get("/feeds/atom", params={"q": "site:"}).json()["error"]
    assert client.get("/feeds/rss", params={"limit": 201}).status_code == 422
    assert "error" in client.get("/feeds/nothing").json()


def test_with_accounts_a_reader_shows_a_token_and_is_not_led_to_a_log_in(client, sync_database):
    known = {"name": "ada", "role": "reader", "kind": "password", "hash": hash_password("correct horse battery")}
    accounts.put(sync_database, Account(**known, created_at=NOW))
    answer = client.get("/feeds/atom")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
