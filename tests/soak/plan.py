"""What a soak is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True, frozen=True, kw_only=True)
class Plan:
    """A soak. Times are in seconds.

    `every` is the interval of each site; `lasting` the time with faults. Before it the sites come one after another,
    after it all are crawled once more, both without faults. `publishing` is the time between two new articles, on any
    site. `disk` is the size of the data folder in MiB, 0 for a plain folder. `kinds` are the faults, by name.
    `patience` is how long a site may wait for its run, outages not counted. `keep` leaves a copy of the data in
    `folder`.
    """

    folder: Path
    sites: int = 200
    articles: int = 10
    every: int = 300
    lasting: float = 1200.0
    pause: tuple[float, float] = (2.0, 6.0)
    publishing: float = 2.0
    seed: int = 1
    crawls: int = 4
    disk: int = 600
    kinds: tuple[str, ...] = ()
    keep: bool = False

    @property
    def patience(self) -> float:
        return max(30.0, self.every / 2)
