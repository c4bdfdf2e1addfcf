"""What is due next, over a store that goes away at the wrong moment."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from crawler.sites import parse_sites
from scheduler.state import ServiceState
from scheduler.timetable import Timetable
from scheduler.turns import Turn, Turns
from store import schedule
from store.errors import StoreUnavailable

SITES = parse_sites(
    '[site.demo]\nurl = "http://example.com/"\nevery = "1h"\n[site.more]\nurl = "http://example.org/"\nevery = "1h"\n',
    "sites.toml",
)
NOW = datetime.now(UTC).replace(microsecond=0)


class Store:
    """A store that can be away."""

    def __init__(self, database):
        self.database = database
        self.is_away = False

    async def ask(self, call):
        if self.is_away:
            raise StoreUnavailable("away")
        return call(self.database)


class Bench:
    """A timetable under test and what it works on."""

    def __init__(self, database):
        self.database = database
        self.store = Store(database)
        self.state = ServiceState(started_at=NOW, places=1)
        self.turns = Turns()
        self.timetable = Timetable(self.store, self.state, self.turns)

    def fired(self, site, ago, state="finished"):
        facts = {"run": f"{site}-1", "due_at": NOW - ago, "fired_at": NOW - ago, "tries": 1}
        self.database["schedule"].update_one({"_id": site}, {"$set": facts}, upsert=True)
        record = {"site": site, "state": state, "started_at": NOW - ago, "counts": {}}
        self.database["runs"].replace_one({"_id": f"{site}-1"}, record, upsert=True)

    async def waiting(self):
        """Return the sites that wait for their turn soon."""
        self.timetable.start()
        await asyncio.sleep(0.3)
        self.timetable.stop()
        return [(await self.turns.get()).site for _ in range(len(self.turns))]


@pytest.fixture
def bench(sync_database):
    return Bench(sync_database)


def test_sites_that_are_due_wait_and_others_have_their_moment(bench, run):
    bench.fired("more", timedelta(minutes=10))

    async def scenario():
        await bench.timetable.adopt(SITES)
        return await bench.waiting()

    assert run(scenario()) == ["demo"]
    assert bench.state.sites["demo"].phase == "waiting"
    assert bench.state.sites["more"].due_at == NOW + timedelta(minutes=50)


def test_sites_that_could_not_be_planned_are_with_the_next_call(bench, run):
    async def scenario():
        bench.store.is_away = True
        with pytest.raises(StoreUnavailable):
            await bench.timetable.adopt(SITES)
        bench.store.is_away = False
        await bench.timetable.plan()
        return await bench.waiting()

    assert sorted(run(scenario())) == ["demo", "more"]


def test_a_turn_whose_site_was_crawled_meanwhile_leads_to_nothing(bench, run):
    async def scenario():
        await bench.timetable.adopt(SITES)
        bench.fired("demo", timedelta(minutes=1))
        return await bench.timetable.due(Turn("demo", NOW))

    assert run(scenario()) is None
    assert bench.state.sites["demo"].phase == "idle"
    assert bench.state.sites["demo"].due_at == NOW + timedelta(minutes=59)


def test_a_wish_serves_the_schedule_too_if_that_is_due(bench, sync_database, run):
    schedule.want(sync_database, "demo", by="ann", now=NOW)
    bench.fired("demo", timedelta(hours=3))

    async def scenario():
        await bench.timetable.adopt(SITES)
        return await bench.timetable.due(Turn("demo", NOW, wanted=True)), await bench.timetable.due(
            Turn("demo", NOW, wanted=True)
        )

    due, _ = run(scenario())
    assert (due.asked_by, due.wanted_at, due.moment, due.after) == ("ann", NOW, NOW - timedelta(hours=2), "demo-1")


def test_a_paused_site_is_crawled_only_if_someone_wants_it(bench, sync_database, run):
    schedule.pause(sync_database, "demo", by="ann", now=NOW)

    async def scenario():
        await bench.timetable.adopt(SITES)
        scheduled = await bench.timetable.due(Turn("demo", NOW))
        schedule.want(sync_database, "demo", by="ann", now=NOW)
        return scheduled, await bench.timetable.due(Turn("demo", NOW, wanted=True)), await bench.waiting()

    scheduled, wanted, waiting = run(scenario())
    assert scheduled is None
    assert (wanted.moment, wanted.wanted_at) == (None, NOW)
    assert waiting == ["more"]


def test_a_site_that_left_the_file_is_forgotten(bench, run):
    async def scenario():
        await bench.timetable.adopt(SITES)
        await bench.timetable.adopt({"more": SITES["more"]})
        return await bench.waiting()

    assert run(scenario()) == ["more"]
    assert list(bench.state.sites) == ["more"]


def test_after_a_jump_of_the_clock_those_go_first_that_were_crawled_longest_ago(bench, run):
    bench.fired("demo", timedelta(hours=3))
    bench.fired("more", timedelta(hours=4))

    async def scenario():
        await bench.timetable.adopt(SITES)
        return await bench.waiting()

    assert run(scenario()) == ["more", "demo"]
