"""The pages in a real browser: live progress, buttons with and without JavaScript, log-in, and a narrow screen."""

import os
import shutil
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect, sync_playwright

from scheduler.web.passwords import hash_password
from store import accounts, schedule
from store.accounts import Account
from tests.support.records import alert, run_record

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def chromium():
    """The system's browser; without one the tests fail in CI and skip elsewhere."""
    path = shutil.which("chromium")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no chromium on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visit:
    """A page, and what went wrong or out while it was open."""

    def __init__(self, chromium, url, **options):
        self.context = chromium.new_context(base_url=url, **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(8000)
        self.troubles = []
        self.page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", lambda asked: None if asked.url.startswith(url) else self.troubles.append(asked.url))


@pytest.fixture
def visit(chromium, web):
    """Open pages; none may log an error or ask another host for anything."""
    opened = []

    def opens(**options):
        opened.append(Visit(chromium, web.url, **options))
        return opened[-1].page

    yield opens
    for each in opened:
        each.context.close()
    assert [trouble for each in opened for trouble in each.troubles] == []


def test_a_run_is_shown_progressing_without_a_reload(visit, sync_database):
    page = visit()
    page.goto("/")
    expect(page.get_by_text("Nothing is being crawled")).to_be_visible()
    page.evaluate("window.stays = true")
    sync_database["runs"].insert_one(run_record(1, ago=5.0))
    run = page.locator("[data-run=beacon-1]")
    expect(run.locator("[data-field=pages]")).to_have_text("12")
    drops = [{"reason": "teaser rejected: hook", "count": 3}]
    told = {"counts.pages": 1234, "counts.dropped": drops, "progress_at": datetime.now(UTC)}
    sync_database["runs"].update_one({"_id": "beacon-1"}, {"$set": told})
    expect(run.locator("[data-field=pages]")).to_have_text("1,234")
    expect(run.locator("[data-field=dropped]")).to_contain_text("teaser rejected: hook 3")
    ended = {"state": "finished", "reason": "all read", "ended_at": datetime.now(UTC)}
    sync_database["runs"].update_one({"_id": "beacon-1"}, {"$set": ended})
    expect(page.get_by_text("Nothing is being crawled")).to_be_visible()
    expect(page.locator("tr[data-site=beacon]")).to_contain_text("finished")
    assert page.evaluate("window.stays")


def test_a_runs_own_page_shows_its_end_without_a_reload(visit, sync_database):
    sync_database["runs"].insert_one(run_record(1))
    page = visit()
    page.goto("/runs/beacon-1")
    expect(page.locator("[data-run=beacon-1]")).to_be_visible()
    ended = {"state": "failed", "reason": "took too long", "cause": "time-limit", "ended_at": datetime.now(UTC)}
    sync_database["runs"].update_one({"_id": "beacon-1"}, {"$set": ended})
    expect(page.get_by_text("time-limit")).to_be_visible()


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
def test_the_buttons_work(visit, sync_database, has_script):
    page = visit(java_script_enabled=has_script)
    page.goto("/?q=bea")
    page.get_by_role("button", name="Pause beacon").click()
    expect(page.get_by_text("paused by web")).to_be_visible()
    assert page.url.endswith("/?q=bea")
    assert schedule.of_site(sync_database, "beacon").paused_by == "web"
    page.get_by_role("button", name="Resume beacon").click()
    expect(page.get_by_role("button", name="Pause beacon")).to_be_visible()
    page.get_by_role("button", name="Run now beacon").click()
    expect(page.get_by_text("asked for by web")).to_be_visible()


def test_logging_in_and_out(visit, sync_database):
    account = Account(
        name="ada", role="reader", kind="password", hash=hash_password(PASSWORD), created_at=datetime.now(UTC)
    )
    accounts.put(sync_database, account)
    page = visit()
    page.goto("/runs?site=beacon")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    assert page.url.endswith("/runs?site=beacon")
    page.goto("/")
    expect(page.get_by_role("button", name="Pause beacon")).to_have_count(0)
    page.get_by_role("button", name="Log out").click()
    page.goto("/runs")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def test_no_page_is_wider_than_the_screen(visit, sync_database, state, tmp_path):
    state.sites["beacon"].url = f"https://{'long-' * 30}.example/"
    state.sites["lantern"].schedule = "cron 0 6,18 * * 1-5 (America/Argentina/Buenos_Aires), quiet 23:00-06:00"
    state.sites_file_error = "x" * 300
    drops = [{"reason": f"article rejected: reason-{number}", "count": number} for number in range(9)]
    sync_database["runs"].insert_many(
        [run_record(1, dropped=drops), run_record(2, state="failed") | {"reason": "https://x.example/" + "y" * 200}]
    )
    sync_database["alerts"].insert_one(alert(message="z" * 200))
    (tmp_path / "beacon-1.log").write_text("w" * 500)
    page = visit(color_scheme="dark")
    for path in ("/", "/runs", "/runs/beacon-1", "/runs/beacon-2", "/alerts"):
        page.goto(path)
        for width in (400, 800, 981, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_name_of_a_site_stands_in_one_line(visit, state, sync_database):
    state.sites["news-example-com"] = state.sites.pop("beacon")
    record = run_record(1, site="news-example-com", state="failed")
    sync_database["runs"].insert_one(record | {"reason": "took longer than it may " * 20})
    page = visit(viewport={"width": 1280, "height": 800})
    for path in ("/", "/runs"):
        page.goto(path)
        name = page.locator("td.first b", has_text="news-example-com")
        assert name.bounding_box()["height"] < 30
