"""Rounds over a real store, with letters to a real server."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from pymongo import MongoClient

from scheduler.alerts.installation import Facts
from scheduler.alerts.watch import Watch, read_facts
from scheduler.state import ServiceState
from store import alerts, migrations
from store.stats import Disk

NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SECRET = "T0kenThatNobodyMaySee"
COUNTS = {"pages": 1, "lists": 1, "known": 20, "new": 0}
WELL = {"host": "here", "disk": Disk(free=50 << 30, total=100 << 30)}
FULL = Disk(free=1, total=100 << 30)


class Service:
    """One service's watch over a database, a minute a round."""

    def __init__(self, database, *addresses, sites=("demo", "other"), now=NOW, apart=timedelta(0)):
        self.database, self.sites, self.now = database, sites, now
        self.watch = Watch(addresses, apart=apart)

    def look(self, **facts):
        self.now += MINUTE
        self.watch.look(self.database, self.sites, Facts(**WELL | facts), self.now)

    def ran(self, state="finished", **fields):
        return self.ran_often([{"state": state} | fields])[0]

    def ran_often(self, runs):
        number = self.database["runs"].count_documents({})
        records = [
            {"_id": f"{fields.get('site', 'demo')}-{number + i}", "site": "demo", "state": "finished", "cause": "",
             "reason": "as it was", "complete": fields.get("state") in (None, "finished"), "asked_by": "schedule",
             "counts": COUNTS, "started_at": self.now, "ended_at": self.now} | fields
            for i, fields in enumerate(runs)
        ]  # fmt: skip
        return self.database["runs"].insert_many(records).inserted_ids

    def failed(self, **fields):
        for _ in range(3):
            self.ran("failed", cause="error", **fields)

    def opened(self):
        return {(record["kind"], record["subject"]) for record in alerts.open_ones(self.database)}


def brought(last, number, gap, **fields):
    """Runs that brought something new, the newest of them the last."""
    return [{"started_at": last - ago * gap, "counts": COUNTS | {"new": 1}} | fields for ago in range(number)]


@pytest.fixture
def store(database, sync_database, run):
    run(migrations.prepare(database))
    return sync_database


def test_an_alert_is_told_once_and_its_end_once(store, hook):
    service = Service(store, hook.address("hook"))
    service.look()
    service.failed()
    for _ in range(3):
        service.look()
    service.ran()
    for _ in range(3):
        service.look()
    assert [letter["title"] for letter in hook.letters] == ["Winnow: alert, 1 new", "Winnow: alert, 1 over"]
    told, over = (letter["message"] for letter in hook.letters)
    assert told == "demo · failing: the last 3 runs failed, the latest: as it was"
    assert over == "over: demo · failing, after 3 minutes: a run finished: as it was"
    assert service.opened() == set()


def test_several_alerts_of_a_round_are_one_letter_of_bounded_length(store, hook):
    sites = [f"site-{number:02}" for number in range(15)]
    service = Service(store, hook.address("hook"), sites=sites)
    for site in sites:
        service.failed(site=site, reason="x" * 5000)
    service.look()
    [letter] = hook.letters
    assert letter["title"] == "Winnow: alerts, 15 new"
    assert letter["message"].splitlines()[-1] == "and 5 more; winnow alerts list --all shows them"
    assert len(letter["message"]) < 4000


def test_two_services_tell_once(store, mongo_uri, hook):
    with MongoClient(mongo_uri, tz_aware=True) as second:
        services = [Service(base, hook.address("hook")) for base in (store, second[store.name])]
        services[0].failed()
        with ThreadPoolExecutor(2) as pool:
            for _ in range(3):
                list(pool.map(Service.look, services))
            services[0].ran()
            for _ in range(3):
                list(pool.map(Service.look, services))
    assert [letter["title"] for letter in hook.letters] == ["Winnow: alert, 1 new", "Winnow: alert, 1 over"]


def test_a_service_that_died_after_its_claim_silences_nothing(store, hook):
    first, second = Service(store), Service(store, hook.address("hook"))
    first.failed()
    first.look()
    [record] = alerts.due(store, first.now)
    assert alerts.claim(store, record, first.now)
    second.look()
    assert hook.letters == []
    second.look()
    assert len(hook.letters) == 1


def test_what_one_address_refuses_is_sent_to_it_again_and_not_to_the_others(store, hook, caplog):
    caplog.set_level(logging.DEBUG)
    good, bad = hook.address(f"hook/{SECRET}"), hook.address(f"refused/{SECRET}")
    service = Service(store, good, bad)
    service.failed()
    hook.refuses.add("/refused")
    service.look()
    [record] = alerts.open_ones(store)
    assert list(record["sent_to"].values()) == ["address 1 (json)"]
    assert "address 2 (json): " in record["trouble"][0]
    assert "500" in record["trouble"][0]
    assert "address 2 (json)" in caplog.text
    hook.refuses.clear()
    for _ in range(4):
        service.look()
    assert len(hook.letters) == 2
    [record] = alerts.open_ones(store)
    assert (list(record["sent_to"].values()), record["trouble"]) == (["address 1 (json)", "address 2 (json)"], [])
    assert SECRET not in caplog.text + repr(alerts.recent(store)) + repr(hook.letters)


def test_an_alert_that_ended_before_anyone_heard_of_it_is_not_told(store, hook):
    hook.refuses.add("/hook")
    service = Service(store, hook.address("hook"))
    service.failed()
    service.look()
    hook.refuses.clear()
    service.ran()
    service.look()
    service.look()
    assert hook.letters == []


def test_letters_are_apart_and_what_waits_goes_together(store, hook):
    service = Service(store, hook.address("hook"), apart=5 * MINUTE)
    service.failed()
    service.look()
    service.failed(site="other")
    service.look()
    service.ran()
    service.look()
    assert len(hook.letters) == 1
    for _ in range(4):
        service.look()
    assert [letter["title"] for letter in hook.letters[1:]] == ["Winnow: alerts, 1 new, 1 over"]


def test_a_clock_that_was_ahead_for_a_while_silences_nothing(store, hook):
    service = Service(store, hook.address("hook"), apart=5 * MINUTE)
    service.failed()
    service.now += timedelta(days=365)
    service.look()
    service.now = NOW
    service.failed(site="other")
    service.look()
    assert len(hook.letters) == 2
    assert {record["last_seen_at"] for record in alerts.open_ones(store)} == {service.now}


def test_an_address_that_is_added_is_told_what_is_open(store, hook):
    service = Service(store)
    service.failed()
    service.look()
    Service(store, hook.address("hook"), now=service.now).look()
    assert len(hook.letters) == 1


def test_an_address_that_takes_anothers_place_is_told_and_the_other_not_again(store, hook):
    old, new = (hook.address("hook", f"?:who={name}") for name in ("old", "new"))
    service = Service(store, old)
    service.failed()
    service.look()
    moved = Service(store, new, old, now=service.now)
    moved.look()
    assert [letter["who"] for letter in hook.letters] == ["old", "new"]
    moved.ran()
    moved.look()
    assert sorted(letter["who"] for letter in hook.letters[2:]) == ["new", "old"]


def test_only_sites_with_a_run_that_ended_since_the_last_round_are_judged(store):
    service = Service(store)
    service.look()
    service.failed()
    under_way = service.ran("running", site="other", ended_at=None)
    service.look()
    assert service.opened() == {("failing", "demo")}
    alerts.end(store, alerts.open_ones(store)[0]["_id"], "by hand", service.now)
    service.look()
    assert service.opened() == set()
    store["runs"].update_one(
        {"_id": under_way}, {"$set": {"state": "failed", "cause": "hung", "ended_at": service.now}}
    )
    service.now += 30 * MINUTE
    service.look()
    assert service.opened() == {("killed", "other")}


def test_a_service_that_slept_judges_what_ended_meanwhile(store):
    service = Service(store)
    service.look()
    service.failed()
    service.now += timedelta(hours=3)
    service.look()
    assert service.opened() == {("failing", "demo")}


def test_a_silence_is_judged_by_more_news_than_records_are_read(store):
    """Two weeks of news every two hours are 168 runs; a day of silence tells something only after so long a time."""
    service = Service(store)
    for site, number in (("demo", 200), ("other", 100)):
        service.ran_often(brought(NOW - timedelta(days=1), number, 2 * HOUR, site=site))
        service.ran_often({"site": site, "started_at": NOW - hours * HOUR} for hours in range(1, 24, 2))
    service.look()
    assert service.opened() == {("yields-nothing", "demo")}


def test_what_no_run_saw_is_no_silence(store):
    """Ten days without Winnow: the longest silence stays an hour, and what was not seen is none that lasts."""
    service = Service(store)
    for site, quiet in (("demo", 20), ("other", 2)):
        service.ran_often({"site": site, "started_at": NOW - ago * HOUR} for ago in range(quiet))
        service.ran_often(brought(NOW - timedelta(days=10), 400, HOUR, site=site))
    service.look()
    assert service.opened() == {("yields-nothing", "demo")}
    assert alerts.open_ones(store)[0]["message"].startswith("no new article for 20 hours; the longest")


def test_a_time_without_winnow_lengthens_no_longest_silence(store):
    service = Service(store)
    service.ran_often({"started_at": NOW - ago * HOUR} for ago in range(10))
    service.ran_often(brought(NOW - 10 * HOUR, 30, HOUR) + brought(NOW - timedelta(days=10), 370, HOUR))
    service.look()
    assert alerts.open_ones(store)[0]["message"].endswith("the longest of its last 399 silences was 60 minutes")


def test_a_list_that_is_empty_every_night_is_told_once_it_is_empty_for_longer(store):
    """Over three weeks of runs every hour; of the 30 runs that are read for all else, none shows a teaser."""
    service = Service(store, sites=["demo"])
    empty = COUNTS | {"pages": 2, "lists": 2, "known": 0}
    service.ran_often(
        {"started_at": NOW - ago * HOUR, "counts": empty if ago < 36 or ago % 24 in range(12, 18) else COUNTS}
        for ago in range(21 * 24)
    )
    service.look()
    assert service.opened() == {("yields-nothing", "demo")}


def test_a_new_service_judges_what_ended_while_none_was_there(store):
    service = Service(store)
    service.failed()
    service.now += timedelta(days=2)
    service.look()
    assert service.opened() == {("failing", "demo")}


def test_a_round_that_failed_is_done_again(store):
    service = Service(store)
    service.look()
    service.failed()
    broken = store["runs"].find_one({"site": "demo"})["_id"]
    store["runs"].update_many({}, {"$unset": {"state": ""}}, bypass_document_validation=True)
    with pytest.raises(KeyError):
        service.look()
    store["runs"].update_many({}, {"$set": {"state": "failed"}})
    service.look()
    assert broken
    assert service.opened() == {("failing", "demo")}


def test_a_site_whose_records_nobody_can_read_silences_no_other(store, hook, caplog):
    service = Service(store, hook.address("hook"), sites=("demo", "other"))
    service.ran(counts=COUNTS | {"lists": 1, "dropped": {"teaser rejected": 3}})
    service.failed(site="other")
    service.look()
    assert service.opened() == {("failing", "other")}
    assert len(hook.letters) == 1
    assert "demo could not be judged" in caplog.text
    assert "Traceback" in caplog.text
    caplog.clear()
    service.look()
    assert "demo" not in caplog.text


def test_a_message_is_kept_up_to_date_without_a_second_letter(store, hook):
    service = Service(store, hook.address("hook"))
    service.failed()
    service.look()
    service.ran("failed", cause="error")
    service.look()
    assert "the last 4 runs failed" in alerts.open_ones(store)[0]["message"]
    assert len(hook.letters) == 1


def test_alerts_of_a_site_that_left_the_file_and_of_a_machine_that_is_gone_are_closed_quietly(store, hook):
    service = Service(store, hook.address("hook"))
    service.failed()
    service.failed(site="other")
    service.look(host="gone", disk=FULL)
    Service(store, hook.address("hook"), now=service.now).look()
    service.sites = ["other"]
    for _ in range(5):
        service.now += timedelta(hours=6)
        service.look()
    assert service.opened() == {("failing", "other")}
    assert [letter["title"] for letter in hook.letters] == ["Winnow: alerts, 3 new"]


def test_a_closed_alert_stays_closed_while_it_holds_and_opens_again_after_it_was_over(store, hook):
    service = Service(store, hook.address("hook"))
    service.failed()
    service.look()
    [record] = alerts.open_ones(store)
    alerts.close(store, record["_id"], service.now)
    service.failed()
    service.look()
    assert service.opened() == set()
    service.ran()
    service.look()
    service.now += MINUTE
    service.failed()
    service.look()
    assert service.opened() == {("failing", "demo")}
    assert [letter["title"] for letter in hook.letters] == [
        "Winnow: alert, 1 new",
        "Winnow: alert, 1 over",
        "Winnow: alert, 1 new",
    ]


def test_each_machine_ends_only_its_own_alerts(store):
    service = Service(store)
    service.look(host="full", disk=FULL)
    service.look(host="here")
    assert service.opened() == {("disk", "winnow")}
    service.look(host="full")
    assert service.opened() == set()


def test_a_store_that_is_away_is_told_once_without_it_and_its_return_once(hook, caplog):
    service = Service(None, hook.address(f"hook/{SECRET}"))
    since = NOW
    for _ in range(8):
        service.look(store_away_since=since)
    [letter] = hook.letters
    assert letter["message"].startswith("winnow · store-away: MongoDB has not answered here for 5 minutes")
    assert SECRET not in caplog.text


def test_the_return_of_the_store_is_told_once(store, hook):
    service = Service(store, hook.address("hook"))
    service.look(store_away_since=NOW - 10 * MINUTE)
    service.look()
    service.look()
    assert [letter["title"] for letter in hook.letters] == ["Winnow: MongoDB is away", "Winnow: MongoDB is back"]


def test_word_of_the_return_of_the_store_is_sent_until_it_is_taken_each_time_later(store, hook):
    service = Service(store, hook.address("hook"))
    service.look(store_away_since=NOW - 10 * MINUTE)
    hook.refuses.add("/hook")
    service.look()
    hook.refuses.clear()
    service.now -= MINUTE / 2
    service.look()
    assert len(hook.letters) == 1  # half a minute later is too early
    service.look()
    service.look()
    assert [letter["title"] for letter in hook.letters] == ["Winnow: MongoDB is away", "Winnow: MongoDB is back"]
    assert hook.letters[1]["message"] == "MongoDB answers here again, after 12 minutes"


def test_word_that_the_store_is_away_is_sent_each_time_later_to_those_that_do_not_take_it(hook, caplog):
    hook.refuses.add("/refused")
    service = Service(None, hook.address("hook"), hook.address("refused"))
    for _ in range(8):
        service.look(store_away_since=NOW - 10 * MINUTE)
    assert len(hook.letters) == 1
    assert caplog.text.count("could not be sent to address 2") == 4  # at once and after 1, 2 and 4 minutes


def test_a_second_absence_is_told_to_those_that_know_of_the_first_ones_end(store, hook):
    service = Service(store, hook.address("hook"))
    for _ in range(2):
        service.look(store_away_since=service.now - 10 * MINUTE)
        service.look()
    assert [letter["title"] for letter in hook.letters] == ["Winnow: MongoDB is away", "Winnow: MongoDB is back"] * 2


def test_a_store_that_was_away_shortly_is_not_told(store, hook):
    service = Service(store, hook.address("hook"))
    service.look(store_away_since=NOW)
    service.look()
    assert hook.letters == []


def test_facts_are_read_of_the_data_folder(tmp_path):
    state = ServiceState(started_at=NOW, places=1, sites_file_error="sites.toml:1: wrong", store_away_since=NOW)
    facts = read_facts(tmp_path, state)
    assert 0 < facts.disk.free <= facts.disk.total
    assert (facts.sites_file_error, facts.store_away_since) == ("sites.toml:1: wrong", NOW)


def test_a_data_folder_that_is_gone_hides_no_other_fact(tmp_path):
    state = ServiceState(started_at=NOW, places=1, sites_file_error="sites.toml:1: wrong")
    facts = read_facts(tmp_path / "gone", state)
    assert (facts.disk, facts.sites_file_error) == ("No such file or directory", "sites.toml:1: wrong")


def test_the_disk_of_the_server_is_looked_at(store):
    """An alert of it ends when the server says that there is enough: it is a disk of this machine."""
    service = Service(store)
    alerts.begin(store, ("disk", "winnow", "MongoDB"), "0.1 of 20 GiB are free for MongoDB", NOW)
    service.look()
    assert service.opened() == set()
