"""Adding a site in a real browser, from the first page to its first crawl, with a real service and without scripts."""

import re
import signal
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from crawler.sites import load_sites
from scheduler.preview import FoundSource, Judged, Preview, WhyNot
from tests.scheduler.conftest import NOW
from tests.support.browser import Visit, assert_fit_for_all
from tests.support.newsroom.process import Newsroom
from tests.support.service import said, serving, wait_for
from tests.support.silence import crawls_of, silence


def address(winnow):
    found = wait_for(lambda: re.search(r"ready at (http://\S+)/:", said(winnow)))
    return found[1]


def add(page, url, name):
    page.goto("/")
    page.get_by_role("link", name="Add a site").click()
    page.get_by_label("Address of the home page").fill(url)
    page.get_by_role("button", name="Look at it").click()
    box = page.get_by_label("name", exact=True)
    box.wait_for(timeout=30_000)
    expect(page.get_by_role("heading", name="云川快讯")).to_be_visible()
    expect(page.locator("section", has_text="What would be left out").locator("li").first).to_be_visible()
    box.fill(name)
    page.get_by_label("crawled every").select_option("2h")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".notice")).to_contain_text("its first crawl begins now")
    page.get_by_role("link", name="To the site").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_site_is_added_after_a_look_at_it_and_crawled(winnow, sync_database, chromium):
    sites = winnow.data / "sites.toml"
    sites.write_text("")
    with Newsroom(sites=2, articles=30, now=NOW) as newsroom:
        allowed = ",".join(urlsplit(url).netloc for url in newsroom.urls)
        with serving(winnow, WINNOW_ALLOW_PRIVATE=allowed):
            for name, has_script, url in zip(("scripted", "plain"), (True, False), newsroom.urls, strict=True):
                visit = Visit(chromium, address(winnow), java_script_enabled=has_script)
                add(visit.page, url, name)
                visit.context.close()
                assert visit.troubles == []
            wait_for(lambda: sync_database["runs"].count_documents({"state": "finished"}) == 2)
    assert list(load_sites(sites)) == ["scripted", "plain"]
    assert {run["site"] for run in sync_database["runs"].find()} == {"scripted", "plain"}


def test_a_service_that_stops_takes_its_previews_with_it(winnow):
    with silence() as (url, port), serving(winnow, WINNOW_ALLOW_PRIVATE=f"127.0.0.1:{port}"):
        assert httpx.post(f"{address(winnow)}/api/previews", json={"url": url}).status_code == 202
        wait_for(lambda: crawls_of(url))
    assert crawls_of(url) == []
    assert "the service stopped" in said(winnow)


def test_a_service_that_is_killed_leaves_no_preview_behind(winnow, newsroom, sync_database):
    """Nobody is left to kill its crawl, which reads pages still: it finds that nobody listens."""
    with serving(winnow, code=-signal.SIGKILL, WINNOW_DELAY="2") as service:
        assert httpx.post(f"{address(winnow)}/api/previews", json={"url": newsroom.url}).status_code == 202
        wait_for(lambda: newsroom.hits().get("/robots.txt"))
        assert crawls_of(newsroom.url)
        service.kill()
        wait_for(lambda: not crawls_of(newsroom.url), within=12)
    assert sync_database["runs"].count_documents({}) == 0


@pytest.fixture
def found():
    """A preview that is over, with all that one can have."""
    reasons = [WhyNot("search-text", "reads like search-engine text: 「" + "w" * 200 + "」")]
    at = datetime(2025, 12, 20, 4, tzinfo=UTC)
    facts = {"excerpt": "第一段。" * 40, "published_at": at, "published_precision": "minute"}
    titles = ("港口恢复通航", "w" * 300)
    return Preview(
        id="1",
        url="http://example.com/",
        name="example.com",
        title="河口晚报",
        cms="Z-BlogPHP 1.7",
        sources=[FoundSource("listing", f"http://example.com/{'x' * 90}-{number}.html") for number in range(20)],
        articles=[Judged(url="http://example.com/1", title=t, status="accepted", reasons=[], **facts) for t in titles],
        rejected=[Judged(url="http://example.com/2", title="秘籍", status="rejected", reasons=reasons, **facts)],
        rejected_total=7,
    )


@pytest.mark.parametrize("stage", ["running", "done", "failed"])
def test_a_preview_has_no_barriers_and_fits_the_screen(visit, web, found, stage):
    found.state, found.problem = stage, "it can't be read" if stage == "failed" else None
    web.previews._kept["1"] = found
    page = visit()
    page.goto("/add/1")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert_fit_for_all(page)


def test_an_address_that_is_none_can_be_put_right_where_it_stands(chromium, web):
    page = chromium.new_page(base_url=web.url)
    page.goto("/add")
    assert_fit_for_all(page)
    page.get_by_label("Address of the home page").fill("nonsense")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("is no address")
    expect(page.get_by_label("Address of the home page")).to_have_value("nonsense")
    assert_fit_for_all(page)
    page.close()


def test_a_preview_under_way_is_told_and_keeps_the_place_of_its_reader(visit, web, found):
    found.state = "running"
    web.previews._kept["1"] = found
    page = visit()
    page.goto("/add/1")
    expect(page.get_by_role("status")).to_have_text("Looking at it … 2 articles so far")
    page.get_by_role("link", name="港口恢复通航").focus()
    found.articles.append(found.articles[0])
    expect(page.get_by_role("status")).to_have_text("Looking at it … 3 articles so far")
    expect(page.get_by_role("link", name="港口恢复通航")).to_be_focused()
    found.state = "done"
    expect(page.get_by_role("status")).to_have_text("3 articles were looked at.")
    expect(page.locator("#preview")).to_be_focused()
