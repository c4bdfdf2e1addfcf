"""Spans of days, of which plots are made, and lengths of time in words; for terminals and pages. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

UNITS = ("d", "h", "min", "s")
_SIZES = (86400, 3600, 60, 1)


@dataclass(slots=True, frozen=True)
class Span:
    """What one bar stands for: a day, or the days from `first` to `last`; `articles` by site as the legend has them."""

    first: date
    last: date
    articles: list[int]

    @property
    def total(self) -> int:
        return sum(self.articles)

    @property
    def following(self) -> date:
        return self.last + timedelta(days=1)


def spans_of(columns: Sequence[Sequence[int]], first: date, size: int) -> list[Span]:
    """Return columns of days as bars of `size` days that end with the last; the first may be of fewer.

    >>> [(str(span.first), str(span.last), span.articles) for span in spans_of([[1, 2, 3]], date(2025, 12, 20), 2)]
    [('2025-12-20', '2025-12-20', [1]), ('2025-12-21', '2025-12-22', [5])]
    """
    number = len(columns[0])
    ends = range(number % size or size, number + 1, size)
    bounds = [(max(0, end - size), end) for end in ends]
    return [
        Span(first + timedelta(days=start), first + timedelta(days=end - 1), [sum(each[start:end]) for each in columns])
        for start, end in bounds
    ]


def duration(seconds: float, units: Sequence[str] = UNITS) -> str:
    """Write how long something took, in its two largest units.

    >>> duration(0.42), duration(75), duration(7200), duration(93784)
    ('0.4 s', '1 min 15 s', '2 h', '1 d 2 h')
    """
    if seconds < 10:
        return f"{seconds:.1f} {units[-1]}"
    parts: list[str] = []
    rest = round(seconds)
    for size, unit in zip(_SIZES, units, strict=True):
        number, rest = divmod(rest, size)
        if number or parts:
            parts.append(f"{number} {unit}" if number else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part)
