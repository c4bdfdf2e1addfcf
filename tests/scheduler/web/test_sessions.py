"""Sessions, from the cookie that opens one to its end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.web import sessions
from scheduler.web.sessions import LIFE
from store.accounts import Account

KEY = b"k" * 32
NOW = datetime(2025, 12, 20, 4, tzinfo=UTC)
ADA = Account(name="ada", role="operator", kind="password", hash="hash-1", created_at=NOW)


@pytest.fixture
def cookie():
    return sessions.issue(KEY, ADA, NOW)


def test_a_session_lasts_seven_days(cookie):
    last = sessions.read(KEY, cookie, {"ada": ADA}, NOW + LIFE - timedelta(seconds=1))
    assert (last.name, last.until) == ("ada", NOW + timedelta(days=7))
    assert sessions.read(KEY, cookie, {"ada": ADA}, NOW + LIFE) is None


def test_a_session_ends_with_what_it_stands_on(cookie):
    session = sessions.read(KEY, cookie, {"ada": ADA}, NOW)
    changed = (
        replace(ADA, hash="hash-2"),
        replace(ADA, kind="token"),
        replace(ADA, ended=frozenset({session.id})),
    )
    for accounts in ({}, *({"ada": account} for account in changed)):
        assert sessions.read(KEY, cookie, accounts, NOW) is None


def test_a_cookie_that_was_changed_or_signed_by_another_key_is_no_session(cookie):
    assert sessions.read(b"x" * 32, cookie, {"ada": ADA}, NOW) is None
    assert sessions.read(KEY, "A" + cookie, {"ada": ADA}, NOW) is None
