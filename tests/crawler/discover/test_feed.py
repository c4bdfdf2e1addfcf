import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from crawler.discover.feed import EXCERPT, read_feed
from crawler.items import Origin

URL = "http://news.example.com/feed.xml"
NOON = datetime(2025, 12, 20, 12, tzinfo=UTC)


def read(body, **options):
    return read_feed(body if isinstance(body, bytes) else body.encode(), URL, **options).teasers


def rss(item):
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>N</title><link>http://n.example/</link>{item}</channel></rss>'


def test_rss():
    (teaser,) = read(
        rss(
            "<item><title>A &amp;amp; B&nbsp;C</title><link> http://news.example.com/1.html </link>"
            "<description><![CDATA[<p>First <b>line</b></p><script>no()</script>]]></description>"
            "<pubDate>Sat, 20 Dec 2025 12:00:00 GMT</pubDate></item>"
        )
    )
    assert (teaser.url, teaser.origin, teaser.found_on) == ("http://news.example.com/1.html", Origin.FEED, URL)
    assert (teaser.title, teaser.excerpt, teaser.published_at) == ("A & B C", "First line", NOON)


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">T</title><link rel="self" href="/no"/>
    <link href="/1.html"/><published>2025-12-20T12:00:00Z</published><updated>2025-12-21T12:00:00Z</updated>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>S</p></div></content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><item><title>T</title><link>http://news.example.com/1.html</link>
    <dc:date>2025-12-20T20:00:00+08:00</dc:date><description>S</description></item></rdf:RDF>"""
ITEM = {"url": "/1.html", "title": "T", "content_html": "<p>S", "date_published": NOON.isoformat()}


@pytest.mark.parametrize("body", [ATOM, RDF, json.dumps({"items": [ITEM]})], ids=["atom", "rdf", "json"])
def test_other_kinds_of_feed(body):
    (teaser,) = read(body)
    assert (teaser.url, teaser.title, teaser.excerpt) == ("http://news.example.com/1.html", "T", "S")
    assert teaser.published_at == NOON


def test_a_link_may_stand_in_the_guid_or_behind_a_counter():
    assert read(rss("<item><guid>http://news.example.com/2</guid></item>"))[0].url == "http://news.example.com/2"
    counted = rss(
        '<item xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"><link>http://feeds.example.org/~r/1</link>'
        "<f:origLink>http://news.example.com/3</f:origLink></item>"
    )
    assert read(counted)[0].url == "http://news.example.com/3"


def test_dates_without_zone_are_those_of_the_site():
    dated = rss("<item><link>http://news.example.com/1</link><pubDate>2025-12-20 20:00:00</pubDate></item>")
    assert read(dated, zone=timezone(timedelta(hours=8)))[0].published_at == NOON
    assert read(dated.replace("2025-12-20 20:00:00", "yesterday"))[0].published_at is None


def test_a_feed_cut_short_gives_what_came():
    body = rss("".join(f"<item><title>T{n}</title><link>http://news.example.com/{n}</link></item>" for n in range(9)))
    assert [each.title for each in read(body[: len(body) // 2])][:3] == ["T0", "T1", "T2"]


def test_a_gb2312_feed_with_characters_of_gbk_is_read():
    body = rss("<item><title>朱镕基</title><link>http://news.example.com/1</link></item>")
    body = body.replace("?>", ' encoding="gb2312"?>', 1)
    assert read(body.encode("gbk"))[0].title == "朱镕基"


def test_an_article_that_is_announced_twice_is_one_teaser_and_an_excerpt_is_short():
    item = f"<item><link>http://news.example.com/1#a</link><description>{'word ' * 500}</description></item>"
    (teaser,) = read(rss(item + item.replace("#a", "#b")))
    assert len(teaser.excerpt) <= EXCERPT


@pytest.mark.parametrize(
    "body", [b"", b"<", b"{", b"[]", b"{}", b"<html><body>Not found", b"\x00\xff\xfe", b'{"items": [1]}']
)
def test_what_is_no_feed_gives_nothing(body):
    assert read(body) == []


def test_entities_are_not_expanded():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE rss [<!ENTITY l0 "ha"><!ENTITY f SYSTEM "file:///etc/passwd">{laughs}]>' + rss(
        "<item><title>&l11;&f;</title><link>http://news.example.com/1</link></item>"
    ).removeprefix('<?xml version="1.0"?>')
    assert all("ha" not in each.title and "root:" not in each.title for each in read(body))
