"""`winnow serve` with real crawls: it keeps the schedule, ends in order, and makes up for a missed moment once."""

import contextlib
import os
import subprocess
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest


@contextlib.contextmanager
def serving(winnow):
    """The service while the block lasts; it is ended by SIGTERM."""
    with subprocess.Popen(
        winnow.command("serve"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **winnow.options()
    ) as service:
        try:
            yield service
        finally:
            service.terminate()
            said = service.stderr.read()
    assert service.returncode == 0, said


def wait_for(condition, within=30.0):
    deadline = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return found


@pytest.fixture
def every(winnow):
    """Give the site a schedule."""
    sites = winnow.data / "sites.toml"
    before = sites.read_text()

    def write(how):
        sites.write_text(f"{before}{how}\n")

    return write


def finished(database):
    return list(database["runs"].find({"state": "finished"}).sort("started_at"))


def test_a_site_is_crawled_at_once_and_again_on_its_schedule(winnow, sync_database, every):
    every('every = "5s"')
    with serving(winnow):
        wait_for(lambda: len(finished(sync_database)) >= 3)
    runs = finished(sync_database)
    assert {run["asked_by"] for run in runs} == {"schedule"}
    assert all(later["started_at"] > run["ended_at"] for run, later in pairwise(runs))


def test_a_crawl_under_way_is_ended_cleanly_with_the_service(winnow, sync_database, every):
    every('every = "1h"')
    sites = winnow.data / "sites.toml"
    sites.write_text(sites.read_text().replace("delay = 0", "delay = 0.2"))
    with serving(winnow):
        run = wait_for(lambda: sync_database["runs"].find_one({"state": "running"}))
        time.sleep(1)
    assert sync_database["runs"].find_one({"_id": run["_id"]})["state"] == "interrupted"
    with pytest.raises(ProcessLookupError):
        os.kill(run["holder"]["pid"], 0)


def test_after_a_kill_the_schedule_goes_on_without_a_double_run(winnow, sync_database, every):
    every('every = "1h"')
    with subprocess.Popen(winnow.command("serve"), stderr=subprocess.DEVNULL, **winnow.options()) as service:
        wait_for(lambda: finished(sync_database))
        service.kill()
    with serving(winnow):
        time.sleep(2)
    assert sync_database["runs"].count_documents({}) == 1
    sync_database["fires"].update_one({"_id": "newsroom"}, {"$set": {"at": _hours_ago(5)}})
    with serving(winnow):
        wait_for(lambda: len(finished(sync_database)) == 2)
        time.sleep(1)
    assert sync_database["runs"].count_documents({}) == 2


def test_a_broken_sites_file_stops_it_with_one_line(winnow, every):
    every('every = "often"')
    done = winnow("serve", code=2)
    assert done.stderr.count("\n") == 1


def _hours_ago(hours):
    return datetime.now(UTC) - timedelta(hours=hours)
