from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from crawler.sites import parse_sites
from scheduler.jobs import due_at, next_start, plan_of, schedule_text
from store.errors import ConfigError
from store.schedule import Firing

NOON = datetime(2025, 12, 20, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def site(entry):
    return parse_sites(f'[site.demo]\nurl = "http://example.com/"\n{entry}\n', "sites.toml")["demo"]


def plan(entry):
    return plan_of(site(entry))


def fired(moment, *, state="finished", tries=1, due=None):
    return Firing(run="demo-1", due_at=due or moment, fired_at=moment, tries=tries, state=state)


def test_a_site_without_a_schedule_or_paused_has_no_plan():
    assert plan("") is None
    assert plan('every = "5m"\npaused = true') is None


def test_a_site_that_never_ran_is_due_at_once():
    assert due_at(plan('every = "1h"'), None, NOON) == NOON


def test_a_missed_moment_is_due_and_the_next_one_follows_the_run_that_makes_up_for_it():
    every_hour = plan('every = "1h"')
    missed = due_at(every_hour, fired(NOON - 2 * DAY), NOON)
    assert missed == NOON - 2 * DAY + HOUR
    assert due_at(every_hour, fired(NOON, due=missed), NOON + MINUTE) == NOON + HOUR


def test_the_next_moment_follows_the_last_firing_not_the_start_of_the_service():
    assert due_at(plan('every = "1h"'), fired(NOON - 10 * MINUTE), NOON + 5 * MINUTE) == NOON + 50 * MINUTE


@pytest.mark.parametrize("state", ["interrupted", None])
def test_an_interrupted_run_is_made_up_for_once(state):
    every_hour = plan('every = "1h"')
    assert due_at(every_hour, fired(NOON, state=state), NOON + MINUTE) == NOON
    assert due_at(every_hour, fired(NOON, state=state, tries=2), NOON + MINUTE) == NOON + HOUR
    assert due_at(every_hour, fired(NOON, state=state), NOON + 2 * HOUR) == NOON + HOUR


@pytest.mark.parametrize("state", ["finished", "failed", "running"])
def test_other_runs_are_not_repeated_for_the_same_moment(state):
    assert due_at(plan('every = "1h"'), fired(NOON, state=state), NOON + MINUTE) == NOON + HOUR


def test_a_firing_in_the_future_does_not_hold_a_site_back_when_the_clock_was_set_back():
    assert due_at(plan('every = "1h"'), fired(NOON + DAY), NOON) == NOON


def test_a_clock_that_is_set_back_a_little_repeats_no_moment():
    every_hour = plan('every = "1h"')
    early = fired(NOON - timedelta(seconds=2), due=NOON)
    assert due_at(every_hour, early, NOON + MINUTE) == NOON + HOUR


@pytest.mark.parametrize("line", ["*/20 * * * *", "0 * * * *", "30 2 * * *", "59 23 * * 0"])
@pytest.mark.parametrize("extra", ["", '\njitter = "7m"', '\nquiet = "02:15-02:45"'])
@pytest.mark.parametrize("day", [datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)])
def test_each_moment_comes_after_the_one_before_also_when_the_clocks_change(line, extra, day):
    berlin = plan(f'cron = "{line}"\ntimezone = "Europe/Berlin"{extra}')
    moments = [day]
    for _ in range(60):
        moments.append(berlin.moment_after(moments[-1]))
    assert all(earlier < later for earlier, later in pairwise(moments))


@pytest.mark.parametrize(
    ("weekdays", "expected"),
    [("1-5", [0, 1, 2, 3, 4]), ("0", [6]), ("7", [6]), ("fri-sun,1", [0, 4, 5, 6]), ("5-2", [0, 1, 4, 5, 6])],
)
def test_weekdays_are_counted_as_cron_does(weekdays, expected):
    weekly = plan(f'cron = "0 9 * * {weekdays}"')
    moments = [NOON]
    for _ in range(7):
        moments.append(weekly.moment_after(moments[-1]))
    assert sorted({moment.weekday() for moment in moments[1:]}) == expected


@pytest.mark.parametrize("weekdays", ["8", "sonntag", "1-", "/2", "1/0"])
def test_what_is_no_weekday_is_one_clear_line(weekdays):
    with pytest.raises(ConfigError, match=r"site 'demo': cron"):
        plan(f'cron = "0 9 * * {weekdays}"')


def test_cron_is_read_in_the_zone_of_the_site():
    at_nine = plan('cron = "0 9 * * *"\ntimezone = "Asia/Shanghai"')
    assert due_at(at_nine, fired(NOON), NOON) == datetime(2025, 12, 21, 1, tzinfo=UTC)


def test_jitter_puts_moments_off_by_less_than_itself_differently_each_time_and_the_same_for_all_who_ask():
    jittered = plan('every = "1h"\njitter = "10m"')
    moments = [due_at(jittered, fired(NOON + n * DAY), NOON) - (NOON + n * DAY + HOUR) for n in range(-9, 1)]
    assert all(timedelta(0) <= late < 10 * MINUTE for late in moments)
    assert len(set(moments)) == len(moments)
    assert due_at(jittered, fired(NOON), NOON) == due_at(plan('every = "1h"\njitter = "10m"'), fired(NOON), NOON)


@pytest.mark.parametrize(
    ("quiet", "last", "due"),
    [
        ('"13:00-14:30"', NOON, NOON + 2.5 * HOUR),
        ('"12:30-13:00"', NOON, NOON + HOUR),
        ('"23:00-06:30"', NOON + 10.5 * HOUR, NOON + 18.5 * HOUR),
        ('["12:30-14:00", "14:00-15:00"]', NOON, NOON + 3 * HOUR),
    ],
)
def test_what_is_due_in_quiet_hours_is_due_at_their_end(quiet, last, due):
    assert due_at(plan(f'every = "1h"\nquiet = {quiet}'), fired(last), last) == due


def test_quiet_hours_are_those_of_the_sites_zone():
    shanghai = plan('every = "1h"\nquiet = "21:00-22:00"\ntimezone = "Asia/Shanghai"')
    assert due_at(shanghai, fired(NOON), NOON) == NOON + 2 * HOUR


@pytest.mark.parametrize(
    "last", [None, fired(NOON - 5 * HOUR), fired(NOON - 9 * MINUTE, state="interrupted"), fired(NOON + DAY)]
)
def test_nothing_that_is_overdue_starts_in_quiet_hours(last):
    night = plan('every = "1h"\nquiet = "11:55-14:30"')
    assert next_start(night, last, NOON) == NOON + 2.5 * HOUR
    assert next_start(night, last, NOON + 3 * HOUR) == NOON + 3 * HOUR


def test_what_waits_for_the_end_of_quiet_hours_does_not_start_all_at_once():
    late = plan('every = "1h"\nquiet = "11:55-14:30"\njitter = "20m"')
    moment = late.moment_after(NOON - HOUR)
    assert NOON + 2.5 * HOUR < moment < NOON + 3 * HOUR


def test_a_cron_line_that_no_calendar_has_is_one_clear_line():
    with pytest.raises(ConfigError, match=r"site 'demo': cron = '0 25 \* \* \*': [^\n]+"):
        plan('cron = "0 25 * * *"')
    with pytest.raises(ConfigError, match="such a day never comes"):
        plan('cron = "0 0 30 2 *"')
    assert plan('cron = "0 0 29 2 *"')


def test_a_schedule_in_words():
    assert schedule_text(site('every = "90m"\nquiet = "23:00-6:30"')) == "every 90m, not 23:00-06:30"
    assert schedule_text(site('every = "0.5s"')) == "every 0.5s"
    assert schedule_text(site("")) == "on demand"
    assert schedule_text(site('every = "1d"\npaused = true')) == "paused in the file"
