"""When each site is due next: a job of APScheduler for each, derived from the sites file and the stored firings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from scheduler.clock import now
from scheduler.jobs import due_at, plans_of, schedule_text
from scheduler.state import SiteState
from scheduler.turns import Due, Turn
from store import schedule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.sites import Site
    from scheduler.jobs import Plan
    from scheduler.state import ServiceState
    from scheduler.turns import Turns
    from store.schedule import SiteSchedule
    from store.service import ServiceStore


class Timetable:
    """The sites' next moments. When one comes, the site waits in `turns` for its crawl."""

    def __init__(self, store: ServiceStore, state: ServiceState, turns: Turns) -> None:
        self._store = store
        self._state = state
        self._turns = turns
        self._plans: dict[str, Plan] = {}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None})

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Let no more moments come."""
        self._scheduler.shutdown(wait=False)

    async def adopt(self, sites: dict[str, Site]) -> None:
        """Take up the sites file as it is now."""
        self._plans = plans_of(sites)
        for name in self._state.sites.keys() - sites.keys():
            self._forget(name)
            del self._state.sites[name]
        for name, site in sites.items():
            state = self._state.sites.setdefault(name, SiteState(url=site.url, schedule=""))
            state.url, state.schedule = site.url, schedule_text(site)
        await self.plan()

    async def plan(self, names: Iterable[str] | None = None) -> None:
        """Look at what is stored of the sites (all, if none is named), and set their next moments.

        Raises:
            StoreUnavailable: nothing is changed.
        """
        chosen = [name for name in (self._state.sites if names is None else names) if name in self._state.sites]
        stored = await self._store.ask(lambda database: schedule.of_sites(database, chosen))
        for name in chosen:
            self._set(name, stored.get(name, schedule.NOTHING))

    async def due(self, turn: Turn) -> Due | None:
        """Return the crawl that a turn is for; None if there is none any more, and the site is planned anew.

        Raises:
            StoreUnavailable: it is not known.
        """
        site = turn.site
        stored = await self._store.ask(lambda database: schedule.of_site(database, site))
        if turn.wanted:
            return _wish(turn, stored) if site in self._state.sites else None
        plan = self._plans.get(site)
        moment = due_at(plan, stored.firing, now()) if plan and not stored.paused_at else None
        if moment and moment <= now():
            after = stored.firing.run if stored.firing else None
            since = max(moment, turn.since)
            return Due(site=site, asked_by="schedule", since=since, moment=moment, after=after)
        if site in self._state.sites:
            self._set(site, stored)
        return None

    def put_off(self, name: str, seconds: float) -> None:
        """Let a site that is due wait a little, since it can't be crawled just now."""
        site = self._state.sites.get(name)
        if site and site.due_at and site.phase != "crawling":
            self._state.enter(name, "idle")
            self._add_job(name, now() + timedelta(seconds=seconds))

    def _set(self, name: str, stored: SiteSchedule) -> None:
        site, plan = self._state.sites[name], self._plans.get(name)
        site.paused_by = stored.paused_by
        if site.phase == "crawling":
            return  # planned when it ends
        self._forget(name)
        self._state.enter(name, "idle")
        site.due_at = due_at(plan, stored.firing, now()) if plan and not stored.paused_at else None
        if site.due_at:
            self._add_job(name, max(site.due_at, now()))

    def _add_job(self, name: str, moment: datetime) -> None:
        self._scheduler.add_job(self._come, DateTrigger(moment, UTC), args=[name], id=name, replace_existing=True)

    def _forget(self, name: str) -> None:
        self._turns.drop(name)
        if self._scheduler.get_job(name):
            self._scheduler.remove_job(name)

    async def _come(self, name: str) -> None:
        if self._state.sites[name].phase == "idle":
            self._state.enter(name, "waiting")
            self._turns.put(Turn(name, now()))


def _wish(turn: Turn, stored: SiteSchedule) -> Due | None:
    if not stored.wanted_at:
        return None
    asked_by = stored.wanted_by or "person"
    return Due(site=turn.site, asked_by=asked_by, since=turn.since, wanted_at=stored.wanted_at)
