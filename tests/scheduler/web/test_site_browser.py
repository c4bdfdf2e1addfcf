"""A site's page, the list of runs and the log of a run in a real browser."""

import pytest
from playwright.sync_api import expect

from store import schedule
from tests.support.browser import NARROW, WIDE, assert_fit_for_all
from tests.support.records import alert, run_record
from tests.support.site_past import fill


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_name_of_a_site_leads_to_its_page_which_pauses_it(visit, sync_database, size):
    page = visit(viewport=size)
    page.goto("/")
    page.get_by_role("link", name="beacon", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("beacon")
    page.evaluate("window.stays = true")
    page.get_by_role("button", name="Pause beacon").click()
    expect(page.get_by_text("paused by web")).to_be_visible()
    page.get_by_role("button", name="Run now beacon").click()
    expect(page.get_by_text("asked for by web")).to_be_visible()
    stored = schedule.of_site(sync_database, "beacon")
    assert (stored.paused_by, stored.wanted_by) == ("web", "web")
    assert page.evaluate("window.stays")


def test_a_sites_page_is_worked_without_javascript(visit, sync_database):
    page = visit(java_script_enabled=False)
    page.goto("/sites/beacon")
    page.get_by_role("button", name="Pause beacon").click()
    expect(page.get_by_text("paused by web")).to_be_visible()
    assert page.url.endswith("/sites/beacon")


def test_a_sites_page_shows_its_own_run_progressing_and_no_others(visit, sync_database):
    page = visit()
    page.goto("/sites/beacon")
    sync_database["runs"].insert_many([run_record(2, site="lantern"), run_record(1)])
    expect(page.locator("[data-run=beacon-1] [data-field=pages]")).to_have_text("12")
    sync_database["runs"].update_one({"_id": "beacon-1"}, {"$set": {"counts.pages": 345}})
    expect(page.locator("[data-run=beacon-1] [data-field=pages]")).to_have_text("345")
    expect(page.locator("[data-run=lantern-2]")).to_have_count(0)


def test_the_list_of_runs_shows_those_that_run_progressing(visit, sync_database):
    page = visit()
    page.goto("/runs")
    sync_database["runs"].insert_one(run_record(1))
    bar = page.locator("[data-run=beacon-1] progress")
    expect(bar).to_have_attribute("value", "10")
    sync_database["runs"].update_one({"_id": "beacon-1"}, {"$set": {"counts.articles": 14, "counts.queued": 1}})
    expect(bar).to_have_attribute("value", "14")
    expect(bar).to_have_attribute("max", "15")


def test_a_log_goes_on_in_the_page_and_stays_at_its_end_for_who_looks_at_it(visit, sync_database, tmp_path):
    log = tmp_path / "beacon-1.log"
    log.write_text("".join(f"line {number}\n" for number in range(300)))
    sync_database["runs"].insert_one(run_record(1))
    page = visit()
    page.goto("/runs/beacon-1")
    shown = page.locator(".log")
    with log.open("a", encoding="utf-8") as file:
        file.write("第一条新行\n")
    expect(shown).to_contain_text("第一条新行")
    assert shown.evaluate("log => log.scrollTop + log.clientHeight > log.scrollHeight - 5")
    shown.evaluate("log => log.scrollTo(0, 50)")
    with log.open("a", encoding="utf-8") as file:
        file.write("the last line\n")
    sync_database["runs"].update_one({"_id": "beacon-1"}, {"$set": {"state": "finished", "reason": "all read"}})
    expect(shown).to_contain_text("the last line")
    assert shown.evaluate("log => log.scrollTop") == 50
    assert shown.inner_text().count("line 299") == 1


def test_the_pages_are_fit_for_all(visit, sync_database, tmp_path):
    fill(sync_database, "beacon")
    sync_database["alerts"].insert_one(alert())
    (tmp_path / "beacon-99.log").write_text("w" * 500)
    page = visit()
    for path in ("/", "/sites/beacon", "/sites/lantern", "/runs", "/runs/beacon-99", "/runs/beacon-3"):
        page.goto(path)
        assert_fit_for_all(page)
