from datetime import UTC, datetime, timedelta

import pytest

from crawler.sites import parse_sites
from scheduler.jobs import due_at, trigger_of
from store.errors import ConfigError

NOON = datetime(2025, 12, 20, 12, tzinfo=UTC)


def trigger(entry):
    sites = parse_sites(f'[site.demo]\nurl = "http://example.com/"\n{entry}\n', "sites.toml")
    return trigger_of(sites["demo"])


def test_a_site_without_a_schedule_or_paused_has_no_trigger():
    assert trigger("") is None
    assert trigger('every = "5m"\npaused = true') is None


def test_a_site_that_never_ran_is_due_at_once():
    assert due_at(trigger('every = "1h"'), None, NOON) == NOON


def test_a_missed_moment_is_made_up_for_at_once():
    assert due_at(trigger('every = "1h"'), NOON - timedelta(days=2), NOON) == NOON


def test_the_next_moment_follows_the_last_firing_not_the_start_of_the_service():
    every_hour = trigger('every = "1h"')
    assert due_at(every_hour, NOON - timedelta(minutes=10), NOON + timedelta(minutes=5)) == NOON + timedelta(minutes=50)


def test_cron_is_read_in_the_zone_of_the_site():
    at_nine = trigger('cron = "0 9 * * *"\ntimezone = "Asia/Shanghai"')
    assert due_at(at_nine, NOON, NOON).astimezone(UTC) == datetime(2025, 12, 21, 1, tzinfo=UTC)


def test_a_cron_line_that_no_calendar_has_is_one_clear_line():
    with pytest.raises(ConfigError, match=r"site 'demo': cron = '0 25 \* \* \*': [^\n]+"):
        trigger('cron = "0 25 * * *"')
    with pytest.raises(ConfigError, match="such a day never comes"):
        trigger('cron = "0 0 30 2 *"')
    assert trigger('cron = "0 0 29 2 *"')
