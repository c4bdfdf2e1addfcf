"""Feeds are what their specifications ask for, also of articles that were made to break them."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
from lxml import etree

from scheduler.feeds import About, atom, json_feed, rss
from store.queries import present
from tests.support import articles

ATOM = "{http://www.w3.org/2005/Atom}"
CHINA = timezone(timedelta(hours=8))
ABOUT = About("港口 & <新闻>", "http://127.0.0.1/articles?a=1&b=2", "http://127.0.0.1/feed.atom?a=1&b=2", articles.NOW)
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
HOSTILE = {
    "title": "\u202e</title><script>alert(1)</script>]]>\x1b[31m\x00\ufffe\n" + "长" * 1_000_000,
    "text": "\x0b]]>\x9b&amp;\ufffe" * 3,
    "html": "<p onclick='x'>]]>&amp;</content>\x0c</p>",
    "authors": ["\u2066<b>\x07"],
    "tags": ['"><x/>', "", "\x00"],
    "category": "'\">",
    "canonical_url": "http://example.com/?a=\"&b=<'>",
    "language": "zh",
}
PLAIN = {
    "title": "云川港吞吐量首破68万标箱",
    "text": "第一段\n第二段",
    "html": "<p>第一段</p>",
    "published_at": datetime(2025, 9, 18, 4, 30, 15, 250000, tzinfo=UTC),
    "published_offset": 480,
    "modified_at": datetime(2025, 9, 19, tzinfo=UTC),
    "authors": ["陆晓棠", "Ada Lovelace"],
    "category": "财经",
    "tags": ["港口", "财经"],
}


def record(number=1, **fields):
    return present(articles.article(number, **fields))


RECORDS = [record(1, **PLAIN), record(2, **HOSTILE), record(3, title="", text="")]


def parsed(pieces):
    return etree.fromstring("".join(pieces).encode(), etree.XMLParser(resolve_entities=False, huge_tree=True))


def is_address(text):
    return bool(urlsplit(text).scheme)


def test_atom_has_what_its_rfc_demands():
    feed = parsed(atom(RECORDS, ABOUT))
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}title") == ABOUT.title
    assert {link.get("rel", "alternate"): link.get("href") for link in feed.findall(f"{ATOM}link")} == {
        "self": ABOUT.feed_url,
        "alternate": ABOUT.url,
    }
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert is_address(element.findtext(f"{ATOM}id"))
        assert RFC_3339.fullmatch(element.findtext(f"{ATOM}updated"))
    assert feed.find(f"{ATOM}author/{ATOM}name").text  # stands for entries without one of their own
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries) == 3
    for entry in entries:
        assert [link.get("href") for link in entry.findall(f"{ATOM}link")]
        assert entry.find(f"{ATOM}content").get("type") in ("html", "text")


def test_atom_tells_all_that_is_known_of_an_article():
    entry = parsed(atom(RECORDS, ABOUT)).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"urn:winnow:{RECORDS[0]['id']}"
    assert entry.findtext(f"{ATOM}published") == "2025-09-18T12:30:15+08:00"
    assert entry.findtext(f"{ATOM}updated") == "2025-09-19T00:00:00+00:00"
    assert [a.findtext(f"{ATOM}name") for a in entry.findall(f"{ATOM}author")] == PLAIN["authors"]
    assert [category.get("term") for category in entry.findall(f"{ATOM}category")] == ["财经", "港口"]
    assert entry.findtext(f"{ATOM}content") == "<p>第一段</p>"
    assert entry.findtext(f"{ATOM}summary") == "第一段 第二段"


def test_rss_has_what_its_specification_demands():
    channel = parsed(rss(RECORDS, ABOUT)).find("channel")
    assert (channel.findtext("title"), channel.findtext("link")) == (ABOUT.title, ABOUT.url)
    assert channel.findtext("description")
    assert parsedate_to_datetime(channel.findtext("lastBuildDate")) == ABOUT.updated
    assert channel.find(f"{ATOM}link").get("href") == ABOUT.feed_url
    items = channel.findall("item")
    assert len({item.findtext("guid") for item in items}) == len(items) == 3
    for item in items:
        assert item.find("guid").get("isPermaLink") == "false"
        assert item.findtext("title")
        assert is_address(item.findtext("link"))
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo
    assert items[0].findtext("pubDate") == "Thu, 18 Sep 2025 12:30:15 +0800"
    assert [creator.text for creator in items[0].findall("{http://purl.org/dc/elements/1.1/}creator")] == PLAIN[
        "authors"
    ]
    assert items[0].findtext("{http://purl.org/rss/1.0/modules/content/}encoded") == PLAIN["html"]


def test_json_feed_has_what_its_specification_demands():
    feed = json.loads("".join(json_feed(RECORDS, ABOUT)))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["title"], feed["home_page_url"], feed["feed_url"]) == (ABOUT.title, ABOUT.url, ABOUT.feed_url)
    assert len({item["id"] for item in feed["items"]}) == 3
    for item in feed["items"]:
        assert item.get("content_html") or item.get("content_text")
        assert RFC_3339.fullmatch(item["date_published"])
        assert RFC_3339.fullmatch(item["date_modified"])
        assert all(value for value in item.values())
    assert feed["items"][0]["authors"] == [{"name": name} for name in PLAIN["authors"]]
    assert json.loads("".join(json_feed([], ABOUT)))["items"] == []


@pytest.mark.parametrize("form", [atom, rss, json_feed])
def test_a_hostile_article_is_text_and_its_title_short_and_straight(form):
    said = "".join(form(RECORDS, ABOUT))
    if form is json_feed:
        title = json.loads(said)["items"][1]["title"]
    else:
        feed = parsed([said])
        entry = list(feed.iter(f"{ATOM}entry", "item"))[1]
        title = entry.findtext(f"{ATOM}title") or entry.findtext("title")
        assert not list(feed.iter("script", f"{ATOM}script"))
    assert len(title) == 500
    assert title.startswith("</title><script>alert(1)</script>]]>[31m")
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\u2066]", said.replace("\\u", ""))


@pytest.mark.parametrize("form", [atom, rss, json_feed])
def test_a_feed_is_written_while_its_articles_are_read(form):
    asked = []

    def endless():
        while True:
            asked.append(1)
            yield RECORDS[0]

    pieces = form(endless(), ABOUT)
    while not any("urn:winnow:" in piece for piece in pieces):
        pass
    assert len(asked) <= 2
