"""Sites → triggers, and when a site is due. Pure: what fired last and what time it is are handed in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from store.errors import ConfigError

if TYPE_CHECKING:
    from apscheduler.triggers.base import BaseTrigger

    from crawler.sites import Site


_ANY_DAY = datetime(2024, 1, 1, tzinfo=UTC)  # before a leap day, for a line that asks for one


def trigger_of(site: Site) -> BaseTrigger | None:
    """Return the trigger of a site's schedule; None where it is paused or crawled on demand only.

    Raises:
        ConfigError: the cron line says something that no calendar has.
    """
    if site.paused:
        return None
    if site.every:
        return IntervalTrigger(seconds=int(site.every.total_seconds()), timezone=UTC)
    if site.cron:
        try:
            trigger = CronTrigger.from_crontab(site.cron, timezone=site.timezone or UTC)
        except ValueError as error:
            raise ConfigError(f"site {site.name!r}: cron = {site.cron!r}: {error}") from None
        if trigger.get_next_fire_time(None, _ANY_DAY) is None:
            raise ConfigError(f"site {site.name!r}: cron = {site.cron!r}: such a day never comes")
        return trigger
    return None


def due_at(trigger: BaseTrigger, last: datetime | None, now: datetime) -> datetime:
    """Return when a site is due: now, if it never ran or a moment was missed since `last`; else its next moment.

    However many moments were missed, one run makes up for them.
    """
    if last is None:
        return now
    following: datetime = trigger.get_next_fire_time(last, last)
    return max(following, now)
