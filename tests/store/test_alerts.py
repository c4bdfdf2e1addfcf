"""Alerts in the store: opened once, claimed by one, ended once; and the runs they are judged by."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from store import alerts, migrations

NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEY = ("failing", "demo", "")


@pytest.fixture
def store(database, sync_database, run):
    """The declared collections, empty."""
    run(migrations.prepare(database))
    return sync_database


@pytest.fixture
def opened(store):
    """One open alert."""
    assert alerts.begin(store, KEY, "three runs failed", NOW)
    return store


def only(store):
    [record] = alerts.open_ones(store)
    return record


def at_once(count, task):
    with ThreadPoolExecutor(count) as pool:
        return [each.result() for each in [pool.submit(task) for _ in range(count)]]


def sent(store, record, *names, trouble=(), now=NOW):
    to = {f"mark of {name}": name for name in names}
    alerts.mark_sent(store, [alerts.Sent(record=record, to=to, trouble=trouble)], now)


def test_of_services_that_open_an_alert_at_once_one_does(store):
    assert sorted(at_once(8, lambda: alerts.begin(store, KEY, "three runs failed", NOW))) == [False] * 7 + [True]
    assert len(alerts.open_ones(store)) == 1


def test_an_alert_opens_again_only_after_its_end(opened):
    first = only(opened)
    assert not alerts.begin(opened, KEY, "again", NOW)
    assert at_once(4, lambda: alerts.end(opened, first["_id"], "a run finished", NOW)).count(True) == 1
    assert alerts.open_ones(opened) == []
    assert alerts.begin(opened, KEY, "again", NOW + MINUTE)
    assert [record["message"] for record in alerts.recent(opened)] == ["again", "three runs failed"]


def test_alerts_of_other_subjects_and_fields_are_others(opened):
    for key in (("killed", "demo", ""), ("failing", "demo2", ""), ("failing", "demo", "x"), ("failing", "dem", "")):
        assert alerts.begin(opened, key, "m", NOW)
        assert not alerts.begin(opened, key, "m", NOW)
    assert {alerts.key_of(record) for record in alerts.open_ones(opened)} >= {KEY, ("failing", "dem", "")}


def test_openings_are_numbered_beyond_nine(store):
    for number in range(12):
        assert alerts.begin(store, KEY, str(number), NOW + number * MINUTE)
        assert alerts.end(store, only(store)["_id"], "over", NOW + number * MINUTE)
    assert len(alerts.recent(store, 0)) == 12


def test_of_services_that_claim_a_sending_at_once_one_does(opened):
    [record] = alerts.due(opened, NOW)
    assert at_once(8, lambda: alerts.claim(opened, record, NOW)).count(True) == 1
    assert alerts.due(opened, NOW) == []


def test_a_claim_runs_out_later_with_every_try(opened):
    now, waits = NOW, []
    for _ in range(9):
        [record] = alerts.due(opened, now)
        assert alerts.claim(opened, record, now)
        begin = now
        while not alerts.due(opened, now):
            now += MINUTE
        waits.append((now - begin) // MINUTE)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_what_was_read_before_another_claim_cannot_be_claimed_after_it_ran_out(opened):
    [stale] = alerts.due(opened, NOW)
    [record] = alerts.due(opened, NOW)
    assert alerts.claim(opened, record, NOW)
    assert not alerts.claim(opened, stale, NOW + 2 * MINUTE)


def test_who_took_an_alert_and_who_did_not_is_in_the_record(opened):
    sent(opened, only(opened), "address 1 (slack)", trouble=["address 2 (json): refused"])
    record = only(opened)
    assert (list(record["sent_to"].values()), record["trouble"]) == (
        ["address 1 (slack)"],
        ["address 2 (json): refused"],
    )
    sent(opened, record, "address 2 (json)")
    record = only(opened)
    assert (list(record["sent_to"].values()), record["trouble"]) == (["address 1 (slack)", "address 2 (json)"], [])


def test_an_end_is_due_until_all_have_it_and_for_a_day(opened):
    alerts.end(opened, only(opened)["_id"], "a run finished", NOW)
    [record] = alerts.due(opened, NOW)
    sent(opened, record, "address 1 (slack)", trouble=["address 2 (json): refused"])
    assert alerts.due(opened, NOW)
    assert alerts.due(opened, NOW + timedelta(hours=25)) == []
    sent(opened, record, "address 2 (json)")
    assert alerts.due(opened, NOW) == []


def test_a_claim_by_a_clock_that_was_ahead_holds_nothing_up(opened):
    ahead = NOW + timedelta(days=365)
    [record] = alerts.due(opened, ahead)
    assert alerts.claim(opened, record, ahead)
    [record] = alerts.due(opened, NOW)
    assert alerts.claim(opened, record, NOW)
    assert alerts.due(opened, NOW) == []


def test_what_no_service_looks_after_is_closed_without_a_notice(opened):
    alerts.begin(opened, ("killed", "demo", ""), "m", NOW)
    later = NOW + timedelta(hours=25)
    [ours] = [record["_id"] for record in alerts.open_ones(opened) if record["kind"] == "killed"]
    alerts.look_after(opened, [ours], later)
    alerts.leave_unwatched(opened, later)
    assert [record["_id"] for record in alerts.open_ones(opened)] == [ours]
    assert [record["_id"] for record in alerts.due(opened, later)] == [ours]


def test_what_a_person_closed_opens_again_only_after_it_was_over(opened):
    first = only(opened)["_id"]
    assert alerts.close(opened, first, NOW)
    assert not alerts.close(opened, first, NOW)
    assert [record["end_message"] for record in alerts.due(opened, NOW)] == ["closed by a person"]
    assert not alerts.begin(opened, KEY, "again", NOW)
    alerts.prune(opened, NOW + MINUTE)
    assert [record["_id"] for record in alerts.closed_ones(opened)] == [first]
    alerts.forget_closed(opened, first)
    assert alerts.begin(opened, KEY, "again", NOW + MINUTE)


def test_only_what_ended_long_ago_is_pruned(opened):
    alerts.begin(opened, ("killed", "demo", ""), "m", NOW)
    alerts.end(opened, alerts.recent(opened)[0]["_id"], "over", NOW)
    alerts.prune(opened, NOW)
    assert len(alerts.recent(opened)) == 2
    alerts.prune(opened, NOW + MINUTE)
    assert len(alerts.recent(opened)) == len(alerts.open_ones(opened)) == 1


def ran(store, number, state="finished", *, site="demo", new=0, ago=timedelta(0)):
    record = {"_id": f"{site}-{number}", "site": site, "state": state, "started_at": NOW - ago, "counts": {"new": new}}
    store["runs"].insert_one(record | ({} if state == "running" else {"ended_at": NOW - ago + MINUTE}))


def test_the_past_of_a_site_is_its_ended_runs_newest_first(store):
    ran(store, 1, new=2, ago=timedelta(days=100))
    ran(store, 2, new=2, ago=timedelta(days=2))
    ran(store, 3, "failed", ago=timedelta(days=1))
    ran(store, 4, "running", new=1)
    ran(store, 1, site="other", new=5)
    assert [run["_id"] for run in alerts.past_runs(store, "demo")] == ["demo-3", "demo-2", "demo-1"]
    assert [run["_id"] for run in alerts.past_news(store, "demo", NOW)] == ["demo-2"]
    assert alerts.news_moments(store, "demo", NOW) == [NOW - timedelta(days=2)]


def test_the_few_runs_that_brought_something_are_found_without_reading_the_others(store):
    for number in range(300):
        ran(store, number, new=int(number == 299), ago=number * MINUTE)
    store.command("profile", 2)
    assert [run["_id"] for run in alerts.past_news(store, "demo", NOW)] == ["demo-299"]
    assert alerts.news_moments(store, "demo", NOW) == [NOW - 299 * MINUTE]
    store.command("profile", 0)
    reads = list(store["system.profile"].find({"ns": f"{store.name}.runs", "op": "query"}))
    assert [read["docsExamined"] for read in reads] == [1, 1]


def test_runs_that_began_lately_or_are_under_way_are_found(store):
    ran(store, 1, "running", ago=timedelta(days=3))
    ran(store, 2, ago=timedelta(days=3))
    ran(store, 3, ago=MINUTE)
    assert alerts.lately_run(store, NOW - 5 * MINUTE) == {"demo-1": ("demo", "running"), "demo-3": ("demo", "finished")}
