"""Who is crawled next when a place is free: what a person wants first, then whoever has been due longest."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(slots=True, frozen=True)
class Turn:
    """A site that waits for a place, due or wanted `since`; `wanted`: a person asked for it, else the schedule did."""

    site: str
    since: datetime
    wanted: bool = False


@dataclass(slots=True, kw_only=True, frozen=True)
class Due:
    """A crawl that is to start: for a `moment` of the schedule `after` the site's last run, as `wanted_at`, or both."""

    site: str
    asked_by: str
    moment: datetime | None = None
    after: str | None = None
    wanted_at: datetime | None = None

    def arguments(self) -> dict[str, str]:
        """Return the spider's arguments that say so."""
        said = {
            "asked_by": self.asked_by,
            "due_at": self.moment and self.moment.isoformat(),
            "after": self.after,
            "wanted_at": self.wanted_at and self.wanted_at.isoformat(),
        }
        return {name: value for name, value in said.items() if value}


class Turns:
    """The turns that wait. A site waits once for its schedule and once for a person: no site crowds out others."""

    def __init__(self) -> None:
        self._wanted: dict[str, Turn] = {}
        self._scheduled: dict[str, Turn] = {}
        self._some = asyncio.Event()

    def __len__(self) -> int:
        return len(self._wanted) + len(self._scheduled)

    def put(self, turn: Turn) -> None:
        """Let a site wait, unless it does so already."""
        (self._wanted if turn.wanted else self._scheduled).setdefault(turn.site, turn)
        self._some.set()

    def drop(self, site: str) -> None:
        """Take a site's scheduled turn back."""
        self._scheduled.pop(site, None)

    async def get(self) -> Turn:
        """Return the next turn, when there is one."""
        while not len(self):
            self._some.clear()
            await self._some.wait()
        queue = self._wanted or self._scheduled
        return queue.pop(min(queue.values(), key=lambda turn: turn.since).site)
