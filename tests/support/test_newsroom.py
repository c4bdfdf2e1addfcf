"""The demo site keeps its word: it is the ground that other tests stand on."""

import urllib.error
import urllib.request
from datetime import datetime

import pytest

from tests.support.newsroom.process import Newsroom, order
from tests.support.newsroom.site import ZONE
from tests.support.newsroom.theme import age_of
from tests.support.newsroom.writing import containment, shingles

NOW = datetime(2025, 12, 20, 12, tzinfo=ZONE)


@pytest.fixture(scope="module")
def newsroom():
    with Newsroom(now=NOW) as site:
        yield site


def get(newsroom, path, **headers):
    request = urllib.request.Request(newsroom.url + path.lstrip("/"), headers=headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.status, response.headers, response.read()


def test_it_is_the_same_site_again_from_the_same_seed(newsroom):
    with Newsroom(now=NOW) as again:
        assert again.truth() == newsroom.truth()
        assert get(again, "/post/60.html")[2] == get(newsroom, "/post/60.html")[2]


def test_it_is_large_and_mixed_enough(newsroom):
    truth = newsroom.truth()
    kinds = {article["dup_kind"] for article in truth}
    shown = [teaser["is_spam"] for article in truth for teaser in article["related"]]
    assert len(truth) >= 120
    assert {"exact", "light", "heavy"} < kinds
    assert 0.3 <= sum(shown) / len(shown) <= 0.4
    assert sum(article["lang"] == "en" for article in truth) >= 15


def test_no_two_genuine_originals_are_alike(newsroom):
    texts = [shingles(a["text"]) for a in newsroom.truth() if not a["is_spam"] and not a["dup_of"]]
    assert max(containment(one, other) for at, one in enumerate(texts) for other in texts[:at]) < 0.25


def test_lists_lead_to_every_article(newsroom):
    found = set()
    for page in range(1, 13):
        _, _, body = get(newsroom, f"/page_{page}.html" if page > 1 else "/")
        found |= {a["path"] for a in newsroom.truth() if a["path"].encode() in body}
    assert found == {a["path"] for a in newsroom.truth()}


def test_one_section_is_in_gbk(newsroom):
    _, headers, body = get(newsroom, "/category-4.html")
    assert headers["Content-Type"] == "text/html; charset=gbk"
    assert "文化生活" in body.decode("gbk")


def test_a_second_reading_is_not_modified_until_something_is_published(newsroom):
    _, headers, _ = get(newsroom, "/")
    with pytest.raises(urllib.error.HTTPError, match="304"):
        get(newsroom, "/", **{"If-None-Match": headers["ETag"]})
    (path,) = newsroom.publish(1)
    assert path.encode() in get(newsroom, "/", **{"If-None-Match": headers["ETag"]})[2]


def test_an_article_can_be_corrected(newsroom):
    before = get(newsroom, "/post/30.html")[2]
    newsroom.edit("/post/30.html")
    assert get(newsroom, "/post/30.html")[2] != before


def test_hits_are_counted_and_orders_are_not(newsroom):
    newsroom.reset_hits()
    get(newsroom, "/robots.txt")
    assert newsroom.hits() == {"/robots.txt": 1}


def test_robots_sitemap_and_feed_agree(newsroom):
    assert b"Disallow: /private/" in get(newsroom, "/robots.txt")[2]
    assert get(newsroom, "/sitemap.xml")[2].count(b"<loc>") == len(newsroom.truth())
    assert get(newsroom, "/feed.xml")[2].count(b"<item>") == 20


@pytest.mark.parametrize(
    "path", ["/gone.html", "/post/9999.html", "/category-9.html", "/page_99.html", "/tags-99.html"]
)
def test_what_is_not_there_is_404(newsroom, path):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(newsroom, path)


@pytest.mark.parametrize(
    ("moment", "printed"),
    [
        (datetime(2025, 12, 20, 11, 59, 30, tzinfo=ZONE), "刚刚"),
        (datetime(2025, 12, 20, 11, 18, tzinfo=ZONE), "42分钟前"),
        (datetime(2025, 12, 19, 23, 0, tzinfo=ZONE), "13小时前"),
        (datetime(2025, 12, 17, 11, 0, tzinfo=ZONE), "3天前"),
        (datetime(2025, 9, 18, 0, 0, tzinfo=ZONE), "3个月前 (09-18)"),
        (datetime(2020, 4, 3, 0, 0, tzinfo=ZONE), "5年前 (2020-04-03)"),
    ],
)
def test_dates_are_printed_as_ages(moment, printed):
    assert age_of(NOW - moment, moment) == printed


def test_one_process_serves_many_small_sites_with_texts_of_their_own():
    with Newsroom(sites=30, articles=10) as many:
        sites = [order(url, "truth") for url in many.urls]
        (path,) = order(many.urls[-1], "publish", n=1)
        assert order(many.urls[-1], "truth")[-1]["path"] == path
        assert [len(order(url, "truth")) for url in many.urls[:-1]] == [10] * 29
    texts = [article["text"] for site in sites for article in site if not article["dup_of"]]
    assert len(set(texts)) == len(texts)
