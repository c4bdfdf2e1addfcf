"""Whether a process takes more and more: memory, open files, threads. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WARM = 30.0  # seconds after a start from which a process should take no more
_WINDOW = 15.0  # seconds over which the median is taken: what is under way at one moment is no growth


@dataclass(slots=True, frozen=True, kw_only=True)
class Sample:
    """The service's process at one moment: `age` in seconds, `rss` in MiB; `life` counts its starts."""

    life: int
    age: float
    rss: float
    files: int
    threads: int
    children: int
    zombies: int


@dataclass(slots=True, frozen=True, kw_only=True)
class Growth:
    """What a process took more of, from one moment to a later one; in another life if it is not the `same`.

    Of open files it is the most in the first half of a life and the most in the second: connections come and go.
    """

    what: str
    same: bool
    rss_before: float
    rss: float
    files_before: int
    files: int
    threads_before: int
    threads: int

    def is_leak(self) -> bool:
        """Judge: more memory by 10 % and 15 MiB, or more than 5 more open files in one life.

        Each life begins without files; how many connections its pool has at one age depends on what it went through.
        """
        grown = self.rss - self.rss_before
        return (grown > 15 and grown > self.rss_before / 10) or (self.same and self.files > self.files_before + 5)


def growth(samples: Sequence[Sample]) -> list[Growth]:
    """Compare each life of the service with itself when warm, and the newest with the first at the age both reached."""
    lives: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.age >= WARM:
            lives[sample.life].append(sample)
    warm = {number: life for number, life in lives.items() if life[-1].age >= 2 * WARM}
    found = [_compare(f"life {number}, warm to end", *_ends(life), life) for number, life in warm.items()]
    if len(warm) > 1:
        first, newest = warm[min(warm)], warm[max(warm)]
        age = min(first[-1].age, newest[-1].age)
        at_age = [_around([sample for sample in life if sample.age <= age]) for life in (first, newest)]
        found.append(_compare(f"life {min(warm)} to life {max(warm)}, at {age:.0f} s", *at_age))
    return found


def _ends(life: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    return [sample for sample in life if sample.age <= WARM + _WINDOW], _around(life)


def _around(life: Sequence[Sample]) -> list[Sample]:
    return [sample for sample in life if sample.age >= life[-1].age - _WINDOW]


def _compare(
    what: str, before: Sequence[Sample], after: Sequence[Sample], life: Sequence[Sample] | None = None
) -> Growth:
    half = len(life or ()) // 2
    early, late = (life[:half], life[half:]) if life else (before, after)
    return Growth(
        what=what,
        same=life is not None,
        rss_before=middle([sample.rss for sample in before]),
        rss=middle([sample.rss for sample in after]),
        files_before=max(sample.files for sample in early),
        files=max(sample.files for sample in late),
        threads_before=round(middle([sample.threads for sample in before])),
        threads=round(middle([sample.threads for sample in after])),
    )


def middle(values: Iterable[float]) -> float:
    """Return the median, the lower of two.

    >>> middle([3, 1, 2, 9])
    2
    """
    return quantile(values, 0.5)


def quantile(values: Iterable[float], share: float) -> float:
    """Return the least value that so large a share does not exceed; 0 of none.

    >>> quantile(range(1, 101), 0.99), quantile([], 0.5)
    (99, 0.0)
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0
