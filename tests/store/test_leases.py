"""One holder at a time: over processes that die or freeze, machines out of reach, and clocks that are set."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from store import leases
from store.errors import LeaseLost, SiteBusy
from store.processes import born, is_dead, is_here, this_process

ELSEWHERE = this_process() | {"host": "another-machine", "pid": 1}
HOUR = 3_600_000  # milliseconds


async def hold(database, site, *, ran_out_by, holder=ELSEWHERE, is_crawl=True):
    """Let another hold a lease that ran out so many milliseconds ago by the server's clock."""
    await leases.acquire(database, site, f"{site}-old")
    until = {"$subtract": ["$$NOW", ran_out_by]}
    facts = {"until": until, "holder": {"$literal": holder}, "is_crawl": is_crawl}
    await database["leases"].update_one({"_id": site}, [{"$set": facts}])


async def holder_of(database, site):
    found = await database["leases"].find_one({"_id": site})
    return found and found["run"]


def test_of_many_who_ask_at_once_one_gets_it(database, run):
    async def scenario():
        asked = [leases.acquire(database, "demo", f"r{number}") for number in range(8)]
        return await asyncio.gather(*asked, return_exceptions=True)

    results = run(scenario())
    assert results.count(None) == 1
    assert sum(isinstance(result, SiteBusy) for result in results) == 7


def test_a_crawl_takes_over_what_the_service_reserved_for_its_run(database, run):
    async def scenario():
        await leases.acquire(database, "demo", "r1", is_crawl=False)
        with pytest.raises(SiteBusy):
            await leases.acquire(database, "demo", "r2")
        await leases.acquire(database, "demo", "r1")
        await leases.release(database, "demo", "r1")
        return await holder_of(database, "demo")

    assert run(scenario()) is None


def test_leases_that_ran_out_unrenewed_are_taken_and_a_frozen_holder_is_killed_first(database, run):
    frozen = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    os.kill(frozen.pid, signal.SIGSTOP)
    here = this_process() | {"pid": frozen.pid, "born": born(frozen.pid)}

    async def scenario():
        await hold(database, "elsewhere", ran_out_by=1)
        await hold(database, "future", ran_out_by=-HOUR)  # the server's clock was set back
        await hold(database, "frozen", ran_out_by=1, holder=here)
        sites = ("elsewhere", "future", "frozen")
        await asyncio.gather(*(leases.acquire(database, site, "new") for site in sites))
        return [await holder_of(database, site) for site in sites]

    assert is_here(here)
    assert run(scenario()) == ["new", "new", "new"]
    assert is_dead(here)
    assert frozen.wait(5) == -signal.SIGKILL


def test_a_lease_that_only_looks_run_out_since_the_clock_was_set_is_left_to_its_holder(database, run):
    async def scenario():
        await hold(database, "demo", ran_out_by=HOUR)

        async def renew_soon():
            await asyncio.sleep(1)
            return await leases.renew(database, "demo", "demo-old")

        renewed, refused = await asyncio.gather(
            renew_soon(), leases.acquire(database, "demo", "new"), return_exceptions=True
        )
        return renewed, type(refused), await holder_of(database, "demo")

    assert run(scenario()) == (True, SiteBusy, "demo-old")


def test_a_grip_is_lost_with_the_lease(database, run):
    async def scenario():
        await leases.acquire(database, "demo", "r1")
        grip = leases.Grip(database, "demo", "r1")
        await grip.ensure()
        await database["leases"].update_one({"_id": "demo"}, {"$set": {"run": "r2"}})
        await grip.ensure(within=60)
        with pytest.raises(LeaseLost, match="r1"):
            await grip.ensure(within=0)

    run(scenario())


def test_a_watch_finds_the_dead_at_once_and_who_is_out_of_reach_after_a_while(database, sync_database, run):
    dead = this_process() | {"born": -1}
    watch = leases.LeaseWatch()

    async def prepare():
        await hold(database, "dead", ran_out_by=-1000, holder=dead)
        await hold(database, "away", ran_out_by=1)
        await hold(database, "renewed", ran_out_by=1)
        await hold(database, "living", ran_out_by=-1000)

    def over(clock):
        return {lease["_id"] for lease in watch.over(sync_database, clock)}

    run(prepare())
    assert over(100.0) == {"dead"}
    run(leases.renew(database, "renewed", "renewed-old"))
    assert over(100.0 + leases.WATCH) == {"dead", "away"}


def test_a_watch_counts_nothing_that_it_saw_before_a_gap_in_which_nobody_could_renew(database, sync_database, run):
    watch = leases.LeaseWatch()
    run(hold(database, "away", ran_out_by=1))
    assert watch.over(sync_database, 100.0) == []
    assert watch.over(sync_database, 100.0 + 3 * leases.WATCH) == []


def test_what_is_over_is_broken_off_unless_its_holder_came_back(database, sync_database, run):
    run(hold(database, "away", ran_out_by=1))
    [lease] = list(sync_database["leases"].find())
    run(leases.renew(database, "away", "away-old"))
    leases.break_off(sync_database, lease)
    assert leases.held(sync_database) == {"away-old"}
    [lease] = list(sync_database["leases"].find())
    leases.break_off(sync_database, lease)
    assert leases.held(sync_database) == set()


def test_of_a_process_in_another_container_of_the_same_name_nothing_is_known():
    there = this_process() | {"space": -1, "born": -1}
    assert not is_dead(there)
    assert not is_here(there)
