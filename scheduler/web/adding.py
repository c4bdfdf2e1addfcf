"""Adding a site: a preview of what would be taken of it, and the entry in the sites file."""

import logging
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Depends, Form, Path, Request
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scheduler.added import Added, SitesFileWrong
from scheduler.preview import LIMIT, LONGEST_ADDRESS, Preview, PreviewsBusy
from scheduler.web.backstage import Backstage, Behind
from scheduler.web.language import said
from scheduler.web.pictures import picture_origin
from scheduler.web.sites import Asking
from scheduler.web.views import render
from store.errors import ConfigError, Conflict
from store.urls import key

KINDS = ("feed", "listing", "sitemap")
SCHEDULES = ("15m", "30m", "1h", "2h", "6h", "12h", "1d")
USUAL = "30m"
_SPACE = re.compile(r"\s")
_BUSY = {"Retry-After": "15"}

_key = lru_cache(16_384)(key)  # that of every site, at each look at a preview

logger = logging.getLogger(__name__)


async def _operators_only(request: Request) -> None:
    """Keep readers away from what leads to a change; what changes something is refused to them before."""
    visitor = request.state.visitor
    if not visitor.is_operator:
        raise HTTPException(403, said("%(name)s may read, and change nothing", name=visitor.name))


api = APIRouter(prefix="/api", tags=["sites"], dependencies=[Depends(_operators_only)])
pages = APIRouter(include_in_schema=False, dependencies=[Depends(_operators_only)])

Address = Annotated[
    str, Body(min_length=1, max_length=LONGEST_ADDRESS, description="of the home page, with its scheme")
]
Name = Annotated[str | None, Body(min_length=1, max_length=64, description="what to call it; null: its host")]
Every = Annotated[str, Body(min_length=2, max_length=12, description="how often to crawl it: 15m, 2h, 1d")]
Id = Annotated[str, Path(max_length=32)]
Text = Annotated[str, Form(max_length=LONGEST_ADDRESS)]


@api.post("/previews", status_code=202)
async def start_preview(behind: Behind, by: Asking, url: Annotated[Address, Body(embed=True)]) -> Preview:
    """Begin to look at a site: a crawl of at most ten articles and half a minute that stores nothing.

    Two at once are made; a third is refused with 429.
    """
    return _start(behind, url, by)


@api.get("/previews/{id}")
async def preview(behind: Behind, id: Id) -> Preview:  # noqa: A002 - the parameter's public name
    """How far a preview is, and what it found; one can be asked for until some minutes after its end."""
    return _find(behind, id)


@api.post("/sites", status_code=201)
def add(behind: Behind, by: Asking, url: Address, name: Name = None, every: Every = USUAL) -> Added:
    """Add a site to the sites file; one whose name or address is there already is refused with 409."""
    return _add(behind, by, url, name, every)


@pages.get("/add")
async def ask(request: Request) -> Response:
    return render(request, "add.html", url="", problem=None)


@pages.post("/add")
async def look(request: Request, behind: Behind, by: Asking, url: Text = "") -> Response:
    try:
        started = _start(behind, url, by)
    except ConfigError as error:
        return _refused(request, url, 400, error.args[0])
    except HTTPException as refusal:
        return _refused(request, url, refusal.status_code, refusal.detail, refusal.headers)
    return RedirectResponse(f"/add/{started.id}", 303)


@pages.get("/add/{id}")
async def found(request: Request, behind: Behind, id: Id) -> Response:  # noqa: A002
    return _shown(request, behind, _find(behind, id))


@pages.post("/add/{id}")
async def add_found(
    request: Request,
    behind: Behind,
    by: Asking,
    id: Id,  # noqa: A002
    name: Text = "",
    every: Text = USUAL,
) -> Response:
    seen = _find(behind, id)
    try:
        added = await run_in_threadpool(_add, behind, by, seen.url, name.strip() or None, every)
    except (ConfigError, Conflict) as refusal:
        page = _shown(request, behind, seen, problem=refusal.args[0], name=name, every=every)
        page.status_code = 409 if isinstance(refusal, Conflict) else 400
        return page
    seen.added = added.name
    return RedirectResponse(f"/add/{seen.id}", 303)


def _refused(
    request: Request, url: str, status: int, problem: str, headers: Mapping[str, str] | None = None
) -> Response:
    page = render(request, "add.html", url=url, problem=problem)
    page.status_code = status
    page.headers.update(headers or {})
    return page


def _start(behind: Backstage, url: str, by: str) -> Preview:
    behind.store()  # a crawl looks there for copies of what it finds
    try:
        started = behind.previews.start(url)
    except PreviewsBusy as error:
        raise HTTPException(429, str(error), _BUSY) from None
    logger.info("%s asked: preview of %s", by, started.url)
    return started


def _find(behind: Backstage, id_: str) -> Preview:
    seen = behind.previews.find(id_)
    if seen is None:
        raise HTTPException(404, said("there is no such preview, or no longer; begin anew"))
    return seen


def _add(behind: Backstage, by: str, url: str, name: str | None, every: str) -> Added:
    if _is_private(url.strip(), behind.allow_private):
        raise ConfigError(said("an address of a private network is not crawled, unless WINNOW_ALLOW_PRIVATE names it"))
    try:
        added = behind.add_site(url, name, every)
    except SitesFileWrong as error:
        logger.warning("%s asked: add %s; it can't be: %s", by, url, error)
        raise Conflict(said("the sites file has a mistake, or can't be written; mend that first")) from None
    logger.info("%s asked: add %s", by, added.name)
    return added


def _is_private(url: str, allowed: Collection[tuple[str, int]]) -> bool:
    """Tell whether what a preview would not read is to be added; what is no address at all is left to others."""
    try:
        parts = urlsplit(url)
        is_sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return False
    return bool(is_sound) and not _SPACE.search(url) and picture_origin(url, allowed) is None


def _shown(request: Request, behind: Backstage, seen: Preview, **given: str) -> Response:
    """Show a preview, with what was `given` in its form before, and the problem with that."""
    sites = behind.sites()
    known = seen.added or next((name for name, site in sites.items() if _key(site.url) == _key(seen.url)), None)
    values = {"problem": None, "name": seen.name, "every": USUAL} | given
    is_waiting = seen.state == "running" or (seen.added is not None and seen.added not in sites)
    return render(
        request,
        "preview.html",
        preview=asdict(seen),
        known=known,
        is_waiting=is_waiting,
        limit=LIMIT,
        schedules=SCHEDULES,
        sources=[(kind, [each.url for each in seen.sources if each.kind == kind]) for kind in KINDS],
        **values,
    )
