"""The gate that every request passes: what is public, who asks, and whether they may. Closed unless it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request

from scheduler.web.access import check_origin
from scheduler.web.errors import answer
from scheduler.web.language import said
from store.errors import StoreUnavailable

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from scheduler.web.access import Access, Visitor

MOST_BYTES = 64 * 1024  # of a request's body: a form of two fields is the longest
_PUBLIC = ("/health/", "/static/")
_LOGIN = "/login"


class Gate:
    """ASGI middleware; `request.state.visitor` is who came in."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        request.state.visitor = None
        try:
            _check_size(request)
            if not scope["path"].startswith(_PUBLIC):  # not `request.url.path`: a Host header has a say in that
                request.state.visitor = await self._admit(request)
        except HTTPException as refusal:
            headers = dict(refusal.headers or {})
            await answer(request, refusal.status_code, refusal.detail, headers)(scope, receive, send)
        except StoreUnavailable as error:
            await answer(request, 503, error.args[0], {"Retry-After": "10"})(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _admit(self, request: Request) -> Visitor | None:
        visitor = await self._access.visitor(request)
        if visitor is None and request.scope["path"] != _LOGIN:
            raise HTTPException(401, said("log in, or show a token"), {"WWW-Authenticate": "Bearer"})
        check_origin(request, visitor)
        return visitor


def _check_size(request: Request) -> None:
    if "transfer-encoding" in request.headers:
        raise HTTPException(411, said("say how long the body is"))
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise HTTPException(413, said("a body has at most %(most)s bytes", most=MOST_BYTES))
