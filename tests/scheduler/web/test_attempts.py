"""How often a password may be guessed."""

import pytest

from scheduler.web.attempts import AT_ONE, IN_ALL, OF_PEER, WINDOW, Attempts


@pytest.fixture
def attempts():
    return Attempts()


def used_up(attempts, address, name):
    """Attempts of which all that are allowed are made."""
    assert all(attempts.take(address, name, 0.0) for _ in range(AT_ONE))


def test_an_address_has_five_attempts_a_minute_at_an_account(attempts):
    used_up(attempts, "a", "ada")
    assert not attempts.take("a", "ada", WINDOW - 1)
    assert attempts.take("a", "rhea", WINDOW - 1)
    assert attempts.take("b", "ada", WINDOW - 1)
    assert attempts.take("a", "ada", WINDOW + 0.1)


def test_a_right_one_takes_back_itself_and_none_of_the_wrong_ones(attempts):
    for _ in range(AT_ONE - 1):
        attempts.take("a", "ada", 0.0)
    attempts.take("a", "rhea", 0.0)
    attempts.forgive("a", "rhea")
    for _ in range(AT_ONE):
        assert attempts.take("a", "ada", 1.0)
        attempts.forgive("a", "ada")
    assert attempts.take("a", "ada", 2.0)
    assert not attempts.take("a", "ada", 3.0)


def test_many_names_from_one_address_do_not_use_up_what_there_is_for_all(attempts):
    assert sum(attempts.take("a", f"name-{number}", 0.0) for number in range(IN_ALL)) == OF_PEER
    assert attempts.take("b", "ada", 1.0)


def test_the_addresses_of_one_ipv6_network_are_one_peer(attempts):
    for number in range(AT_ONE):
        assert attempts.take(f"2001:db8:1:2::{number:x}", "ada", 0.0)
    assert not attempts.take("2001:db8:1:2:ffff::1", "ada", 1.0)
    assert attempts.take("2001:db8:1:3::1", "ada", 1.0)


def test_all_together_are_bounded(attempts):
    assert sum(attempts.take(f"a{number}", "ada", 0.0) for number in range(IN_ALL + 5)) == IN_ALL
