"""How long nothing came, and whether that is longer than by chance. Pure.

Only time in which a site was crawled tells anything: after a pause of ten days no silence of ten days was seen.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Starts = Callable[[datetime, datetime], Sequence[datetime]]

# How many false alerts a site may have by its spells in the 90 days that it is judged by: 1,000 sites less than one in
# two weeks. Together with CHANCE in `judge` that is less than one in a week.
BUDGET = 0.005
LEAST_TIMES = 3  # spells are no dice: the longest of them was no feast day
HOLE = 3  # a gap longer than so many times those around it is a pause


def times_the_longest(number: int) -> int:
    """Return how many times the longest of so many spells one must last to be none of them.

    Of spells with exponential tails the next is k times the longest of n by chance once in C(n + k, k) (the product of
    i / (i + k) for i up to n), and each of the n is a trial.

    >>> [times_the_longest(number) for number in (11, 20, 40, 1000)]
    [5, 4, 3, 3]
    """
    times = LEAST_TIMES
    while number > BUDGET * math.comb(number + times, times):
        times += 1
    return times


def crawled(starts: Sequence[datetime]) -> list[timedelta]:
    """Return the gaps between the starts of runs, the oldest first; a pause counts as the gaps around it do.

    >>> hour = timedelta(hours=1)
    >>> [gap / hour for gap in crawled([datetime(2025, 12, 1) + hour * at for at in (0, 1, 2, 4, 99, 101)])]
    [1.0, 1.0, 2.0, 2.0, 2.0]
    """
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    around = [max(gaps[max(i - 1, 0) : i] + gaps[i + 1 : i + 2], default=gap) for i, gap in enumerate(gaps)]
    return [gap if gap <= HOLE * others else others for gap, others in zip(gaps, around, strict=True)]


def length(starts: Sequence[datetime], begin: datetime, end: datetime) -> timedelta:
    """Return how long it was crawled between two of the starts; those before and after only tell what a pause is."""
    gaps = zip(pairwise(starts), crawled(starts), strict=True)
    return sum((gap for (earlier, later), gap in gaps if begin <= earlier and later <= end), timedelta(0))


def longest(moments: Sequence[datetime], starts: Starts) -> timedelta:
    """Return the longest spell between two moments that follow one another; the newest moment is the first.

    `starts` gives the runs between two moments and the one before and after; it is asked only where it may matter.
    """
    whole = sorted(((later - earlier, earlier, later) for later, earlier in pairwise(moments)), reverse=True)
    found = timedelta(0)
    for most, earlier, later in whole:
        if most <= found:
            break
        found = max(found, length(starts(earlier, later), earlier, later))
    return found
