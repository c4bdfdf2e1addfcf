"""When each site is due next: a job of APScheduler for each, derived from the sites file and the stored firings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from scheduler.clock import now
from scheduler.jobs import due_at, next_start, outside_quiet, plans_of, schedule_text
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
        self._unplanned: set[str] = set()  # sites whose next moment is not known
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
        await self.plan(sites)

    async def plan(self, names: Iterable[str] = ()) -> None:
        """Look at what is stored of the sites, and set their next moments; also of those for which that failed earlier.

        Raises:
            StoreUnavailable: it is done with the next call.
        """
        self._unplanned.update(names)
        chosen = self._unplanned & self._state.sites.keys()
        if not chosen:
            return
        stored = await self._store.ask(lambda database: schedule.of_sites(database, chosen))
        self._unplanned -= chosen
        for name in chosen & self._state.sites.keys():
            self._set(name, stored.get(name, schedule.NOTHING))

    async def plan_all(self) -> None:
        """Plan every site anew, as `plan` does."""
        await self.plan(self._state.sites)

    async def due(self, turn: Turn) -> Due | None:
        """Return the crawl that a turn is for; None if there is none any more, and the site is planned anew.

        What a person wants serves the schedule too, if that is due.

        Raises:
            StoreUnavailable: it is not known.
        """
        stored = await self._store.ask(lambda database: schedule.of_site(database, turn.site))
        moment = self._moment(turn.site, stored)
        after = stored.firing.run if stored.firing and moment else None
        if stored.wanted_at:
            who = stored.wanted_by or "person"
            return Due(site=turn.site, asked_by=who, moment=moment, after=after, wanted_at=stored.wanted_at)
        if moment:
            return Due(site=turn.site, asked_by="schedule", moment=moment, after=after)
        self._set(turn.site, stored)
        return None

    def put_off(self, name: str, seconds: float) -> None:
        """Let a site that is due wait a little, since it can't be crawled just now."""
        site = self._state.sites.get(name)
        if site and site.phase != "crawling":
            self._state.enter(name, "idle")
            if site.due_at:
                self._add_job(name, now() + timedelta(seconds=seconds))

    def _moment(self, name: str, stored: SiteSchedule) -> datetime | None:
        """Return the moment for which a site may run now, if there is one."""
        plan, moment = self._plans.get(name), now()
        if plan is None or stored.paused_at or outside_quiet(plan.site, moment) > moment:
            return None
        due = due_at(plan, stored.firing, moment)
        return due if due <= moment else None

    def _set(self, name: str, stored: SiteSchedule) -> None:
        site, plan = self._state.sites.get(name), self._plans.get(name)
        if site is None or site.phase == "crawling":
            return  # it is planned when it ends
        site.paused_by = stored.paused_by
        self._forget(name)
        self._state.enter(name, "idle")
        site.due_at = None
        if plan and not stored.paused_at:
            start, moment = next_start(plan, stored.firing, now()), due_at(plan, stored.firing, now())
            site.due_at = start if start > now() else moment
            self._add_job(name, site.due_at)

    def _add_job(self, name: str, moment: datetime) -> None:
        self._scheduler.add_job(self._come, DateTrigger(moment, UTC), args=[name], id=name, replace_existing=True)

    def _forget(self, name: str) -> None:
        self._turns.drop(name)
        if self._scheduler.get_job(name):
            self._scheduler.remove_job(name)

    async def _come(self, name: str) -> None:
        site = self._state.sites[name]
        if site.phase == "idle" and site.due_at:
            self._state.enter(name, "waiting")
            self._turns.put(Turn(name, site.due_at))
