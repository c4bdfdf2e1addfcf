"""The first page, and the state of the service as JSON."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from scheduler.live import live_run
from scheduler.state import SiteState
from scheduler.web.alerts import open_alerts
from scheduler.web.backstage import Behind, Now
from scheduler.web.paging import Page
from scheduler.web.sites import A_PAGE, fitting
from scheduler.web.views import render
from store import run_queries
from store.availability import asked

api = APIRouter(prefix="/api", tags=["service"])
pages = APIRouter(include_in_schema=False)


@dataclass(slots=True, kw_only=True, frozen=True)
class State:
    """How the service stands. `places` is how many crawls it runs at once; what is null is well."""

    started_at: datetime
    is_ready: bool
    is_stopping: bool
    sites: int
    paused: int
    crawling: int
    waiting: int
    places: int
    sites_file_error: str | None
    store_away_since: datetime | None


@api.get("/state")
async def state(behind: Behind) -> State:
    """How the service stands."""
    standing = behind.state()
    return State(
        started_at=standing.started_at,
        is_ready=standing.is_ready,
        is_stopping=standing.is_stopping,
        sites=len(standing.sites),
        paused=_paused(standing.sites),
        crawling=standing.count("crawling"),
        waiting=standing.count("waiting"),
        places=standing.places,
        sites_file_error=standing.sites_file_error,
        store_away_since=standing.store_away_since,
    )


@pages.get("/")
def home(
    request: Request, behind: Behind, now: Now, q: str = "", page: Annotated[int, Query(ge=1, le=20_000)] = 1
) -> Response:
    sites, found = behind.sites(), fitting(behind, q, A_PAGE, (page - 1) * A_PAGE)
    with asked():
        running = run_queries.under_way(behind.store())
    return render(
        request,
        "home.html",
        state=behind.state(),
        found=found,
        q=q,
        here=f"/?{query}" if (query := request.scope["query_string"].decode("latin-1")) else "/",
        paging=Page(page, has_more=page * A_PAGE < found.total, asked={"q": q}),
        running=[live_run(record, now) for record in running],
        waiting=[name for name, site in sites.items() if site.phase == "waiting"],
        alerts=open_alerts(behind),
        paused=_paused(sites),
    )


def _paused(sites: dict[str, SiteState]) -> int:
    return sum(site.paused_by is not None for site in sites.values())
