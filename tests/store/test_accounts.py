"""Accounts as they are kept."""

from datetime import UTC, datetime, timedelta

from pymongo import MongoClient, monitoring

from store import accounts
from store.accounts import Account


class Heard(monitoring.CommandListener):
    """The commands that a client sent."""

    def __init__(self):
        self.commands = []

    def started(self, event):
        if event.command_name != "endSessions":
            self.commands.append(event.command_name)

    def succeeded(self, event):
        """It was noted when it started."""

    def failed(self, event):
        """It was noted when it started."""


NOW = datetime(2025, 12, 20, tzinfo=UTC)


def account(name="ada", secret="hash-1"):
    return Account(name=name, role="operator", kind="password", hash=secret, created_at=NOW)


def test_accounts_come_back_as_they_were_put_by_name(sync_database):
    accounts.put(sync_database, account("zoe"))
    accounts.put(sync_database, account("ada"))
    assert list(accounts.everyone(sync_database)) == ["ada", "zoe"]
    assert accounts.everyone(sync_database)["ada"] == account("ada")


def test_a_new_secret_replaces_the_old_one_and_forgets_the_sessions_that_were_ended(sync_database):
    accounts.put(sync_database, account())
    accounts.end_session(sync_database, "ada", "s1", until=NOW + timedelta(days=7), now=NOW)
    accounts.put(sync_database, account(secret="hash-2"))
    found = accounts.everyone(sync_database)["ada"]
    assert (found.hash, found.ended) == ("hash-2", frozenset())


def test_ended_sessions_are_kept_until_they_would_be_over_anyway(sync_database):
    accounts.put(sync_database, account())
    accounts.end_session(sync_database, "ada", "s1", until=NOW + timedelta(days=1), now=NOW)
    accounts.end_session(sync_database, "ada", "s2", until=NOW + timedelta(days=9), now=NOW + timedelta(days=2))
    assert accounts.everyone(sync_database)["ada"].ended == {"s2"}


def test_removing_tells_whether_there_was_such_an_account(sync_database):
    accounts.put(sync_database, account())
    assert accounts.has_any(sync_database)
    assert accounts.remove(sync_database, "ada")
    assert not accounts.remove(sync_database, "ada")
    assert not accounts.has_any(sync_database)


def test_the_signing_key_is_made_once(sync_database):
    key = accounts.signing_key(sync_database)
    assert len(key) == 32
    assert accounts.signing_key(sync_database) == key


def test_the_signing_key_is_asked_for_without_writing(mongo_uri, sync_database):
    accounts.signing_key(sync_database)
    heard = Heard()
    with MongoClient(mongo_uri, event_listeners=[heard]) as client:
        accounts.signing_key(client[sync_database.name])
    assert heard.commands == ["find"]


def test_a_hash_is_not_in_what_an_account_prints():
    assert "hash-1" not in repr(account())
