"""How often a secret may be guessed."""

from scheduler.web.attempts import IN_ALL, PER_ADDRESS, WINDOW, Attempts


def test_an_address_has_five_attempts_a_minute():
    attempts = Attempts()
    assert all(attempts.take("a", 0.0) for _ in range(PER_ADDRESS))
    assert not attempts.take("a", WINDOW - 1)
    assert attempts.take("b", WINDOW - 1)
    assert attempts.take("a", WINDOW + 0.1)


def test_all_addresses_together_have_twenty():
    attempts = Attempts()
    assert all(attempts.take(f"a{number}", 0.0) for number in range(IN_ALL))
    assert not attempts.take("another", 1.0)


def test_a_right_one_clears_its_address_alone():
    attempts = Attempts()
    for _ in range(PER_ADDRESS):
        attempts.take("a", 0.0)
        attempts.take("b", 0.0)
    attempts.forgive("a")
    assert attempts.take("a", 1.0)
    assert not attempts.take("b", 1.0)
