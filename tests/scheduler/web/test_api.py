"""The API as programs use it."""

import logging
import time
from datetime import UTC, datetime

import httpx
import pytest
from pymongo import MongoClient

from scheduler.web.alerts import OPEN_SHOWN
from store import schedule
from tests.support.records import alert, run_record
from tests.support.webapp import served, state_of


def test_the_state_of_the_service(client, state):
    state.sites["beacon"].phase = "crawling"
    state.sites["lantern"].paused_by = "ada"
    told = client.get("/api/state").json()
    assert (told["sites"], told["crawling"], told["paused"], told["places"]) == (2, 1, 1, 4)
    assert datetime.fromisoformat(told["started_at"]) == state.started_at


def test_sites_come_with_their_last_run(client, sync_database):
    sync_database["runs"].insert_many([run_record(1, ago=500, state="failed"), run_record(2, ago=50, state="finished")])
    told = client.get("/api/sites").json()
    assert told["total"] == 2
    beacon, lantern = told["sites"]
    assert (beacon["name"], beacon["schedule"], beacon["phase"]) == ("beacon", "every 1h", "idle")
    assert beacon["last_run"]["id"] == "beacon-2"
    assert lantern["last_run"] is None


def test_sites_are_found_by_part_of_a_name_and_paged(client):
    assert [site["name"] for site in client.get("/api/sites", params={"q": "LANT"}).json()["sites"]] == ["lantern"]
    page = client.get("/api/sites", params={"limit": 1, "offset": 1}).json()
    assert ([site["name"] for site in page["sites"]], page["total"]) == (["lantern"], 2)


def test_pause_resume_and_run_are_stored_with_who_asked(client, sync_database):
    assert client.post("/api/sites/beacon/pause").json() == {"site": "beacon", "asked": "pause"}
    assert schedule.of_site(sync_database, "beacon").paused_by == "web"
    client.post("/api/sites/beacon/resume")
    assert schedule.of_site(sync_database, "beacon").paused_by is None
    client.post("/api/sites/beacon/run")
    assert schedule.of_site(sync_database, "beacon").wanted_by == "web"


@pytest.mark.parametrize("action", ["pause", "resume", "run"])
def test_an_unknown_site_can_not_be_asked_anything(client, sync_database, action):
    answer = client.post(f"/api/sites/nowhere/{action}")
    assert (answer.status_code, answer.json()) == (404, {"error": "there is no site nowhere"})
    assert sync_database["schedule"].count_documents({}) == 0


def test_runs_newest_first_by_site_and_state(client, sync_database):
    sync_database["runs"].insert_many(
        [
            run_record(1, ago=300, state="finished"),
            run_record(2, ago=200, state="failed"),
            run_record(3, ago=100, site="lantern"),
        ]
    )

    def ids(**asked):
        return [run["id"] for run in client.get("/api/runs", params=asked).json()["runs"]]

    assert ids() == ["lantern-3", "beacon-2", "beacon-1"]
    assert ids(site="beacon") == ["beacon-2", "beacon-1"]
    assert ids(state="failed") == ["beacon-2"]
    assert ids(limit=1, offset=1) == ["beacon-2"]


def test_one_run_with_its_counts(client, sync_database):
    record = run_record(1, state="finished", dropped=[{"reason": "teaser rejected: hook", "count": 3}])
    sync_database["runs"].insert_one(record)
    told = client.get("/api/runs/beacon-1").json()
    assert told["counts"]["dropped"] == [{"reason": "teaser rejected: hook", "count": 3}]
    assert datetime.fromisoformat(told["ended_at"]) == record["ended_at"]
    assert (told["cause"], told["due_at"]) == ("", None)


def test_only_the_end_of_a_long_log_is_told_from_the_start_of_a_line(client, sync_database, tmp_path):
    sync_database["runs"].insert_one(run_record(1))
    line = "2025-12-20 一行日志 <b>\n"
    (tmp_path / "beacon-1.log").write_text(line * 20_000, encoding="utf-8")
    answer = client.get("/api/runs/beacon-1/log")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert 200_000 < len(answer.content) <= 256 * 1024
    assert set(answer.text.splitlines(keepends=True)) == {line}


def test_a_log_that_is_not_here_is_said_to_be_missing(client, sync_database):
    sync_database["runs"].insert_one(run_record(1))
    assert client.get("/api/runs/beacon-1/log").status_code == 404


@pytest.mark.parametrize("name", ["..%2Fsecret", "%2e%2e%2fsecret", "nowhere"])
def test_no_file_but_the_log_of_a_run_is_read(client, sync_database, tmp_path, name):
    (tmp_path.parent / "secret.log").write_text("secret")
    sync_database["runs"].insert_one(run_record(1) | {"_id": "../secret"})
    answer = client.get(f"/api/runs/{name}/log")
    assert answer.status_code == 404
    assert "secret\n" not in answer.text


def test_alerts_open_and_ended(client, sync_database):
    sync_database["alerts"].insert_many([alert(), alert("nothing", ended_ago=60.0)])
    told = client.get("/api/alerts").json()
    assert [each["kind"] for each in told["open"]] == ["failing"]
    assert [each["kind"] for each in told["ended"]] == ["nothing"]
    assert not told["has_more_open"]


def test_that_more_alerts_are_open_than_are_told_is_told(client, sync_database):
    sync_database["alerts"].insert_many([alert() | {"_id": f"failing/{number}"} for number in range(OPEN_SHOWN + 1)])
    told = client.get("/api/alerts").json()
    assert (len(told["open"]), told["has_more_open"]) == (OPEN_SHOWN, True)
    assert "there are more" in client.get("/alerts").text
    assert "and more than 190 others" in client.get("/").text


def test_the_schema_names_every_address_for_programs(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {"/api/state", "/api/sites", "/api/sites/{name}/pause", "/api/runs/{run}/log", "/api/live"} <= set(paths)
    assert "/" not in paths


@pytest.mark.parametrize(
    ("path", "status"), [("/api/nothing", 404), ("/api/runs?limit=0", 422), ("/api/sites/beacon/pause", 405)]
)
def test_errors_are_one_sentence_as_json(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]


def test_a_body_that_is_too_long_is_refused_unread(client):
    assert client.post("/api/sites/beacon/pause", content=b"x" * 70_000).status_code == 413


def test_a_body_of_unknown_length_is_refused(client):
    assert client.post("/api/sites/beacon/pause", content=iter([b"x"])).status_code == 411


def test_a_bug_is_logged_with_its_traceback_and_told_without(client, state, caplog):
    state.sites["beacon"] = "not a site"
    with caplog.at_level(logging.ERROR, "uvicorn.error"):
        answer = client.get("/api/sites")
        deadline = time.monotonic() + 3
        while not any(record.exc_info for record in caplog.records):  # it is logged after the answer
            assert time.monotonic() < deadline, "it was not logged"
            time.sleep(0.02)
    assert answer.status_code == 500
    assert "AttributeError" not in answer.text
    assert "nosniff" in answer.headers["x-content-type-options"]


def test_without_the_store_what_needs_it_answers_503_and_health_goes_on(tmp_path):
    nowhere = MongoClient("mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100", tz_aware=True)  # no one listens
    with (
        nowhere,
        served(nowhere["winnow"], tmp_path, state_of("beacon")) as web,
        httpx.Client(base_url=web.url) as client,
    ):
        for path in ("/api/runs", "/api/sites", "/api/alerts", "/", "/runs"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert "Traceback" not in answer.text
        assert "MongoDB does not answer" in client.get("/api/runs").json()["error"]
        assert client.get("/health/live").status_code == 200


def test_an_open_service_stays_readable_while_the_store_is_away(client, state):
    client.get("/api/state")
    state.store_away_since = datetime.now(UTC)
    assert client.get("/api/state").json()["store_away_since"]
    assert client.get("/api/runs").status_code == 503
    assert client.post("/api/sites/beacon/pause").status_code == 503
