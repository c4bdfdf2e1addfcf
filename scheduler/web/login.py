"""Logging in and out, for people; programs show a token."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scheduler.web.access import Access
from scheduler.web.backstage import Backstage, Behind, Now
from scheduler.web.errors import answer as error_page
from scheduler.web.language import said
from scheduler.web.origins import own_path
from scheduler.web.sessions import COOKIE, LIFE, Session
from scheduler.web.views import render
from store import accounts
from store.availability import asked
from store.errors import StoreUnavailable

pages = APIRouter(include_in_schema=False)


async def _access(request: Request) -> Access:
    found: Access = request.app.state.access
    return found


@pages.get("/login")
async def form(request: Request, next: str = "/") -> Response:  # noqa: A002 - the parameter's public name
    if request.state.visitor:
        return RedirectResponse(own_path(next), 303)
    return render(request, "login.html", next=own_path(next), problem=None, name="")


@pages.post("/login")
async def log_in(
    request: Request,
    access: Annotated[Access, Depends(_access)],
    name: Annotated[str, Form()],
    password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    address = request.client.host if request.client else ""
    try:
        cookie = await access.log_in(name, password, address)
    except HTTPException as refusal:
        page = render(request, "login.html", next=own_path(next), problem=refusal.detail, name=name)
        page.status_code = refusal.status_code
        page.headers.update(refusal.headers or {})
        return page
    answer = RedirectResponse(own_path(next), 303)
    is_secure = request.scope["scheme"] == "https"
    answer.set_cookie(COOKIE, cookie, _seconds(LIFE), httponly=True, samesite="lax", secure=is_secure)
    return answer


@pages.post("/logout")
async def log_out(request: Request, access: Annotated[Access, Depends(_access)], behind: Behind, now: Now) -> Response:
    """End the session in the store, so that a copy of the cookie ends with it."""
    session, request.state.visitor = request.state.visitor.session, None
    answer: Response = RedirectResponse("/login", 303)
    try:
        if session:
            await run_in_threadpool(_end, behind, session, now)
            access.forget()
    except StoreUnavailable:
        answer = error_page(
            request, 503, said("this browser is logged out; MongoDB is away, so a copy of its cookie is not")
        )
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return answer


def _end(behind: Backstage, session: Session, now: datetime) -> None:
    with asked():
        accounts.end_session(behind.store(), session.name, session.id, until=session.until, now=now)


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
