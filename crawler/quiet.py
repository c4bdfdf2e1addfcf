"""Quiet hours: when the schedule starts no crawl of a site. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(slots=True, frozen=True)
class QuietHours:
    """From `start` until before `end` each day; over midnight where `end` is the earlier."""

    start: time
    end: time


def parse_quiet(raw: object) -> tuple[QuietHours, ...]:
    """Return the hours as the sites file writes them.

    Raises:
        ValueError: they are none, or leave no minute of the day; it says what to write instead.
    """
    spans = [raw] if isinstance(raw, str) else raw
    if not isinstance(spans, list):
        raise ValueError(f'{raw!r} are no hours; write "23:00-06:30", or a list of such')
    hours = tuple(_span(each) for each in spans)
    if not _leaves_time(hours):
        raise ValueError(f"{raw!r} leaves no minute of the day to crawl in")
    return hours


def _span(raw: object) -> QuietHours:
    match = re.fullmatch(r"(\d\d?:\d\d)\s*[-–]\s*(\d\d?:\d\d)", raw.strip()) if isinstance(raw, str) else None
    try:
        start, end = (datetime.strptime(part, "%H:%M").time() for part in match.groups()) if match else (None, None)  # noqa: DTZ007 - a time of any day
    except ValueError:
        start = end = None
    if start is None or end is None or start == end:
        raise ValueError(f'{raw!r} are no hours; write "23:00-06:30"')
    return QuietHours(start, end)


def _leaves_time(hours: tuple[QuietHours, ...]) -> bool:
    return any(not any(is_within(each, time(n // 60, n % 60)) for each in hours) for n in range(24 * 60))


def is_within(hours: QuietHours, clock: time) -> bool:
    """Tell whether a time of the day is in the hours.

    >>> night = QuietHours(time(23), time(6, 30))
    >>> is_within(night, time(2)), is_within(night, time(6, 30))
    (True, False)
    """
    if hours.start < hours.end:
        return hours.start <= clock < hours.end
    return clock >= hours.start or clock < hours.end


def after_quiet(moment: datetime, hours: tuple[QuietHours, ...]) -> datetime:
    for _ in range(len(hours) + 1):  # the end of one span may lie in another
        within = next((each for each in hours if is_within(each, moment.time())), None)
        if within is None:
            break
        end = moment.replace(hour=within.end.hour, minute=within.end.minute, second=0, microsecond=0)
        moment = end if end > moment else end + timedelta(days=1)
    return moment
