import gzip
from datetime import UTC, datetime

import pytest

from crawler.discover.sitemap import MAX_BYTES, read_sitemap
from crawler.items import Origin

URL = "http://news.example.com/sitemap.xml"
SITE = "http://news.example.com/"


def urlset(*entries):
    """Return a urlset of entries that are XML texts."""
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        + "".join(f"<url>{entry}</url>" for entry in entries)
        + "</urlset>"
    ).encode()


def loc(path, lastmod=""):
    return f"<loc>{SITE}{path}</loc>" + (f"<lastmod>{lastmod}</lastmod>" if lastmod else "")


def paths(body):
    return [each.url.removeprefix(SITE) for each in read_sitemap(body, URL).teasers]


def test_articles_come_newest_first_without_lists_and_pictures():
    body = urlset(
        loc("post/1.html", "2025-01-01"),
        loc("post/2.html", "2025-12-20T10:00:00+08:00"),
        loc("category/a/"),
        loc("tag/a/"),
        loc("a.jpg"),
        loc(""),
    )
    assert paths(body) == ["post/2.html", "post/1.html"]


def test_a_news_sitemap_gives_title_and_date():
    date = "<news:publication_date>2025-12-20T12:00:00Z</news:publication_date>"
    news = f"<news:news>{date}<news:title>A  B</news:title></news:news>"
    (teaser,) = read_sitemap(urlset(loc("post/1.html", "2025-12-21") + news), URL).teasers
    assert (teaser.title, teaser.published_at, teaser.origin) == (
        "A B",
        datetime(2025, 12, 20, 12, tzinfo=UTC),
        Origin.SITEMAP,
    )


def test_a_change_is_no_publication():
    assert read_sitemap(urlset(loc("post/1.html", "2025-12-21")), URL).teasers[0].published_at is None


def test_an_index_names_further_maps_of_articles_only():
    articles = ["post-sitemap1.xml", "sitemap-news-2025.xml.gz", "sitemap.xml?page=2"]
    others = ["post_tag-sitemap.xml", "author-sitemap.xml", "category-sitemap.xml", "page-sitemap.xml"]
    others += ["wp-sitemap-posts-page-1.xml", "wp-sitemap-users-1.xml", "wp-sitemap-taxonomies-category-1.xml"]
    others += ["image-sitemap.xml", "video-sitemap.xml", "sitemap-pages.xml"]
    names = articles + others
    days = range(1, len(names) + 1)
    entries = "".join(
        f"<sitemap>{loc(name, f'2025-12-{day:02}')}</sitemap>" for name, day in zip(names, days, strict=True)
    )
    found = read_sitemap(f"<sitemapindex>{entries}</sitemapindex>".encode(), URL)
    assert [each.removeprefix(SITE) for each in found.children] == articles[::-1]
    assert found.teasers == []


def test_packed_maps_and_lists_of_lines_are_read():
    assert paths(gzip.compress(urlset(loc("post/1.html")))) == ["post/1.html"]
    assert paths(f"{SITE}post/1.html\n{SITE}tag/a/\nnonsense\n".encode()) == ["post/1.html"]


def test_a_map_cut_short_gives_what_came():
    body = urlset(*(loc(f"post/{n}.html") for n in range(100)))
    assert len(paths(body[: len(body) // 2])) > 40
    assert len(paths(gzip.compress(body)[:-200])) > 10


def test_a_bomb_is_read_to_the_limit_only():
    body = urlset(loc("post/1.html")).removesuffix(b"</urlset>") + b" " * (4 * MAX_BYTES)
    assert paths(gzip.compress(body)) == ["post/1.html"]


def test_entities_are_not_expanded():
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE urlset [<!ENTITY l0 "ha">{laughs}]>'.encode() + urlset(loc("post/1.html?&l11;"))
    assert not any("ha" in path for path in paths(body))


@pytest.mark.parametrize("body", [b"", b"<", b"\x1f\x8b", b"\x1f\x8bnonsense", b"<html><body>Not found", b"\x00\xff"])
def test_what_is_no_sitemap_gives_nothing(body):
    assert paths(body) == []
