"""What the service knows of itself, as health, metrics and page show it. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(slots=True, kw_only=True)
class SiteState:
    """One site as the service sees it. `due_at` is None where nothing is scheduled: paused or crawled on demand.

    `phase` is `idle`, `waiting` (for a place) or `crawling`; `run` is the crawl under way that this service started.
    """

    url: str
    schedule: str
    due_at: datetime | None = None
    paused_by: str | None = None
    phase: str = "idle"
    run: str | None = None


@dataclass(slots=True, kw_only=True)
class ServiceState:
    """The service. `places` is how many crawls it runs at once; what is None is well."""

    started_at: datetime
    places: int
    is_ready: bool = False
    is_stopping: bool = False
    sites: dict[str, SiteState] = field(default_factory=dict)
    sites_file_error: str | None = None
    store_away_since: datetime | None = None

    def enter(self, site: str, phase: str, run: str | None = None) -> None:
        """Note the phase of a site, if it is still in the file."""
        if state := self.sites.get(site):
            state.phase, state.run = phase, run

    def count(self, phase: str) -> int:
        """Count the sites in a phase."""
        return sum(site.phase == phase for site in self.sites.values())
