"""How often chance alone makes an alert, by simulation, and what time counts as crawled."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.alerts.judge import Past, judge_site
from scheduler.alerts.spells import BUDGET, crawled, longest, times_the_longest

NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("number", [10, 11, 20, 40])
def test_chance_alone_makes_a_silence_too_long_no_oftener_than_the_budget_says(number):
    """Each of the silences of a window is a trial, so one of them may be too long so many times less often."""
    dice, trials = random.Random(1), 20_000
    times = times_the_longest(number)
    too_long = sum(dice.expovariate(1) > times * max(dice.expovariate(1) for _ in range(number)) for _ in range(trials))
    assert number * too_long / trials <= BUDGET
    assert times_the_longest(number) <= 5


def test_chance_alone_takes_no_field_away_and_makes_no_quarantine_grow():
    """Of 20,000 independent articles, one a run, .82 have an author and .09 are quarantined."""
    dice, bearing, told = random.Random(2), [], []
    for _ in range(20_000):
        fields = {"articles": 1, "authors": int(dice.random() < 0.82)}
        counts = {"fields": fields, "quarantined": int(dice.random() < 0.09), "new": 1}
        bearing.insert(0, {"state": "finished", "complete": True, "counts": counts})
        del bearing[100:]
        told += judge_site("demo", Past(runs=[], bearing=bearing)).holding
    assert told == []


def test_a_pause_counts_as_the_gaps_around_it():
    starts = [NOW + at * HOUR for at in (0, 1, 2, 200, 201)]
    assert crawled(starts) == [HOUR] * 4
    assert crawled(starts[2:4]) == [198 * HOUR]  # nothing tells that it is one


def test_the_longest_spell_is_the_longest_that_was_crawled():
    moments = [NOW, NOW - 200 * HOUR, NOW - 207 * HOUR, NOW - 208 * HOUR]
    asked = []

    def starts(earlier, later):
        asked.append((earlier, later))
        hours = [208, 207, 206, 204, 202, 200, 199, 1, 0]
        return [NOW - hour * HOUR for hour in hours if earlier - HOUR <= NOW - hour * HOUR <= later + HOUR]

    assert longest(moments, starts) == 7 * HOUR
    assert len(asked) == 2  # a silence of an hour can't be longer
