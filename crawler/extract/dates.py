"""Dates as people print them, Chinese or Latin, absolute or relative, to moments with a zone."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# China has kept one zone without summer time since 1992.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
_EARLIEST = 1990
_SLACK = timedelta(days=1)  # a page may be ahead of us by its zone, not by more

_MONTHS = {
    "jan gen ene": 1, "feb fév fev": 2, "mar mär maa": 3, "apr avr abr": 4, "may mai mag mei maj": 5, "jun giu juin": 6,
    "jul lug juil": 7, "aug ago aoû": 8, "sep set": 9, "oct okt ott out": 10, "nov": 11, "dec dez dic déc": 12,
}  # fmt: skip
_MONTH_OF = {name: number for names, number in _MONTHS.items() for name in names.split()}
_MONTH = rf"(?P<month>(?:{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})[a-zéûä]*)\.?"
_TIME = (
    r"(?:\s*(?:T|,|，|at|@|\||·|-|–|—|\(|（|/|[日号]|星期.|周.|[A-Z][a-z]+day|um|às|a las|à)?\s*)?"
    r"(?P<half1>上午|下午|晚上|凌晨|中午|早上|晚)?\s*(?P<hour>[012]?\d)\s*(?:[:：时点h]|(?=\s*[ap]\.?m\b))\s*(?P<minute>[0-5]\d)?"
    r"(?:[:：分]\s*(?P<second>[0-5]\d))?(?:\.\d+)?\s*分?\s*(?P<half2>[ap]\.?m\b)?"
    r"\s*(?P<zone>Z\b|UTC|GMT|[+-]\d\d:?\d\d)?"
)
_YEAR = r"(?<!\d)(?P<year>(?:19|20)\d\d)"
_ABSOLUTE = [
    rf"{_YEAR}\s*[-/.年–]\s*(?P<mon>[01]?\d)\s*[-/.月–]\s*(?P<day>[0-3]?\d)(?!\d)\s*[日号]?(?:{_TIME})?",
    rf"\b{_MONTH}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b[\s,.]+{_YEAR}\b(?:{_TIME})?",
    rf"(?<!\d)(?P<day>[0-3]?\d)(?:st|nd|rd|th|\.|er|º)?(?:\s+(?:of|de))?[\s\-/]+{_MONTH}(?:\s+(?:of|de|del))?[\s,\-/]+{_YEAR}\b(?:{_TIME})?",
    rf"(?<![\d./-])(?P<first>[0-3]?\d)(?P<sep>[/.\-])(?P<other>[0-3]?\d)(?P=sep){_YEAR}(?!\d)(?:{_TIME})?",
    _YEAR + r"\s*年\s*(?P<mon>[01]?\d)\s*月",
]
_YEARLESS = [
    rf"(?<!\d)(?P<mon>[01]?\d)\s*月\s*(?P<day>[0-3]?\d)\s*[日号](?:{_TIME})?",
    r"(?<![\d\-/.:])(?P<mon>[01]\d)[-/](?P<day>[0-3]\d)(?![\d\-/.])(?:\s+(?P<hour>[012]?\d):(?P<minute>[0-5]\d))?",
    rf"\b{_MONTH}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\d|:|,?\s+\d{{4}})(?:{_TIME})?",
]
_UNITS = {
    "秒": ("second", "second"), "sec": ("second", "second"), "分": ("minute", "minute"), "min": ("minute", "minute"),
    "小时": ("hour", "hour"), "小時": ("hour", "hour"), "hour": ("hour", "hour"), "hr": ("hour", "hour"),
    "天": ("day", "day"), "日": ("day", "day"), "day": ("day", "day"), "周": ("week", "day"), "星期": ("week", "day"),
    "week": ("week", "day"), "个月": ("month", "month"), "月": ("month", "month"), "month": ("month", "month"),
    "年": ("year", "year"), "year": ("year", "year"),
}  # fmt: skip
_AGO = re.compile(
    r"(?P<n>\d+|半|an?|one|几)\s*(?P<unit>秒|分钟?|小时|小時|天|日|周|星期|个月|月|年|sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?"
    r"|days?|weeks?|months?|years?)\s*(?:以?前|之前|\bago\b)",
    re.IGNORECASE,
)
_AGO_OPEN = re.compile(_AGO.pattern + r"\s*[(（]\s*$", re.IGNORECASE)
_CLOSING = str.maketrans("(（", ")）")
_NAMED = re.compile(
    r"(?P<name>刚刚|刚才|just now|今天|今日|昨天|昨日|前天|\byesterday\b|\b(?-i:[Tt]oday)\b)"
    r"(?:[\s,]*(?:at\s*)?(?P<hour>[012]?\d)[:：](?P<minute>[0-5]\d))?",
    re.IGNORECASE,
)
_DAYS_BACK = {"今天": 0, "今日": 0, "today": 0, "昨天": 1, "昨日": 1, "yesterday": 1, "前天": 2}
_COMPACT = re.compile(
    r"^(?P<year>(?:19|20)\d\d)(?P<mon>[01]\d)(?P<day>[0-3]\d)(?:T?(?P<hour>[012]\d)(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?)?$"
)
_EPOCH = re.compile(r"^1\d{9}(\d{3})?$")
_PATTERNS = [[re.compile(p, re.IGNORECASE) for p in group] for group in (_ABSOLUTE, _YEARLESS)]


@dataclass(slots=True, frozen=True)
class Stamp:
    """A moment as a page gives it. `precision` is second, minute, hour, day, month or year; `text` what was read."""

    at: datetime
    precision: str
    text: str
    start: int = 0
    relative: bool = False
    has_year: bool = True


def find_dates(text: str, now: datetime, zone: tzinfo) -> list[Stamp]:
    """Return the dates of a short text, in its order: those with a year, else those without, else relative ones.

    What lies before 1990 or after `now` is no date of publication and is left out. A date without a year is the
    latest such day that is not after `now`.
    """
    if not any(map(str.isdigit, text)) and not _NAMED.search(text) and not _AGO.search(text):
        return []
    local = now.astimezone(zone)
    for kind in (_absolute(text, zone), _yearless(text, local), _relative(text, local)):
        stamps = sorted((_with_gloss(stamp, text) for stamp in kind), key=lambda stamp: stamp.start)
        if stamps:
            return [stamp for stamp in stamps if stamp.at.year >= _EARLIEST and stamp.at <= now + _SLACK]
    return []


def _with_gloss(stamp: Stamp, text: str) -> Stamp:
    """Take "3个月前 (09-18)" as one printed date."""
    before = _AGO_OPEN.search(text[: stamp.start])
    if before is None or stamp.relative:
        return stamp
    end = text.find(before.group()[-1].translate(_CLOSING), stamp.start) + 1
    return replace(stamp, text=text[before.start() : end or None].strip(), start=before.start())


def parse_machine(text: str, now: datetime, zone: tzinfo) -> Stamp | None:
    """Read a date meant for machines: ISO 8601, compact digits or seconds since 1970; else as people print it."""
    text = text.strip()
    if _EPOCH.match(text):
        at = datetime.fromtimestamp(int(text[:10]), tz=zone)
        return Stamp(at, "second", text) if at <= now + _SLACK else None
    if match := _COMPACT.match(text):
        stamp = _build(match, zone)
        return stamp if stamp and stamp.at <= now + _SLACK else None
    return next(iter(find_dates(text, now, zone)), None)


def _absolute(text: str, zone: tzinfo) -> Iterator[Stamp]:
    taken: set[int] = set()
    for pattern in _PATTERNS[0]:
        for match in pattern.finditer(text):
            stamp = None if match.start() in taken else _build(match, zone)
            if stamp:
                taken.update(range(*match.span()))
                yield stamp


def _yearless(text: str, now: datetime) -> Iterator[Stamp]:
    for pattern in _PATTERNS[1]:
        for match in pattern.finditer(text):
            stamp = _build(match, now.tzinfo or CHINA, now.year)
            if stamp and stamp.at > now + _SLACK:
                stamp = _build(match, now.tzinfo or CHINA, now.year - 1)
            if stamp:
                yield replace(stamp, has_year=False)


def _build(match: re.Match[str], zone: tzinfo, year: int | None = None) -> Stamp | None:
    groups = {name: value for name, value in match.groupdict().items() if value}
    month, day = _month_and_day(groups)
    hour, precision = _hour(groups)
    try:
        at = datetime(
            int(groups.get("year") or year or 0), month, day, hour, int(groups.get("minute") or 0),
            int(groups.get("second") or 0), tzinfo=_zone(groups.get("zone"), zone),
        )  # fmt: skip
    except ValueError:
        return None
    if "day" not in groups and "first" not in groups:
        precision = "month"
    return Stamp(at, precision, match.group().strip(" ,|-–—(（"), match.start())


def _month_and_day(groups: dict[str, str]) -> tuple[int, int]:
    if "first" in groups:
        first, other = int(groups["first"]), int(groups["other"])
        american = groups["sep"] == "/" and first <= 12
        return (first, other) if american or other > 12 else (other, first)
    if "month" in groups:
        name = groups["month"].lower()
        month = _MONTH_OF.get(name[:4]) or _MONTH_OF.get(name[:3]) or 0
        return month, int(groups.get("day") or 1)
    return int(groups.get("mon") or 0), int(groups.get("day") or 1)


def _hour(groups: dict[str, str]) -> tuple[int, str]:
    if "hour" not in groups or not ("minute" in groups or "half2" in groups):
        groups.pop("minute", None)
        return 0, "day"
    hour = int(groups["hour"])
    half = (groups.get("half1") or groups.get("half2") or "").lower()
    if half[:1] in ("下", "晚", "p") and hour < 12:
        hour += 12
    if half[:1] == "a" and hour == 12:
        hour = 0
    return hour, "second" if "second" in groups else "minute"


def _zone(text: str | None, default: tzinfo) -> tzinfo:
    if not text:
        return default
    if text[0] not in "+-":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _relative(text: str, now: datetime) -> Iterator[Stamp]:
    for match in _AGO.finditer(text):
        yield _ago(match, now)
    for match in _NAMED.finditer(text):
        yield _named(match, now)


def _ago(match: re.Match[str], now: datetime) -> Stamp:
    unit = match["unit"].lower().removesuffix("s")
    name, precision = next(_UNITS[key] for key in sorted(_UNITS, key=len, reverse=True) if unit.startswith(key))
    count = {"半": 0.5, "几": 3.0}.get(match["n"]) or float(match["n"] if match["n"].isdigit() else 1)
    step: dict[str, Callable[[], datetime]] = {
        "month": lambda: _months_back(now, round(count)),
        "year": lambda: _months_back(now, round(count * 12)),
    }
    at = step[name]() if name in step else now - timedelta(**{f"{name}s": count})
    return Stamp(_floor(at, precision), precision, match.group(), match.start(), relative=True)


def _named(match: re.Match[str], now: datetime) -> Stamp:
    back = _DAYS_BACK.get(match["name"].lower())
    if back is None:
        return Stamp(_floor(now, "minute"), "minute", match.group(), match.start(), relative=True)
    at = _floor(now - timedelta(days=back), "day")
    if match["hour"]:
        at = at.replace(hour=min(int(match["hour"]), 23), minute=int(match["minute"]))
    return Stamp(at, "minute" if match["hour"] else "day", match.group(), match.start(), relative=True)


def _months_back(now: datetime, months: int) -> datetime:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(max(year, 1), month + 1)[1])
    return now.replace(year=max(year, 1), month=month + 1, day=day)


def _floor(at: datetime, precision: str) -> datetime:
    if precision in ("second", "minute", "hour"):
        return at.replace(microsecond=0)
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
