"""The page of statistics in a real browser, and pages in Chinese as they change without a reload."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from store import migrations
from tests.support.articles import article
from tests.support.browser import Visit, assert_fit_for_all
from tests.support.records import run_record

NOW = datetime.now(UTC)


@pytest.fixture
def archive(sync_database):
    """Three months of articles of ten sites, some of them quarantined."""
    migrations.migrate(sync_database)
    records = []
    for number in range(270):
        at = NOW - timedelta(hours=8 * number)
        times = {"sort_at": at, "published_at": at, "stored_at": at + timedelta(minutes=7 * number)}
        verdict = (
            {"status": "quarantined", "reasons": [{"code": "slogan-title"}]} if number % 9 == 0 else {"reasons": []}
        )
        site = f"{'a-site-with-a-long-name-' * 3}{number % 10}"
        records.append(article(number, site=site, published_precision="minute", **times, **verdict))
    sync_database["articles"].insert_many(records)


def test_a_window_and_a_site_are_chosen(visit, archive):
    page = visit(java_script_enabled=False)
    page.goto("/statistics")
    expect(page.get_by_role("heading", name="Articles by day and site")).to_contain_text("80 articles kept")
    page.get_by_label("days").select_option("last 7 days")
    page.get_by_label("site", exact=True).fill(f"{'a-site-with-a-long-name-' * 3}1")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Articles by day and site")).to_contain_text("2 articles kept")
    page.get_by_text("As a table").click()
    expect(page.get_by_role("region", name="as a table").get_by_role("row")).to_have_count(8)


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_the_page_has_no_barriers_and_fits_the_screen(visit, archive, locale):
    page = visit(locale=locale)
    page.goto("/statistics?days=90")
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert_fit_for_all(page)


def test_the_content_is_one_key_away(visit):
    page = visit()
    page.goto("/statistics")
    page.keyboard.press("Tab")
    expect(page.get_by_text("To the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_page_in_chinese_stays_so_while_it_changes(visit, sync_database):
    page = visit(locale="zh-CN")
    page.goto("/")
    expect(page.get_by_text("现在没有抓取在进行")).to_be_visible()
    drops = [{"reason": "teaser rejected: hook", "count": 3}]
    sync_database["runs"].insert_one(run_record(1, ago=75.0, dropped=drops))
    run = page.locator("[data-run=beacon-1]")
    expect(run.locator("[data-field=state]")).to_have_text("进行中")
    expect(run.locator("[data-field=dropped]")).to_contain_text("链接拒绝：hook 3")
    expect(run.locator("[data-field=elapsed]")).to_contain_text("1 分")
    expect(page.locator("tr[data-site=beacon] time").first).to_contain_text("后")


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_what_is_wrong_is_told_without_barriers(chromium, web, locale):
    seen = Visit(chromium, web.url, locale=locale)
    seen.page.goto("/nowhere")
    assert_fit_for_all(seen.page)
    seen.context.close()
