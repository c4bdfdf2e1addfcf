"""Dates as machines write them in feeds and sitemaps: RFC 822 and ISO 8601. Knows nothing of dates on pages. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

_ISO = re.compile(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?$")
_FRACTION = re.compile(r"(\.\d{6})\d+")


def parse_stamp(raw: str, zone: tzinfo = UTC) -> datetime | None:
    """Return the moment, in `zone` where the text names none; None for text that is no date.

    >>> parse_stamp("Sat, 20 Dec 2025 03:53:00 +0000")
    datetime.datetime(2025, 12, 20, 3, 53, tzinfo=datetime.timezone.utc)
    """
    raw = raw.strip()
    moment = _iso(raw) if raw[:4].isdigit() else _rfc822(raw)
    return moment.replace(tzinfo=zone) if moment and moment.tzinfo is None else moment


def _iso(raw: str) -> datetime | None:
    try:
        if short := _ISO.match(raw):
            year, month, day = short.groups("1")
            return datetime(int(year), int(month), int(day))  # noqa: DTZ001 - the caller adds the zone
        return datetime.fromisoformat(_FRACTION.sub(r"\1", raw))
    except ValueError:
        return None


def _rfc822(raw: str) -> datetime | None:
    try:
        return parsedate_to_datetime(raw)
    except (ValueError, TypeError, IndexError):
        return None
