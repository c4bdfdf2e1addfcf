"""The pages as a browser gets them, without its scripts."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.state import SiteState
from scheduler.web import app
from tests.support.records import alert, run_record


def test_the_first_page_shows_what_runs_waits_and_is_wrong(client, state, sync_database):
    state.sites["beacon"].phase = "crawling"
    state.sites["lantern"].phase = "waiting"
    state.sites_file_error = "sites.toml:3: site lantern: every: write <30m>"
    sync_database["runs"].insert_one(run_record(1, dropped=[{"reason": "teaser rejected: hook", "count": 7}]))
    sync_database["alerts"].insert_one(alert(message="三次失败 & more"))
    page = client.get("/").text
    for words in (
        "teaser rejected: hook <b>7</b>",
        "Waiting for one of 4 places",
        "write &lt;30m&gt;",
        "三次失败 &amp; more",
    ):
        assert words in page


def test_what_is_paused_or_asked_for_shows_at_once(client, sync_database):
    client.post("/sites/beacon/pause")
    client.post("/sites/lantern/run")
    page = client.get("/").text
    assert "paused by web" in page
    assert 'action="/sites/beacon/resume"' in page
    assert "asked for by web" in page


def test_a_button_leads_back_to_where_it_was_pressed_and_never_elsewhere(client):
    assert client.post("/sites/beacon/pause", data={"back": "/?q=bea&page=2"}).headers["location"] == "/?q=bea&page=2"
    assert client.post("/sites/beacon/pause", data={"back": "//evil.example"}).headers["location"] == "/"


def test_a_site_that_is_late_is_due_now(client, state):
    state.sites["beacon"].due_at = datetime.now(UTC) - timedelta(hours=2)
    page = client.get("/").text
    assert ">now</time>" in page
    assert " ago<" not in page


def test_a_name_that_would_be_markup_is_text(client, state):
    state.sites["<i>x"] = SiteState(url="https://x.example/", schedule="every <b>")
    page = client.get("/").text
    assert "<i>x" not in page
    assert "every &lt;b&gt;" in page


def test_a_thousand_sites_are_paged_and_found(client, state, sync_database):
    for number in range(1000):
        state.sites[f"site-{number:04}"] = SiteState(url="https://s.example/", schedule="every 1h")
    sync_database["runs"].create_index([("site", 1), ("started_at", -1)])
    sync_database["runs"].insert_many(
        [run_record(each, site=f"site-{number:04}", state="finished") for number in range(1000) for each in range(5)]
    )
    page = client.get("/").text
    assert page.count("data-site=") == 50
    assert 'href="?page=2"' in page
    last = client.get("/", params={"page": "21"}).text
    assert "site-0999" in last
    assert "further" not in last
    assert 'data-site="site-0777"' in client.get("/", params={"q": "0777"}).text


def test_runs_are_filtered_and_paged(client, sync_database):
    sync_database["runs"].insert_many(
        [run_record(number, ago=number, state=("failed", "finished")[number % 2]) for number in range(120)]
    )
    page = client.get("/runs", params={"state": "failed"}).text
    assert "/runs/beacon-118" not in page
    assert "/runs/beacon-0" in page
    assert '/runs/beacon-1"' not in page
    assert "?state=failed&amp;page=2" in page
    assert "/runs/beacon-118" in client.get("/runs", params={"state": "failed", "page": "2"}).text
    assert "There is no such run" in client.get("/runs", params={"site": "nowhere"}).text


def test_a_runs_page_tells_its_end_counts_drops_and_log(client, sync_database, tmp_path):
    record = run_record(1, state="failed", took=75, dropped=[{"reason": "article rejected: 软文", "count": 2}])
    sync_database["runs"].insert_one(record | {"cause": "time-limit", "reason": "took longer than 1h"})
    (tmp_path / "beacon-1.log").write_text("一行 <script>\n", encoding="utf-8")
    page = client.get("/runs/beacon-1").text
    for words in ("time-limit", "took longer than 1h", "1 min 15 s", "article rejected: 软文", "一行 &lt;script&gt;"):
        assert words in page


def test_alerts_open_and_over(client, sync_database):
    sync_database["alerts"].insert_many([alert(), alert("nothing", message="none", ended_ago=60.0)])
    page = client.get("/alerts").text
    assert page.index("failed three times") < page.index("Over") < page.index("none")


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/runs/nothing", 404), ("/runs?page=0", 422), ("/sites/beacon/pause", 405)]
)
def test_errors_are_pages_of_our_own(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert "to the first page" in answer.text


def test_while_the_store_is_away_a_page_says_so(client, state):
    client.get("/")
    state.store_away_since = datetime(2025, 12, 20, 4, 30, tzinfo=UTC)
    answer = client.get("/runs")
    assert answer.status_code == 503
    assert "MongoDB has not answered since 2025-12-20T04:30:00+00:00" in answer.text


def test_a_script_declares_for_itself_alone_unless_every_page_loads_it():
    """A page loads several, and two that declare the same name outside a block do not run together."""
    scripts = {path.name: path.read_text() for path in (Path(app.__file__).parent / "static").glob("*.js")}
    declaring = {
        name for name, text in scripts.items() if re.search(r"^(async|function|const|let|class) ", text, re.MULTILINE)
    }
    assert declaring == {"live.js"} < set(scripts)


@pytest.mark.parametrize(
    ("path", "current"),
    [("/", "Sites"), ("/sites/beacon", "Sites"), ("/add", "Sites"), ("/review/done", "Review"), ("/verdicts", "Review"),
     ("/articles", "Articles"), ("/nowhere", None)],
)  # fmt: skip
def test_the_page_one_is_on_is_marked_among_the_pages(client, path, current):
    found = re.findall(r'aria-current="page">(\w+)', client.get(path).text.partition("<main")[0])
    assert found == ([current] if current else [])
