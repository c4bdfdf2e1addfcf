"""Sites: what the schedule has for each, what its last run did, and the three things that an operator can ask for."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scheduler.state import SiteState
from scheduler.web.alerts import Alert
from scheduler.web.backstage import Backstage, Behind, Now
from scheduler.web.language import said
from scheduler.web.origins import own_path
from scheduler.web.runs import Run
from scheduler.web.site_health import Health, Past, health
from store import alerts, run_queries, schedule
from store.availability import asked
from store.connect import SyncDatabase
from store.runs import RUNNING
from store.schedule import NOTHING, SiteSchedule

api = APIRouter(prefix="/api", tags=["sites"])
pages = APIRouter(include_in_schema=False)

A_PAGE = 50

logger = logging.getLogger(__name__)


async def _asking(request: Request) -> str:
    name: str = request.state.visitor.name
    return name


Asking = Annotated[str, Depends(_asking)]


@dataclass(slots=True, kw_only=True, frozen=True)
class Site:
    """One site. `phase` is idle, waiting (for a place) or crawling; `due_at` is null where nothing is scheduled.

    `wanted_by` asked for a crawl that has not started yet.
    """

    name: str
    url: str
    schedule: str
    due_at: datetime | None
    paused_by: str | None
    wanted_by: str | None
    phase: str
    run: str | None
    last_run: Run | None
    health: Health

    @classmethod
    def of(cls, name: str, state: SiteState, stored: SiteSchedule, past: Past) -> Self:
        """Return a site as it is; what is stored is newer than what the service has taken up of it."""
        told = {word: getattr(state, word) for word in ("url", "schedule", "due_at", "phase", "run")}
        told |= {"paused_by": stored.paused_by, "wanted_by": stored.wanted_by}
        return cls(name=name, last_run=past.last_run, health=health(past), **told)


@dataclass(slots=True, frozen=True)
class Sites:
    """`total` counts the sites that fit `q`, also those beyond this page."""

    sites: list[Site]
    total: int


@dataclass(slots=True, frozen=True)
class Asked:
    """What was asked for is stored; every service on this database obeys it within seconds."""

    site: str
    asked: str


@api.get("/sites")
def list_sites(
    behind: Behind,
    q: str = "",
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Sites:
    """The sites of the sites file in its order; `q` is a part of a name or address."""
    return fitting(behind, q, limit, offset)


@api.post("/sites/{name}/pause")
def pause(name: str, behind: Behind, by: Asking, now: Now) -> Asked:
    """Leave a site out of the schedule until it is resumed; a crawl under way goes on."""
    return _ask(behind, name, "pause", by, lambda store: schedule.pause(store, name, by=by, now=now))


@api.post("/sites/{name}/resume")
def resume(name: str, behind: Behind, by: Asking) -> Asked:
    """Take a site back into the schedule."""
    return _ask(behind, name, "resume", by, lambda store: schedule.resume(store, name))


@api.post("/sites/{name}/run")
def run(name: str, behind: Behind, by: Asking, now: Now) -> Asked:
    """Crawl a site before all that is due. Asked twice before it starts, it is one crawl."""
    return _ask(behind, name, "run", by, lambda store: schedule.want(store, name, by=by, now=now))


@pages.post("/sites/{name}/{action}")
def act(
    name: str,
    action: str,
    behind: Behind,
    by: Asking,
    now: Now,
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Do what a button of the page asks for, where there is no JavaScript."""
    match action:
        case "pause":
            pause(name, behind, by, now)
        case "resume":
            resume(name, behind, by)
        case "run":
            run(name, behind, by, now)
        case _:
            raise HTTPException(404, said("there is no such deed"))
    return RedirectResponse(own_path(back), 303)


def fitting(behind: Backstage, q: str, limit: int, offset: int) -> Sites:
    """Return the sites whose name or address has `q` in it."""
    part, states = q.strip().lower(), behind.sites()
    names = [name for name, site in states.items() if part in name.lower() or part in site.url.lower()]
    shown = names[offset : offset + limit]
    with asked():
        past = past_of(behind.store(), shown)
        stored = schedule.of_sites(behind.store(), shown)
    return Sites([Site.of(name, states[name], stored.get(name, NOTHING), past[name]) for name in shown], len(names))


def past_of(database: SyncDatabase, sites: Collection[str]) -> dict[str, Past]:
    """Return what each of these sites did of late; a few queries for all, and one for each that is running."""
    last, news = run_queries.last_of(database, sites), run_queries.last_news(database, sites)
    about: dict[str, list[Alert]] = {}
    for record in alerts.open_of(database, sites):
        about.setdefault(record["subject"], []).append(Alert.of(record))
    past = {}
    for site in sites:
        run = last.get(site)
        ended = run_queries.last_ended(database, site) if run and run["state"] == RUNNING else run
        past[site] = Past(
            last_run=run_of(run), last_ended=run_of(ended), news_at=news.get(site), alerts=about.get(site, [])
        )
    return past


def run_of(record: dict[str, Any] | None) -> Run | None:
    return Run.of(record) if record else None


def _ask(behind: Backstage, name: str, action: str, by: str, do: Callable[[SyncDatabase], None]) -> Asked:
    if name not in behind.sites():
        raise HTTPException(404, said("there is no site %(id)s", id=name))
    with asked():
        do(behind.store())
    logger.info("%s asked: %s %s", by, action, name)
    return Asked(name, action)
