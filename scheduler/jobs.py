"""Sites → triggers, and when a site is due. Pure: what fired last and what time it is are handed in."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crawler.quiet import after_quiet
from store.errors import ConfigError
from store.runs import AHEAD, INTERRUPTED
from store.schedule import TRIES

if TYPE_CHECKING:
    from apscheduler.triggers.base import BaseTrigger

    from crawler.sites import Site
    from store.schedule import Firing

_ANY_DAY = datetime(2024, 1, 1, tzinfo=UTC)  # before a leap day, for a line that asks for one
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


@dataclass(slots=True, frozen=True)
class Plan:
    """When a site is due, by its trigger, jitter and quiet hours."""

    site: Site
    trigger: BaseTrigger

    def moment_after(self, last: datetime) -> datetime:
        """Return the first moment after another at which the site is due."""
        following = self._following(last)
        moment = outside_quiet(self.site, following)
        return outside_quiet(self.site, moment + self.site.jitter * _fraction(self.site.name, following))

    def _following(self, last: datetime) -> datetime:
        moment: datetime
        if self.site.cron:  # asked with the moment before, it stands still in the hour that the clocks repeat
            moment = self.trigger.get_next_fire_time(None, last + timedelta(seconds=1))
        else:
            moment = self.trigger.get_next_fire_time(last, last)
        return moment.astimezone(UTC)


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
    and so is one whose last firing lies in the future. A run that was interrupted is made up for by one more of the
    same moment, unless the next one has come. In quiet hours nothing is started: see `outside_quiet`.
    """
    if last is None or last.fired_at - now > AHEAD:
        return now
    following = plan.moment_after(max(last.fired_at, last.due_at))
    if last.state in (INTERRUPTED, None) and last.tries < TRIES and following > now:
        return last.due_at
    return following


def next_start(plan: Plan, last: Firing | None, now: datetime) -> datetime:
    """Return when the site's next crawl may start: not before now, and not in quiet hours."""
    return outside_quiet(plan.site, max(due_at(plan, last, now), now))


def outside_quiet(site: Site, moment: datetime) -> datetime:
    """Return the moment to the millisecond, as MongoDB keeps it; of one in quiet hours their end."""
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return after_quiet(moment.astimezone(site.timezone or UTC), site.quiet).astimezone(UTC)


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
    *fields, weekdays = (site.cron or "").split()
    try:
        trigger = CronTrigger.from_crontab(" ".join([*fields, _named(weekdays)]), timezone=site.timezone or UTC)
    except ValueError as error:
        raise ConfigError(f"site {site.name!r}: cron = {site.cron!r}: {error}") from None
    if trigger.get_next_fire_time(None, _ANY_DAY) is None:
        raise ConfigError(f"site {site.name!r}: cron = {site.cron!r}: such a day never comes")
    return trigger


def _named(weekdays: str) -> str:
    """Write the days of a cron line by name: APScheduler counts them from Monday, cron from Sunday, which is 7 too.

    >>> _named("1-5"), _named("5-7"), _named("*/2"), _named("mon,0"), _named("*")
    ('mon,tue,wed,thu,fri', 'fri,sat,sun', 'sun,tue,thu,sat', 'mon,sun', '*')
    """
    if weekdays == "*":
        return weekdays
    return ",".join(_DAYS[day % 7] for part in weekdays.split(",") for day in _days(part))


def _days(part: str) -> range:
    match = re.fullmatch(r"(\*|\w+)(?:-(\w+))?(?:/([1-7]))?", part)
    if not match:
        raise ValueError(f"{part!r} are no weekdays")
    first, last, step = match.groups()
    begin = 0 if first == "*" else _day(first)
    end = _day(last) if last else 6 if first == "*" or step else begin
    return range(begin, end + 1 if begin <= end else end + 8, int(step or 1))


def _day(word: str) -> int:
    word = word.lower()
    number = _DAYS.index(word) if word in _DAYS else int(word) if word.isdecimal() else -1
    if not 0 <= number <= 7:
        raise ValueError(f"{word!r} is no weekday; write 0 to 7 or sun to sat")
    return number


def _fraction(site: str, moment: datetime) -> float:
    """Return a number in [0, 1) that looks drawn at random, but is the same for every service that asks."""
    digest = hashlib.blake2b(f"{site}@{moment.isoformat()}".encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32


def _duration_text(duration: timedelta) -> str:
    """Return a duration as the sites file writes it.

    >>> _duration_text(timedelta(minutes=90)), _duration_text(timedelta(days=1))
    ('90m', '1d')
    """
    seconds = int(duration.total_seconds())
    for unit, letter in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds and seconds % unit == 0:
            return f"{seconds // unit}{letter}"
    return f"{duration.total_seconds():g}s"
