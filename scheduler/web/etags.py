"""Validators: an answer carries a digest of itself, and who has that answer already is told so instead."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from fastapi.routing import APIRoute
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.requests import Request

_OK, _NOT_MODIFIED = 200, 304
_KEPT = ("content-language", "vary")  # of an answer's headers, what "not modified" repeats


class Revalidated(APIRoute):
    """A route whose answers have an ETag; `APIRouter(route_class=Revalidated)` makes all of a router's so."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def revalidate(request: Request) -> Response:
            return validated(await handle(request), request.headers.get("if-none-match", ""))

        return revalidate


def validated(answer: Response, known: str) -> Response:
    """Return an answer with its ETag, or "not modified" where `known`, an If-None-Match header, has that."""
    if answer.status_code != _OK:
        return answer
    tag = etag_of(bytes(answer.body))
    if is_known(tag, known):
        kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
        return Response(status_code=_NOT_MODIFIED, headers=kept | {"ETag": tag})
    answer.headers["ETag"] = tag
    return answer


def etag_of(body: bytes) -> str:
    """Return the strong ETag of a body: of other bytes it is another."""
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def is_known(tag: str, header: str) -> bool:
    """Tell whether an If-None-Match header names a tag, compared weakly as the standard asks.

    >>> is_known('"a"', 'W/"b", W/"a"'), is_known('"a"', "*"), is_known('"a"', '"ab"'), is_known('"a"', "")
    (True, True, False, False)
    """
    named = [each.strip().removeprefix("W/") for each in header.split(",")]
    return tag in named or named == ["*"]
