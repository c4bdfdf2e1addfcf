"""How many articles a day, as bars. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DAYS = 60  # shown, up to the last day that has articles
WIDTH, HEIGHT = 10, 48  # of a day, and of the day with most
_GAP = 2
_A_DAY = timedelta(days=1)


@dataclass(slots=True, frozen=True)
class Bar:
    """A day that has articles; `x` and `height` are where it stands and how high, `following` the day after it."""

    day: date
    articles: int
    x: int
    height: int

    @property
    def following(self) -> date:
        return self.day + _A_DAY

    @property
    def width(self) -> int:
        return WIDTH - _GAP


@dataclass(slots=True, frozen=True)
class Strip:
    """The bars from `first` to `last`, and how many articles are earlier."""

    first: date
    last: date
    bars: list[Bar]
    earlier: int

    width = DAYS * WIDTH
    height = HEIGHT


def strip_of(days: dict[date, int]) -> Strip | None:
    """Return the bars of counts by day; None where there are none.

    >>> strip = strip_of({date(2025, 1, 1): 5, date(2025, 12, 19): 1, date(2025, 12, 20): 4})
    >>> str(strip.first), [(str(bar.day), bar.x, bar.height) for bar in strip.bars], strip.earlier
    ('2025-10-22', [('2025-12-19', 581, 12), ('2025-12-20', 591, 48)], 5)
    """
    if not days:
        return None
    last = max(days)
    first = date.fromordinal(max(1, last.toordinal() - DAYS + 1))
    shown = {day: articles for day, articles in days.items() if day >= first}
    most = max(shown.values())
    bars = [
        Bar(day, articles, (day - first).days * WIDTH + _GAP // 2, max(2, round(HEIGHT * articles / most)))
        for day, articles in sorted(shown.items())
    ]
    return Strip(first, last, bars, sum(days.values()) - sum(shown.values()))
