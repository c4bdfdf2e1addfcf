"""What is remembered of a site's sources: where they are, and what lets a server answer "not modified"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

_VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}


@dataclass(slots=True, kw_only=True, frozen=True)
class Source:
    """A source as it was read: the request headers that ask for it only if it changed, and its kind.

    `kind` is None where no page named it, but the sites file or a person.
    """

    url: str
    headers: dict[str, str]
    kind: str | None = None


async def of_site(database: AsyncDatabase[dict[str, Any]], site: str) -> list[dict[str, Any]]:
    """Return what is remembered of a site's sources: `_id` (address), `headers`, `kind`."""
    return await database["sources"].find({"site": site}).to_list()


def request_headers(response_headers: dict[str, str]) -> dict[str, str]:
    """Turn a response's validators into the headers of the next request.

    >>> request_headers({"ETag": '"7"', "Date": "…"})
    {'If-None-Match': '"7"'}
    """
    return {ask: response_headers[said] for said, ask in _VALIDATORS.items() if said in response_headers}


def remember(site: str, source: Source) -> UpdateOne:
    """Return the write that keeps what is known of a source. Write it only when all that it announced is stored."""
    fields = {"site": site, "headers": source.headers, "kind": source.kind}
    return UpdateOne({"_id": source.url}, {"$set": fields}, upsert=True)
