"""Figures as lines for a terminal of 80 columns: small plots of block characters beside their numbers. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.cells import fitted
from scheduler.web.plots import spans_of
from scheduler.web.wording import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from store.figures import Bar, ByDay, Delays, Reason

_LEVELS = " ▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_COLUMNS = 54  # of a row of bars; the other 26 are for a name and its number
_SIZES = (1, 7, 28, 84)  # days of a bar
_SITES = 8
_REASONS = 15
_NAME = 16


def sparks(values: Sequence[int]) -> str:
    """Return values as bars side by side, the highest as high as the line; what is not nothing can be seen.

    >>> sparks([0, 1, 400, 800])
    ' ▁▄█'
    """
    most = max(values, default=0)
    return "".join(_LEVELS[max(1, round(8 * value / most))] if value else " " for value in values)


def lying(value: int, most: int, columns: int) -> str:
    """Return a value as a bar that lies, to an eighth of a column.

    >>> lying(800, 800, 4), lying(300, 800, 4), lying(1, 800, 4), lying(0, 800, 4)
    ('████', '█▌', '▏', '')
    """
    eighths = max(1, round(8 * columns * value / most)) if value else 0
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def day_lines(days: ByDay) -> Iterator[str]:
    """Yield a row of bars for all sites, and one for each of those with most articles, by day or by weeks."""
    shown = days.of_most(_SITES)
    size = next(days for days in _SIZES if len(shown.others) <= days * _COLUMNS)
    names = [*(site.site for site in shown.sites), *(["other sites"] if sum(shown.others) else [])]
    columns = [*(site.days for site in shown.sites), shown.others]
    spans = spans_of(columns, shown.first, size)
    if len(names) > 1:
        yield _row("all", shown.total, sparks([span.total for span in spans]))
    for number, name in enumerate(names):
        yield _row(name, sum(columns[number]), sparks([span.articles[number] for span in spans]))
    each = "a day" if size == 1 else "a week" if size == 7 else f"{size // 7} weeks"
    yield f"{'':26}{shown.first} to {shown.last}, {each} each"


def reason_lines(reasons: Sequence[Reason]) -> Iterator[str]:
    """Yield a bar for each of the most frequent reasons."""
    most = max((reason.count for reason in reasons), default=0)
    for each in reasons[:_REASONS]:
        told = fitted(f"{each.item} {each.status}: {each.reason or '–'}", 40)
        yield f"{told} {each.count:>9,}  {lying(each.count, most, 27)}".rstrip()
    if rest := reasons[_REASONS:]:
        yield f"{f'{len(rest)} other reasons':40} {sum(each.count for each in rest):>9,}"


def delay_lines(delays: Delays) -> Iterator[str]:
    """Yield how long articles took, and a bar for each piece of time."""
    told = delays.all
    shares = (("half", told.p50), ("90 %", told.p90), ("99 %", told.p99))
    yield ", ".join(f"{share} within {duration(seconds)}" for share, seconds in shares if seconds is not None)
    most = max(bar.articles for bar in delays.histogram)
    for name, bar in zip(_pieces(delays.histogram), delays.histogram, strict=True):
        yield f"{name:16} {bar.articles:>9,}  {lying(bar.articles, most, 51)}".rstrip()


def _pieces(bars: Sequence[Bar]) -> Iterable[str]:
    before = 0
    for bar in bars:
        if bar.below is None:
            yield f"{duration(before)} and more"
        else:
            yield f"{duration(before)} – {duration(bar.below)}" if before else f"below {duration(bar.below)}"
            before = bar.below


def _row(name: str, total: int, bars: str) -> str:
    return f"{fitted(name, _NAME)}{total:>8,}  {bars}".rstrip()
