"""How a request that can't be served is answered: one sentence, as JSON for programs, as a page for people."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException

from scheduler.web.language import language_of, said
from scheduler.web.views import render
from scheduler.web.wording import refusal
from store.errors import ConfigError, Conflict, IndexBusy, StoreUnavailable

if TYPE_CHECKING:
    from fastapi import FastAPI, Request
    from starlette.responses import Response

_TITLES = {
    400: said("Bad Request"),
    403: said("Forbidden"),
    404: said("Not Found"),
    405: said("Method Not Allowed"),
    409: said("Conflict"),
    411: said("Length Required"),
    413: said("Content Too Large"),
    422: said("Unprocessable Entity"),
    429: said("Too Many Requests"),
    500: said("Internal Server Error"),
    503: said("Service Unavailable"),
}
_FOR_PROGRAMS = ("/api/", "/feeds/", "/health/", "/metrics")
_SENTENCES = {
    404: said("there is nothing at this address"),
    405: said("this address can't be asked in that way"),
    500: said("something went wrong here; the log of the service says what"),
}


_PROBLEM = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
_IN_JSON = {"application/json": {"schema": _PROBLEM}}
# What the schema of the API says of errors
ANSWERS: dict[int | str, dict[str, Any]] = {
    "4XX": {"content": _IN_JSON, "description": "it can't be asked so; the sentence says why"},
    503: {"content": _IN_JSON, "description": "MongoDB is away, or the search index is being made; try again soon"},
}


def answer_errors(app: FastAPI) -> None:
    """Let every error of an app be answered here."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _misunderstood)
    app.add_exception_handler(ConfigError, _mistaken)
    app.add_exception_handler(Conflict, _conflicting)
    app.add_exception_handler(StoreUnavailable, _unavailable)
    app.add_exception_handler(IndexBusy, _unavailable)
    app.add_exception_handler(Exception, _broken)  # the server logs it with its traceback


def answer(request: Request, status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """Return the answer that tells of an error; who has to log in first is led to where that is done."""
    path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    if path.startswith(_FOR_PROGRAMS):
        return JSONResponse({"error": _to_reader(request, sentence)}, status, headers)
    if status == HTTPStatus.UNAUTHORIZED:
        asked = quote(f"{quote(path)}?{query}" if query else quote(path), safe="")
        return RedirectResponse(f"/login?next={asked}" if request.method == "GET" else "/login", 303)
    page = render(
        request, "error.html", status=status, sentence=sentence, title=_TITLES.get(status, HTTPStatus(status).phrase)
    )
    page.status_code = status
    page.headers.update(headers or {})
    return page


def _to_reader(request: Request, sentence: str) -> str:
    """Return a sentence as a page's script shows it, which asks with the page's token; programs are told in English."""
    if "x-form-token" not in request.headers:
        return sentence
    return refusal(sentence, language_of(request.headers.get("accept-language", ""))).striptags()


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    is_plain = error.detail == HTTPStatus(error.status_code).phrase
    sentence = _SENTENCES.get(error.status_code, error.detail) if is_plain else error.detail
    return answer(request, error.status_code, sentence, dict(error.headers or {}))


async def _misunderstood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    problem = f"{first['msg'][:1].lower()}{first['msg'][1:]}"
    return answer(request, 422, said("%(name)s: %(problem)s", name=first["loc"][-1], problem=problem))


async def _mistaken(request: Request, error: Exception) -> Response:
    return answer(request, 400, error.args[0])


async def _conflicting(request: Request, error: Exception) -> Response:
    return answer(request, 409, error.args[0])


async def _unavailable(request: Request, error: Exception) -> Response:
    return answer(request, 503, error.args[0], {"Retry-After": "10"})


async def _broken(request: Request, _: Exception) -> Response:
    return answer(request, 500, _SENTENCES[500])
