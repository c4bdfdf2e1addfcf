"""The web app, put together: every noun has a module with its routes, `api` for programs and `pages` for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig

from scheduler.web import (
    adding,
    alerts,
    article,
    articles,
    health,
    home,
    live,
    login,
    newsfeeds,
    review,
    runs,
    scrape,
    site,
    sites,
    statistics,
    stories,
    verdicts,
    versions,
)
from scheduler.web.access import Access, check_form
from scheduler.web.broadcast import Broadcast
from scheduler.web.errors import ANSWERS, answer_errors
from scheduler.web.gate import Gate
from scheduler.web.headers import Headers
from scheduler.web.register import Known, Register
from store import accounts
from store.availability import asked

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from scheduler.web.backstage import Backstage

VERSION = "0.1.0"
_NO_TELEMETRY = TelemetryConfig(tracing=False, metrics=False, logs=False)
_STATIC = Path(__file__).parent / "static"


class WebApp:
    """What a server serves. `end_streams` ends what would never end by itself."""

    def __init__(self, app: ASGIApp, broadcast: Broadcast) -> None:
        self._app = app
        self._broadcast = broadcast

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def end_streams(self) -> None:
        self._broadcast.close()


def create_app(backstage: Backstage) -> WebApp:
    """Put the app together; it touches nothing before it is asked."""
    app = FastAPI(
        title="Winnow",
        version=VERSION,
        summary="What the crawler's service does, and the three things that it can be asked for.",
        openapi_url="/api/openapi.json",
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_NO_TELEMETRY,
        dependencies=[Depends(check_form)],
        responses=ANSWERS,
    )
    broadcast, access = Broadcast(backstage), Access(Register(lambda: _known(backstage)))
    app.state.backstage, app.state.access, app.state.broadcast = backstage, access, broadcast
    app.state.recent_figures = statistics.Recent()
    for noun in (home, articles, article, versions, review, verdicts, adding, sites, site, runs, alerts, statistics):
        app.include_router(noun.api)
        app.include_router(noun.pages)
    for router in (stories.api, newsfeeds.api, live.api, health.api, scrape.api, login.pages):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=_STATIC))
    answer_errors(app)
    app.add_middleware(Gate, access=access)
    return WebApp(Headers(app), broadcast)


def _known(backstage: Backstage) -> Known:
    with asked():
        database = backstage.store()
        return Known(accounts.everyone(database), accounts.signing_key(database))
