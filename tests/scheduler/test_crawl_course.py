"""What a crawl does on sites that lie, fail, change or never end: each told by a scripted site."""

import pytest

from store.urls import key
from tests.support.scripted import article, listing, scripted
from tests.support.winnow import Winnow


@pytest.fixture
def site(tmp_path):
    with scripted(tmp_path / "site") as served:
        yield served


@pytest.fixture
def winnow(site, mongo_uri, sync_database, tmp_path):
    port = site.url.rsplit(":", 1)[1].strip("/")
    (tmp_path / "sites.toml").write_text(f'[site.demo]\nurl = "{site.url}"\ndelay = 0\nmax_pages = 20\n')
    return Winnow(tmp_path, mongo_uri, {"WINNOW_ALLOW_PRIVATE": f"127.0.0.1:{port}"})


@pytest.fixture
def stored(sync_database, site):
    """Return the stored articles by path."""

    def paths():
        found = sync_database["articles"].find()
        return {article["url"].removeprefix(site.url[:-1]): article for article in found}

    return paths


def pages(*numbers):
    return {f"/post/{n}.html": article(f"第{n}号江堤工程的始末") for n in numbers}


def test_a_page_that_fails_is_tried_in_the_next_run_and_a_gone_one_is_not(winnow, site, stored, sync_database):
    broken = {"/post/1.html": [503, "", {}], "/post/2.html": [404, "", {}], "/post/3.html": [403, "", {}]}
    site.answer({"/": listing("/post/1.html", "/post/2.html", "/post/3.html")} | broken)
    winnow("crawl", "demo")
    assert {f["_id"] for f in sync_database["pending"].find()} == {key(f"{site.url}post/{n}.html") for n in (1, 3)}
    site.answer({"/": listing("/post/1.html", "/post/2.html", "/post/3.html")} | pages(1, 2, 3))
    winnow("crawl", "demo")
    assert set(stored()) == {"/post/1.html", "/post/3.html"}
    assert sync_database["pending"].count_documents({}) == 0


def test_a_foreign_canonical_takes_no_articles_place(winnow, site, stored):
    site.answer({"/": listing("/post/1.html")} | pages(1))
    winnow("crawl", "demo")
    bait = "你有没有想过，免费在线观看到底有多爽？今天就让我带你一探究竟，赶快收藏起来吧，小伙伴们！"
    thief = article("免费在线观看，带你领略不一样的精彩", bait, canonical=f"{site.url}post/1.html")
    site.answer({"/": listing("/post/9.html", "/post/1.html"), "/post/9.html": thief} | pages(1))
    winnow("crawl", "demo", "--refresh")
    winnow("crawl", site.url + "post/9.html")
    assert stored()["/post/1.html"]["title"] == "第1号江堤工程的始末"
    assert stored()["/post/1.html"]["status"] == "accepted"
    assert "/post/9.html" in stored()


def test_a_limit_as_large_as_a_list_page_leaves_the_rest_to_the_next_run(winnow, site, stored):
    lists = {"/": listing("/post/1.html", "/post/2.html", more="/page_2.html"), "/page_2.html": listing("/post/3.html")}
    site.answer(lists | pages(1, 2, 3))
    winnow("crawl", "demo", "--limit", "2")
    winnow("crawl", "demo")
    assert set(stored()) == set(pages(1, 2, 3))


def test_what_a_feed_showed_first_does_not_end_the_paging_of_a_list(winnow, site, stored):
    site.answer({"/": listing("/post/1.html")} | pages(1))
    winnow("crawl", "demo")
    feed = "".join(f"<item><title>t</title><link>{{url}}post/{n}.html</link></item>" for n in (3, 4))
    home = listing("/post/5.html", more="/page_2.html").replace(
        "</head>", '<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head>'
    )
    lists = {
        "/": home,
        "/feed.xml": f"<rss><channel>{feed}</channel></rss>",
        "/page_2.html": listing("/post/3.html", "/post/4.html", more="/page_3.html"),
        "/page_3.html": listing("/post/6.html", "/post/1.html"),
    }
    site.answer(lists | pages(1, 3, 4, 5, 6))
    winnow("crawl", "demo")
    assert set(stored()) == set(pages(1, 3, 4, 5, 6))


def test_an_unchanged_home_page_does_not_hide_its_sources(winnow, site, stored):
    menu = "<div class='menu'><ul><li><a href='/category/river/'>江河</a></li></ul></div>"
    home = [200, listing("/post/1.html").replace("<body>", f"<body>{menu}"), {"ETag": '"home"'}]
    site.answer({"/": home, "/category/river/": listing("/post/1.html")} | pages(1))
    winnow("crawl", "demo")
    site.answer({"/": home, "/category/river/": listing("/post/2.html", "/post/1.html")} | pages(1, 2))
    winnow("crawl", "demo")
    assert set(stored()) == set(pages(1, 2))


def test_a_source_that_was_not_modified_keeps_what_is_known_of_it(winnow, site, sync_database):
    home = listing("/post/1.html").replace(
        "</head>", '<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head>'
    )
    feed = [200, "<rss><channel><item><link>{url}post/1.html</link></item></channel></rss>", {"ETag": '"feed"'}]
    site.answer({"/": home, "/feed.xml": feed} | pages(1))
    winnow("crawl", "demo")
    first = sync_database["sources"].find_one({"_id": site.url + "feed.xml"})
    winnow("crawl", "demo")
    then = sync_database["sources"].find_one({"_id": site.url + "feed.xml"})
    assert first["asked_at"] == first["read_at"] == then["read_at"] < then["asked_at"]
    assert then["headers"] == first["headers"] == {"If-None-Match": '"feed"'}
    assert then["kind"] == "feed"
    read = sync_database["sources"].find_one({"_id": site.url})
    assert read["asked_at"] == read["read_at"] == then["asked_at"]


def test_a_sitemap_that_never_ends_is_bounded_by_the_page_budget(winnow, site):
    def index(n):
        return f"<sitemapindex><sitemap><loc>{{url}}sitemap-{n}.xml</loc></sitemap></sitemapindex>"

    endless = {f"/sitemap-{n}.xml": index(n + 1) for n in range(60)}
    site.answer({"/": listing("/post/1.html"), "/sitemap.xml": index(0)} | endless | pages(1))
    assert "page budget" in winnow.json("crawl", "demo")["reason"]
    assert sum(site.hits().values()) <= 25


def test_an_article_alone_is_found_again_and_in_a_dry_run(winnow, site):
    site.answer(pages(1))
    assert "accepted" in winnow("crawl", site.url + "post/1.html", "--dry-run").stdout
    for _ in range(2):
        assert winnow.json("crawl", site.url + "post/1.html")["state"] == "finished"


def test_an_address_with_brackets_does_not_spoil_the_list_of_runs(winnow, site):
    site.answer({"/%5B/b%5D": "<html><body><p>nothing</p></body></html>"})
    winnow("crawl", site.url + "[/b]", code=2)
    assert "[/b]" in winnow("runs").stdout


def test_a_run_that_can_not_be_recorded_fetches_nothing(winnow, site, sync_database):
    site.answer({"/": listing("/post/1.html")} | pages(1))
    sync_database.command("create", "articles", viewOn="elsewhere", pipeline=[])
    assert "could not begin" in winnow("crawl", "demo", code=1).stdout
    assert not site.hits()


def test_what_the_sites_rules_let_in_since_is_found_although_nothing_was_modified(winnow, site, stored):
    page = [200, listing("/post/1.html", "/post/2.html"), {"ETag": '"1"'}]
    site.answer({"/": page} | pages(1, 2))
    sites = winnow.data / "sites.toml"
    before = sites.read_text()
    sites.write_text(f"{before}deny = ['/post/2']\n")
    winnow("crawl", "demo")
    winnow("crawl", "demo")
    assert set(stored()) == {"/post/1.html"}
    sites.write_text(before)
    winnow("crawl", "demo")
    assert set(stored()) == {"/post/1.html", "/post/2.html"}
