"""`winnow alerts` as a person runs it."""

from datetime import UTC, datetime, timedelta

import pytest

from store import alerts
from tests.support.winnow import Winnow

NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)
SECRET = "T0kenThatNobodyMaySee"


@pytest.fixture
def winnow(mongo_uri, sync_database, tmp_path):
    return Winnow(tmp_path, mongo_uri)


def test_open_alerts_are_listed_and_ended_ones_on_request(winnow, sync_database):
    alerts.begin(sync_database, ("failing", "demo", ""), "the last 3 runs failed", NOW)
    alerts.begin(sync_database, ("disk", "winnow", "here"), "0.5 of 20 GiB are free", NOW + timedelta(hours=1))
    alerts.end(sync_database, alerts.recent(sync_database)[0]["_id"], "9 GiB are free", NOW + timedelta(hours=2))
    said = winnow("alerts").stdout
    assert "failing" in said
    assert "the last 3 runs failed" in said
    assert "disk" not in said
    assert "disk" in winnow("alerts", "list", "--all").stdout
    [shown] = winnow.json("alerts", "list")
    assert (shown["kind"], shown["subject"], shown["ended_at"]) == ("failing", "demo", None)
    ended, _ = winnow.json("alerts", "list", "--all")
    assert (ended["end_message"], ended["sent_to"]) == ("9 GiB are free", [])


def test_an_open_alert_is_closed_by_its_id(winnow, sync_database):
    alerts.begin(sync_database, ("field-vanished", "demo", "authors"), "authors is missing", NOW)
    [shown] = winnow.json("alerts", "list")
    winnow("alerts", "close", shown["id"])
    assert winnow.json("alerts", "list") == []
    assert "there is no open alert" in winnow("alerts", "close", shown["id"], code=2).stderr


def test_nothing_is_said_where_nothing_is_wrong(winnow):
    assert winnow("alerts").stdout == ""


def test_a_test_message_arrives_and_each_address_has_its_line(winnow, hook):
    done = winnow("alerts", "test", WINNOW_ALERTS=hook.address(f"hook/{SECRET}"))
    assert done.stdout == "ok      address 1 (json)\n"
    [letter] = hook.letters
    assert letter["title"] == "Winnow: test"


def test_a_test_message_that_is_refused_is_a_failure_that_names_no_secret(winnow, hook):
    hook.refuses.add("/refused")
    addresses = f"{hook.address(f'hook/{SECRET}')} {hook.address(f'refused/{SECRET}')}"
    done = winnow("alerts", "test", code=1, WINNOW_ALERTS=addresses)
    first, second = done.stdout.splitlines()
    assert first == "ok      address 1 (json)"
    assert second.startswith("FAILED  address 2 (json): ")
    assert "500" in second
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize("addresses", ["", f"slack://{SECRET}"])
def test_a_test_without_addresses_or_with_a_malformed_one_is_one_line(winnow, addresses):
    done = winnow("alerts", "test", code=2, WINNOW_ALERTS=addresses)
    assert done.stderr.startswith("winnow: WINNOW_ALERTS")
    assert done.stderr.count("\n") == 1
    assert SECRET not in done.stderr
