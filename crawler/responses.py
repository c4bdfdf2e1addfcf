"""Scrapy's responses and failures in Winnow's words: a few lines of adapter each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy import exceptions
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.document import Document, parse
from crawler.items import Page, Reason

if TYPE_CHECKING:
    from datetime import datetime

    from scrapy.http import Response

_GONE = frozenset((404, 410))  # every other answer may be another one tomorrow: a 403 is often a passing mood
_UNKEPT_HEADERS = frozenset(("set-cookie",))
_CODES: dict[type[Exception], str] = {
    exceptions.CannotResolveHostError: "unresolvable",
    exceptions.DownloadConnectionRefusedError: "connection-refused",
    exceptions.DownloadTimeoutError: "timeout",
    exceptions.DownloadCancelledError: "too-large",
    exceptions.ResponseDataLossError: "cut-short",
    exceptions.UnsupportedURLSchemeError: "scheme",
    exceptions.DownloadFailedError: "connection-lost",
}
_FINAL = frozenset(("too-large", "scheme"))


@dataclass(slots=True, frozen=True)
class FetchFailure:
    """Why a page could not be fetched; `is_final` says that another try would end the same."""

    reason: Reason
    is_final: bool


def document_of(response: Response) -> Document:
    """Parse a response."""
    return parse(response.body, response.url, headers_of(response).get("Content-Type", ""))


def page_of(response: Response, fetched_at: datetime) -> Page:
    """Return a response as the page that is kept beside its article."""
    return Page(
        url=response.url,
        status=response.status,
        headers=headers_of(response),
        body=response.body,
        fetched_at=fetched_at,
    )


def headers_of(response: Response) -> dict[str, str]:
    """Return the headers by their canonical name; a repeated one joined by commas, cookies left out."""
    return {
        name.decode("latin-1").title().replace("Etag", "ETag"): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.lower().decode("latin-1") not in _UNKEPT_HEADERS
    }


def failure_of(error: BaseException | None) -> FetchFailure:
    """Say why a fetch failed."""
    if isinstance(error, HttpError):
        status = error.response.status
        reason = Reason(code=f"http-{status}", detail=f"the server answered {status}")
        return FetchFailure(reason, is_final=status in _GONE)
    code = getattr(error, "code", None)
    if isinstance(error, exceptions.IgnoreRequest) and code:
        return FetchFailure(Reason(code=code, detail=str(error)), getattr(error, "is_final", True))
    for kind, name in _CODES.items():
        if isinstance(error, kind):
            return FetchFailure(Reason(code=name, detail=str(error)), name in _FINAL)
    return FetchFailure(Reason(code="fetch-error", detail=f"{type(error).__name__}: {error}"), is_final=False)
