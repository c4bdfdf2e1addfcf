"""What is remembered of live progress."""

from scheduler.web.history import KEPT, History


def told(history, number):
    for each in range(number):
        history.add("run", str(each))


def test_numbers_grow_from_the_start():
    history = History(100)
    assert [history.add("run", "{}").id for _ in range(3)] == [101, 102, 103]


def test_who_was_away_gets_what_was_missed():
    history = History(100)
    told(history, 5)
    assert [event.id for event in history.since(103)] == [104, 105]
    assert history.since(105) == []
    assert len(history.since(100)) == 5


def test_who_says_nothing_too_old_or_unheard_of_gets_a_snapshot():
    history = History(100)
    told(history, 5)
    assert history.since(None) is None
    assert history.since(99) is None
    assert history.since(106) is None


def test_no_more_than_a_bounded_number_is_kept():
    history = History(0)
    told(history, KEPT + 50)
    assert len(history.since(50)) == KEPT
    assert history.since(49) is None


def test_after_forgetting_no_earlier_number_is_good():
    history = History(0)
    told(history, 3)
    history.forget()
    assert history.since(3) is None
    event = history.add("run", "{}")
    assert history.since(event.id - 1) == [event]
