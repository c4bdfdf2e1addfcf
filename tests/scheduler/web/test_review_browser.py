"""The quarantine in a real browser: by keyboard, by buttons with and without JavaScript, and for readers."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from scheduler.web.passwords import hash_password
from scheduler.web.review import A_PAGE
from store import accounts, migrations
from store.accounts import Account
from tests.support.articles import article, store
from tests.support.browser import Visit, assert_fit_for_all
from tests.support.quarantine import fill, verdict, waiting

PASSWORD = "correct horse battery"


@pytest.fixture
def ids(sync_database):
    """Four quarantined articles, newest first."""
    migrations.migrate(sync_database)
    return fill(sync_database, 4)


@pytest.fixture
def statuses(sync_database):
    def found():
        records = sync_database["articles"].find().sort("sort_at", -1)
        return [record["status"] for record in records]

    return found


def current(page):
    return page.locator(".case[aria-current]")


def said(page):
    return page.get_by_role("status")


def posts_of(page):
    """Return what a page asks the service to do from now on."""
    told = []
    page.on("request", lambda asked: told.append(asked.url) if asked.method == "POST" else None)
    return told


def test_the_queue_is_worked_by_keyboard(visit, ids, statuses):
    page = visit()
    page.goto("/review")
    expect(page).to_have_title("(4) Review · Winnow")
    expect(current(page)).to_contain_text("第0号报道")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    expect(current(page)).to_contain_text("第1号报道")
    expect(current(page)).to_be_focused()
    page.keyboard.press("r")
    expect(said(page)).to_have_text("Restored: 第1号报道")
    expect(current(page)).to_contain_text("第2号报道")
    page.keyboard.press("c")
    expect(said(page)).to_have_text("Condemned: 第2号报道")
    expect(current(page)).to_contain_text("第3号报道")
    expect(page).to_have_title("(2) Review · Winnow")
    assert statuses() == ["quarantined", "accepted", "rejected", "quarantined"]
    page.keyboard.press("u")
    expect(said(page)).to_have_text("Put back: 第2号报道")
    expect(current(page)).to_contain_text("第2号报道")
    page.keyboard.press("u")
    expect(said(page)).to_have_text("Put back: 第1号报道")
    expect(page.locator(".case h2")).to_have_text([f"第{number}号报道" for number in range(4)])
    assert statuses() == ["quarantined"] * 4


def test_keys_that_come_faster_than_answers_wait_for_them(visit, ids, statuses):
    page = visit()
    page.goto("/review")
    for key in "rcrc":
        page.keyboard.press(key)
    expect(page.get_by_text("Nothing is waiting for you")).to_be_visible()
    expect(page).to_have_title("Review · Winnow")
    assert statuses() == ["accepted", "rejected"] * 2


def test_the_next_page_of_the_queue_comes_when_one_is_done(visit, sync_database):
    migrations.migrate(sync_database)
    fill(sync_database, A_PAGE + 2)
    page = visit()
    page.goto("/review")
    for _ in range(A_PAGE):
        page.keyboard.press("c")
    page.wait_for_url("**/review?did=*")
    expect(page.locator(".case")).to_have_count(2)
    expect(said(page)).to_contain_text("Condemned")
    page.keyboard.press("u")
    expect(said(page)).to_contain_text("Put back")
    expect(page.locator(".case")).to_have_count(3)


def test_text_is_shown_and_the_article_opened_by_key(visit, ids):
    page = visit()
    page.goto("/review")
    page.keyboard.press("j")
    text = current(page).get_by_text("沿岸居民月底前会得到通知").last
    expect(text).to_be_hidden()
    page.keyboard.press("t")
    expect(text).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/articles/{ids[1]}")
    page.go_back()
    page.keyboard.press("o")
    page.wait_for_url("**/articles/*")


def test_keys_do_nothing_where_one_types_or_with_others_held_or_when_they_are_off(visit, ids, statuses):
    page = visit()
    deeds = posts_of(page)
    page.goto("/review")
    page.get_by_label("site").press_sequentially("rcu")
    expect(page.get_by_label("site")).to_have_value("rcu")
    page.get_by_role("heading", level=1).click()
    for key in ("Control+c", "Alt+c", "Shift+C"):
        page.keyboard.press(key)
    page.keyboard.press("?")
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("c")
    page.reload()
    page.keyboard.press("c")
    page.reload()
    assert deeds == []
    assert statuses() == ["quarantined"] * 4
    page.locator("summary", has_text="Keys").click()
    page.get_by_label("Use these keys").check()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("c")
    expect(said(page)).to_have_text("Condemned: 第0号报道")


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
def test_the_buttons_restore_condemn_and_undo(visit, ids, statuses, has_script):
    page = visit(java_script_enabled=has_script)
    page.goto("/review?site=beacon")
    page.get_by_role("button", name="第2号报道: Restore").click()
    expect(page.locator("#said")).to_contain_text("Restored: 第2号报道")
    expect(page.locator(".case")).to_have_count(1)
    assert "site=beacon" in page.url
    page.locator("#said").get_by_role("button", name="Undo").click()
    expect(page.locator("#said")).to_contain_text("Put back: 第2号报道")
    page.get_by_role("button", name="第0号报道: Condemn").click()
    expect(page.locator("#said")).to_contain_text("Condemned: 第0号报道")
    assert statuses() == ["rejected", *["quarantined"] * 3]
    page.get_by_role("link", name="Reviewed").click()
    page.get_by_role("button", name="第0号报道: Undo").click()
    expect(page.get_by_role("status")).to_contain_text("Put back: 第0号报道")
    assert statuses() == ["quarantined"] * 4


def test_who_comes_second_is_told(chromium, web, client, ids, statuses):
    opened = Visit(chromium, web.url)
    with opened.context:
        opened.page.goto("/review")
        client.post(f"/api/articles/{ids[0]}/restore")
        opened.page.keyboard.press("c")
        expect(said(opened.page)).to_have_text("web has restored it already")
    assert statuses()[0] == "accepted"
    (told,) = opened.troubles  # the browser's own, of every refusal
    assert "409" in told


def test_an_undo_that_fails_on_an_emptied_page_says_so(chromium, web, client, sync_database, statuses):
    migrations.migrate(sync_database)
    (only,) = fill(sync_database, 1)
    did = client.post(f"/api/articles/{only}/restore").json()["id"]
    opened = Visit(chromium, web.url)
    with opened.context:
        opened.page.goto(f"/review?did={did}")
        expect(said(opened.page)).to_have_text("Restored: 第0号报道")
        opened.page.route("**/undo", lambda route: route.abort())
        opened.page.keyboard.press("u")
        expect(said(opened.page)).to_have_text("The service does not answer.")
    assert statuses() == ["accepted"]


def test_a_reader_looks_through_the_queue_and_decides_nothing(visit, sync_database, ids, statuses):
    account = Account(
        name="rhea", role="reader", kind="password", hash=hash_password(PASSWORD), created_at=datetime.now(UTC)
    )
    accounts.put(sync_database, account)
    page = visit()
    page.goto("/review")
    page.get_by_label("Name").fill("rhea")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(current(page)).to_contain_text("第0号报道")
    page.keyboard.press("j")
    expect(current(page)).to_contain_text("第1号报道")
    deeds = posts_of(page)
    page.keyboard.press("r")
    page.keyboard.press("u")
    page.reload()
    assert deeds == []
    assert statuses() == ["quarantined"] * 4
    expect(page.get_by_role("button", name="Restore")).to_have_count(0)


def test_the_buttons_of_an_articles_page_lead_back_to_it(visit, ids, statuses):
    page = visit()
    page.goto(f"/articles/{ids[0]}")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert statuses()[0] == "accepted"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Restore")).to_be_visible()
    assert f"/articles/{ids[0]}" in page.url


def test_the_pages_have_no_barriers_and_are_not_wider_than_the_screen(visit, client, sync_database, ids):
    long = "很长的标题" * 30 + "x" * 200
    store(sync_database, waiting(10, title=long, text=long, site="s" * 80))
    sync_database["verdicts"].insert_many([verdict(1), verdict(2, title=long, found_on=f"http://example.com/{long}")])
    client.post(f"/api/articles/{ids[3]}/restore")
    client.post(f"/api/articles/{article(10)['_id']}/condemn")
    page = visit()
    for path in ("/review", "/review?site=none", "/review/done", "/verdicts"):
        page.goto(path)
        if path == "/review":
            page.keyboard.press("t")
            page.keyboard.press("r")
            expect(said(page)).to_contain_text("Restored")
            page.keyboard.press("?")
        assert_fit_for_all(page)
