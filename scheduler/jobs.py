"""Sites → triggers, and when a site is due. Pure: what fired last and what time it is are handed in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crawler.sites import is_within
from store.errors import ConfigError
from store.runs import INTERRUPTED

if TYPE_CHECKING:
    from apscheduler.triggers.base import BaseTrigger

    from crawler.sites import QuietHours, Site
    from store.schedule import Firing

_ANY_DAY = datetime(2024, 1, 1, tzinfo=UTC)  # before a leap day, for a line that asks for one
_TRIES = 2  # runs of one moment: one whose process died or was stopped is made up for once
_AHEAD = timedelta(minutes=10)  # a firing further in the future than machines differ: the clock was set back


@dataclass(slots=True, frozen=True)
class Plan:
    """When a site is due, by its trigger, jitter and quiet hours."""

    site: Site
    trigger: BaseTrigger

    def moment_after(self, last: datetime) -> datetime:
        """Return the first moment after another at which the site is due."""
        following: datetime = self.trigger.get_next_fire_time(last, last)
        moment = following + self.site.jitter * _fraction(self.site.name, following)
        return _outside_quiet(self.site, moment)


def plan_of(site: Site) -> Plan | None:
    """Return the plan of a site; None where the file pauses it or it is crawled on demand only.

    Raises:
        ConfigError: the cron line says something that no calendar has.
    """
    trigger = None if site.paused else _trigger(site)
    return Plan(site, trigger) if trigger else None


def plans_of(sites: dict[str, Site]) -> dict[str, Plan]:
    """Return the plans of the sites that have one.

    Raises:
        ConfigError: as `plan_of` says.
    """
    return {name: plan for name, site in sites.items() if (plan := plan_of(site))}


def due_at(plan: Plan, last: Firing | None, now: datetime) -> datetime:
    """Return the moment for which a site is to run next; it is past if it was missed, and then due at once.

    However many moments were missed since the last firing, one run makes up for them. A site that never ran is due now,
    as soon as its quiet hours allow, and so is one whose last firing lies in the future. A run that was interrupted is
    made up for by one more of the same moment, unless the next one has come.
    """
    if last is None or last.fired_at - now > _AHEAD:
        return _outside_quiet(plan.site, now)
    following = plan.moment_after(last.fired_at)
    if last.state in (INTERRUPTED, None) and last.tries < _TRIES and following > now:
        return last.due_at
    return following


def schedule_text(site: Site) -> str:
    """Return a site's schedule in words, as lists show it."""
    if site.paused:
        return "paused in the file"
    text = site.cron or (f"every {_duration_text(site.every)}" if site.every else "on demand")
    quiet = ", ".join(f"{each.start:%H:%M}-{each.end:%H:%M}" for each in site.quiet)
    return f"{text}, not {quiet}" if quiet else text


def _trigger(site: Site) -> BaseTrigger | None:
    if site.every:
        return IntervalTrigger(seconds=max(1, int(site.every.total_seconds())), timezone=UTC)
    return _cron_trigger(site) if site.cron else None


def _cron_trigger(site: Site) -> BaseTrigger:
    try:
        trigger = CronTrigger.from_crontab(site.cron, timezone=site.timezone or UTC)
    except ValueError as error:
        raise ConfigError(f"site {site.name!r}: cron = {site.cron!r}: {error}") from None
    if trigger.get_next_fire_time(None, _ANY_DAY) is None:
        raise ConfigError(f"site {site.name!r}: cron = {site.cron!r}: such a day never comes")
    return trigger


def _fraction(site: str, moment: datetime) -> float:
    """Return a number in [0, 1) that looks drawn at random, but is the same for every service that asks."""
    digest = hashlib.blake2b(f"{site}@{moment.isoformat()}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32


def _outside_quiet(site: Site, moment: datetime) -> datetime:
    """Return the moment to the millisecond, as MongoDB keeps it; of one in quiet hours their end."""
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return _after_quiet(moment.astimezone(site.timezone or UTC), site.quiet).astimezone(UTC)


def _after_quiet(moment: datetime, hours: tuple[QuietHours, ...]) -> datetime:
    for _ in range(len(hours) + 1):  # the end of one span may lie in another
        within = next((each for each in hours if is_within(each, moment.time())), None)
        if within is None:
            break
        end = moment.replace(hour=within.end.hour, minute=within.end.minute, second=0, microsecond=0)
        moment = end if end > moment else end + timedelta(days=1)
    return moment


def _duration_text(duration: timedelta) -> str:
    """Return a duration as the sites file writes it.

    >>> _duration_text(timedelta(minutes=90)), _duration_text(timedelta(days=1))
    ('90m', '1d')
    """
    seconds = int(duration.total_seconds())
    for unit, letter in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds % unit == 0:
            return f"{seconds // unit}{letter}"
    return f"{duration.total_seconds():g}s"
