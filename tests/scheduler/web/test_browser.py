"""The pages in a real browser: live progress, buttons with and without JavaScript, log-in, and a narrow screen."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from scheduler.web.passwords import hash_password
from store import accounts, schedule
from store.accounts import Account
from tests.support.browser import assert_fit_for_all, barriers
from tests.support.records import alert, run_record

PASSWORD = "correct horse battery"


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


def test_a_log_is_shown_to_its_end_though_much_is_written_at_the_last_and_its_head_is_dropped(
    visit, sync_database, tmp_path
):
    sync_database["runs"].insert_one(run_record(1))
    log = tmp_path / "beacon-1.log"
    log.write_text("first\n")
    page = visit()
    page.goto("/runs/beacon-1")
    shown = page.locator(".log")
    expect(shown).to_contain_text("first")
    log.write_text("first\n" + ("w" * 79 + "\n") * 40_000 + "last\n")
    ended = {"state": "finished", "reason": "all read", "ended_at": datetime.now(UTC)}
    sync_database["runs"].update_one({"_id": "beacon-1"}, {"$set": ended})
    expect(shown).to_contain_text("last")
    text = shown.text_content()
    assert len(text) <= 2_000_000
    assert not text.startswith("first")


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


def test_a_field_without_a_label_is_a_barrier(visit):
    page = visit()
    page.goto("/runs")
    assert barriers(page) == []
    page.locator("input[name=site]").evaluate(
        "field => { field.removeAttribute('aria-label'); field.placeholder = '' }"
    )
    assert [barrier.partition(":")[0] for barrier in barriers(page)] == ["label"]


def test_no_page_has_barriers_or_is_wider_than_the_screen(visit, sync_database):
    """Of what axe knows, in light and dark, wide and narrow."""
    sync_database["runs"].insert_many([run_record(1), run_record(2, state="failed")])
    sync_database["alerts"].insert_many([alert(), alert(ended_ago=60.0)])
    page = visit()
    for path in ("/", "/?q=nothing", "/runs", "/runs/beacon-1", "/runs/beacon-2", "/alerts"):
        page.goto(path)
        assert_fit_for_all(page)
