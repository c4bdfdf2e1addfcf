"""How long a host is waited for, and when it is put off."""

from datetime import UTC, datetime

import pytest

from crawler.guards.pace import MAX_WAIT, Host, retry_after

NOW = datetime(2025, 12, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 3 ", 3.0),
        ("Sat, 20 Dec 2025 12:01:00 GMT", 60.0),
        ("Sat, 20 Dec 2025 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("9" * 5000, 999_999_999.0),
    ],
)
def test_retry_after_is_read_in_both_forms(value, seconds):
    assert retry_after(value, NOW) == seconds


def test_one_503_holds_its_page_and_not_the_host():
    host = Host()
    assert host.asked(503, 10, now=100) == 110
    assert host.free_at == 0


def test_a_429_holds_the_host():
    host = Host()
    assert host.asked(429, 10, now=100) == 110
    assert host.free_at == 110


def test_the_third_503_in_a_row_holds_the_host():
    host = Host()
    for moment in (100, 101, 102):
        host.asked(503, 10, now=moment)
    assert host.free_at == 112


def test_a_single_answer_that_asks_for_too_long_puts_off_its_page_only():
    host = Host()
    assert host.asked(503, MAX_WAIT + 1, now=0) is None
    assert not host.put_off


def test_three_answers_in_a_row_that_ask_for_too_long_put_off_the_host():
    host = Host()
    assert [host.asked(429, 9999, now=moment) for moment in (0, 1, 2)] == [None, None, None]
    assert host.put_off


def test_waits_at_the_same_time_count_once():
    host = Host()
    for _ in range(10):
        assert host.asked(429, 60, now=0) == 60


def test_all_waits_together_stay_within_five_minutes():
    host = Host()
    assert [host.asked(503, 100, now=moment) is None for moment in (0, 100, 200, 300)] == [False, False, False, True]
