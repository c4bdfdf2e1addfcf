"""`winnow serve` with real crawls: it keeps the schedule over changes, kills and outages, and ends in order."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from store import run_queries
from store.leases import LEASE
from store.search.files import SearchFiles
from tests.support.service import said, serving, wait_for


@pytest.fixture
def entry(winnow):
    """Write more of the site's entry, or whole entries, into the sites file; `delay` is the site's."""
    sites = winnow.data / "sites.toml"
    before = sites.read_text()

    def write(text, delay=0.0):
        sites.write_text(f"{before.replace('delay = 0', f'delay = {delay}')}{text}\n")

    return write


def having(database, **wanted):
    return list(database["runs"].find(wanted).sort("started_at"))


def running(database, site="newsroom"):
    return database["runs"].find_one({"site": site, "state": "running", "counts.pages": {"$gt": 0}})


def alive(run):
    try:
        os.kill(run["holder"]["pid"], 0)
    except ProcessLookupError:
        return False
    return True


def test_a_site_is_crawled_at_once_and_again_on_its_schedule(winnow, sync_database, entry):
    entry('every = "3s"')
    with serving(winnow):
        wait_for(lambda: len(having(sync_database, state="finished")) >= 3)
    found = having(sync_database, state="finished")
    assert {run["asked_by"] for run in found} == {"schedule"}
    assert all(later["started_at"] > run["ended_at"] for run, later in pairwise(found))
    assert all(run["started_at"] - run["due_at"] < timedelta(seconds=20) for run in found)


def test_what_the_service_crawls_is_indexed_before_anyone_searches(winnow, sync_database, entry):
    entry('every = "1h"')
    with serving(winnow):
        wait_for(lambda: having(sync_database, state="finished"))
        stored = {article["_id"] for article in sync_database["articles"].find({}, {"_id": 1})}
        files = SearchFiles(winnow.data)
        wait_for(lambda: (state := files.read()) and set(state.recent) == stored)


def test_a_crawl_may_finish_when_the_service_ends(winnow, sync_database, entry):
    entry('every = "1h"', delay=0.02)
    with serving(winnow, WINNOW_GRACE="30"):
        wait_for(lambda: running(sync_database))
    assert [run["state"] for run in having(sync_database)] == ["finished"]


def test_a_crawl_that_takes_longer_is_ended_cleanly_and_made_up_for_by_the_next_service(winnow, sync_database, entry):
    entry('every = "1h"', delay=0.2)
    with serving(winnow, WINNOW_GRACE="0"):
        run = wait_for(lambda: running(sync_database))
    ended = run_queries.find(sync_database, run["_id"])
    assert (ended["state"], ended["cause"], alive(run)) == ("interrupted", "stopped", False)
    assert sync_database["leases"].count_documents({}) == 0
    with serving(winnow, WINNOW_GRACE="0"):
        again = wait_for(lambda: running(sync_database))
    assert again["due_at"] == run["due_at"]


def test_a_second_signal_leaves_the_crawls_no_more_time(winnow, sync_database, entry):
    entry('every = "1h"', delay=0.5)
    with serving(winnow, WINNOW_GRACE="600") as service:
        wait_for(lambda: running(sync_database))
        service.terminate()
        time.sleep(1)
        assert service.poll() is None
    assert [run["cause"] for run in having(sync_database)] == ["stopped"]


def test_the_crawls_of_a_killed_service_live_on_and_are_not_doubled(winnow, sync_database, entry):
    entry('every = "4s"', delay=0.03)
    with serving(winnow, code=-signal.SIGKILL) as service:
        run = wait_for(lambda: running(sync_database))
        service.kill()
    with serving(winnow):
        wait_for(lambda: len(having(sync_database, state="finished")) >= 2)
    found = having(sync_database, state="finished")
    assert found[0]["_id"] == run["_id"]
    assert found[1]["started_at"] > found[0]["ended_at"]


def test_a_killed_crawl_is_told_and_made_up_for_at_once(winnow, sync_database, entry):
    entry('every = "1h"', delay=0.03)
    with serving(winnow):
        run = wait_for(lambda: running(sync_database))
        os.kill(run["holder"]["pid"], signal.SIGKILL)
        wait_for(lambda: having(sync_database, state="finished"))
    killed, made_up = having(sync_database)
    assert (killed["state"], killed["cause"]) == ("interrupted", "died")
    assert made_up["due_at"] == killed["due_at"]


def test_after_hours_of_downtime_one_run_makes_up_for_all_that_was_missed(winnow, newsroom, sync_database, entry):
    entry(f'every = "1h"\n[site.other]\nurl = "{newsroom.url}"\nevery = "2s"\ndelay = 0')

    def goes_on():
        seen = len(having(sync_database, site="other", state="finished"))
        wait_for(lambda: len(having(sync_database, site="other", state="finished")) >= seen + 2)

    with serving(winnow):
        wait_for(lambda: having(sync_database, site="newsroom", state="finished"))
    with serving(winnow):
        goes_on()
    assert len(having(sync_database, site="newsroom")) == 1
    hours_ago = datetime.now(UTC) - timedelta(hours=5)
    sync_database["schedule"].update_one({"_id": "newsroom"}, {"$set": {"fired_at": hours_ago, "due_at": hours_ago}})
    with serving(winnow):
        wait_for(lambda: len(having(sync_database, site="newsroom", state="finished")) == 2)
        goes_on()
    assert len(having(sync_database, site="newsroom")) == 2


def test_two_services_on_one_database_never_crawl_a_site_twice_at_once(winnow, sync_database, entry):
    entry('every = "2s"')
    with serving(winnow), serving(winnow) as other:
        wait_for(lambda: len(having(sync_database, state="finished")) >= 4)
        other.terminate()
        seen = len(having(sync_database))
        wait_for(lambda: len(having(sync_database)) >= seen + 2)
    found = having(sync_database)
    assert {run["state"] for run in found} == {"finished"}
    assert all(later["started_at"] > run["ended_at"] for run, later in pairwise(found))
    assert len({run["due_at"] for run in found}) == len(found)


def test_when_a_service_is_killed_with_its_crawl_another_takes_over_within_the_lease(winnow, sync_database, entry):
    entry('every = "1h"', delay=0.03)
    with serving(winnow, code=-signal.SIGKILL) as first:
        run = wait_for(lambda: running(sync_database))
        with serving(winnow):
            wait_for(lambda: said(winnow).count("ready at") == 2)
            killed = time.monotonic()
            first.kill()
            os.kill(run["holder"]["pid"], signal.SIGKILL)
            wait_for(lambda: [later for later in having(sync_database) if later["_id"] != run["_id"]])
            assert time.monotonic() - killed < LEASE
            wait_for(lambda: having(sync_database, state="finished"))
    assert [run["state"] for run in having(sync_database)] == ["interrupted", "finished"]


def test_a_change_of_the_file_is_taken_up_and_an_error_in_it_leaves_the_last_good_schedule(
    winnow, newsroom, sync_database, entry
):
    entry("")
    with serving(winnow):
        wait_for(lambda: ": 1 sites, " in said(winnow))
        entry(f'every = "3s"\n[site.more]\nurl = "{newsroom.url}"\ndelay = 0')
        wait_for(lambda: having(sync_database, state="finished"))
        entry('every = "often"')
        wait_for(lambda: "no duration" in said(winnow))
        seen = len(having(sync_database))
        wait_for(lambda: len(having(sync_database, state="finished")) >= seen + 2)
    assert said(winnow).count("no duration") == 1
    with serving(winnow):  # a restart does not lose the last good one either
        seen = len(having(sync_database))
        wait_for(lambda: len(having(sync_database)) > seen)
    assert {run["site"] for run in having(sync_database)} == {"newsroom"}


def test_a_broken_sites_file_without_an_earlier_good_one_stops_it_with_one_line(winnow, entry):
    entry('every = "often"')
    done = winnow("serve", code=2)
    assert done.stderr.count("\n") == 1


def test_pausing_outlasts_a_restart_and_a_wish_is_served_all_the_same(winnow, newsroom, sync_database, entry):
    entry(f'every = "2s"\n[site.other]\nurl = "{newsroom.url}"\nevery = "2s"\ndelay = 0')
    winnow("sites", "pause", "newsroom")
    with serving(winnow):
        wait_for(lambda: len(having(sync_database, site="other", state="finished")) >= 2)
        assert not having(sync_database, site="newsroom")
        winnow("sites", "run", "newsroom")
        wait_for(lambda: having(sync_database, site="newsroom", state="finished"))
        assert winnow.json("sites")[0]["paused_by"]
        winnow("sites", "resume", "newsroom")
        wait_for(lambda: having(sync_database, site="newsroom", state="finished", asked_by="schedule"))
    first = having(sync_database, site="newsroom")[0]
    assert first["asked_by"] not in ("schedule", "service")
    assert "due_at" not in first


def test_a_wish_waits_for_a_service_and_outlasts_a_crawl_that_is_killed(winnow, newsroom, sync_database, entry):
    entry(f'[site.other]\nurl = "{newsroom.url}"\nevery = "2s"\ndelay = 0', delay=0.3)
    winnow("sites", "run", "newsroom")
    with serving(winnow):
        run = wait_for(lambda: running(sync_database, "newsroom"))
        os.kill(run["holder"]["pid"], signal.SIGKILL)
        wait_for(lambda: having(sync_database, site="newsroom", state="finished"))
        seen = len(having(sync_database, site="other"))
        wait_for(lambda: len(having(sync_database, site="other")) >= seen + 2)
    assert [run["state"] for run in having(sync_database, site="newsroom")] == ["interrupted", "finished"]


def test_an_unknown_site_can_not_be_paused(winnow):
    assert winnow("sites", "pause", "nowhere", code=2).stderr.count("\n") == 1


def test_a_crawl_that_takes_too_much_memory_is_a_failed_run_that_says_so(winnow, sync_database, entry):
    entry('every = "1h"', delay=1)
    with serving(winnow, WINNOW_MAX_MEMORY="20"):
        run = wait_for(lambda: having(sync_database, state="failed"))[0]
    assert run["cause"] == "memory-limit"


def test_a_crawl_that_can_never_start_becomes_a_failed_run_that_names_its_log(winnow, sync_database, entry):
    entry('every = "1h"')
    winnow("sites", "run", "newsroom")
    with serving(winnow, SCRAPY_SETTINGS_MODULE="no.such.settings"):
        run = wait_for(lambda: having(sync_database, state="failed"))[0]
    assert "No module named" in (winnow.data / "logs" / f"{run['_id']}.log").read_text()
    assert f"{run['_id']}.log" in run["reason"]
    assert len(having(sync_database)) == 1
    assert winnow.json("sites")[0]["wanted_by"] is None
    assert run["due_at"]
