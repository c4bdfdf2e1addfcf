"""Articles in a real browser: searched, filtered, opened, and compared with what they were."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.support.articles import NOW, article, keep_page, keep_version, store
from tests.support.browser import assert_fit_for_all

TEXT = "龙舟赛在清晨开始。\n临澄区队以0.4秒优势夺魁。"


@pytest.fixture
def race(sync_database):
    """An article with all that its page can show, among others."""
    reason = {"code": "hook-phrase", "detail": "还在发愁吗？", "weight": 2.0}
    bait = {"url": "https://a.example/1", "title": "攻略大全", "excerpt": "一篇就够了", "status": "rejected"}
    record = article(
        1, title="龙舟队抢得头名", text=TEXT, html=f"<h2>比赛</h2><p>{TEXT}</p><blockquote>好</blockquote>",
        language="zh", site="beacon", versions=1, published_at=NOW, published_precision="day", published_text="前天",
        authors=["江晚舟"], tags=["体育"], related=[bait | {"reasons": [reason]}],
    )  # fmt: skip
    copy = {"status": "duplicate", "story": record["_id"], "copy_of": record["_id"], "title": "龙舟赛", "seq": 2}
    copied = {"code": "copy", "detail": "all", "weight": 1.0}
    others = [
        article(number, title=f"Sport {number}", text="Rain.", sort_at=NOW - timedelta(days=number), site="lantern")
        for number in range(3, 40)
    ]
    store(sync_database, record, article(2, text=TEXT, reasons=[copied], **copy), *others)
    keep_version(sync_database, record, 1, text=TEXT.replace("0.4", "0.5"))
    keep_page(sync_database, record, f"<nav>首页</nav><h1>龙舟队抢得头名</h1><p>{TEXT.replace(chr(10), '<p>')}</p>")
    return record


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
def test_an_article_is_searched_filtered_opened_and_compared(visit, race, has_script):
    page = visit(java_script_enabled=has_script)
    page.goto("/articles")
    page.get_by_label("words to search for").fill("清晨")
    page.get_by_label("verdict").select_option("any")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="2 articles")).to_be_visible()
    expect(page.locator("mark", has_text="清晨")).to_have_count(2)
    page.get_by_role("navigation", name="Sites").get_by_role("link", name="beacon").click()
    page.get_by_role("link", name="龙舟队抢得头名").click()
    expect(page.get_by_role("heading", name="龙舟队抢得头名")).to_be_visible()
    page.get_by_text("What was removed from its page").click()
    expect(page.get_by_text("首页")).to_be_visible()
    page.get_by_role("link", name="the present article").click()
    page.get_by_role("link", name="what changed after version 1").click()
    expect(page.locator("del")).to_contain_text("5")
    expect(page.locator("ins")).to_contain_text("4")


def test_a_day_is_chosen_from_the_bars_and_by_keyboard_from_the_table(visit, race):
    page = visit()
    page.goto("/articles?q=rain")
    page.locator(".days svg a").first.click()
    expect(page.get_by_role("heading", name="1 article")).to_be_visible()
    page.get_by_role("link", name="without from").click()
    page.get_by_role("link", name="without before").click()
    page.get_by_text("by day, as a table").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 article")).to_be_visible()


def test_what_is_typed_wrong_can_be_put_right_where_it_stands(chromium, web, race):
    page = chromium.new_page(base_url=web.url)
    page.goto("/articles")
    box = page.get_by_label("words to search for")
    box.fill("清晨 after:soon")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("after: 'soon' is no moment")
    expect(box).to_have_value("清晨 after:soon")
    box.fill("清晨")
    box.press("Enter")
    expect(page.get_by_role("heading", name="1 article")).to_be_visible()
    page.close()


def test_pages_of_articles_have_no_barriers_and_fit_the_screen(visit, race):
    page = visit()
    own = f"/articles/{race['_id']}"
    for path in ("/articles?status=any&author=江晚舟", own, f"{own}/versions/1"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert_fit_for_all(page)


def test_headings_of_an_article_stand_beneath_its_title(visit, sync_database):
    record = article(1, html="<h3>壹</h3><p>一</p><h4>贰</h4><p>二</p><h2>叁</h2><p>三</p><h4>肆</h4><p>四</p>")
    store(sync_database, record)
    page = visit()
    page.goto(f"/articles/{record['_id']}")
    assert_fit_for_all(page)


def test_a_hostile_article_runs_nothing_and_asks_nobody(visit, sync_database):
    title = "<img src=x onerror=document.title='owned'> \u202egpj.exe" + "w" * 2000
    html = (
        "<img src='https://evil.example/x'><svg onload=\"document.title='owned'\"></svg><p style='position:fixed'>x</p>"
    )
    record = article(1, title=title, html=html, tags=["<script>document.title='owned'</script>"], images=[])
    store(sync_database, record)
    page = visit(viewport={"width": 390, "height": 844})
    for path in ("/articles", f"/articles/{record['_id']}"):
        page.goto(path)
        assert "owned" not in page.title() or "onerror" in page.title()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
