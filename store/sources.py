"""What is remembered of a site's sources: where they are, and what lets a server answer "not modified"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, UpdateOne

if TYPE_CHECKING:
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

NAMED, READ, UNCHANGED = "named", "read", "unchanged"  # by another page only; whole; "not modified"
_VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}


@dataclass(slots=True, kw_only=True, frozen=True)
class Source:
    """A source as a run met it: the request headers that ask for it only if it changed, its kind, how it answered.

    `kind` is None where no page named it, but the sites file or a person. `answer` is NAMED, READ or UNCHANGED; of an
    unchanged one the headers hold that are stored.
    """

    url: str
    headers: dict[str, str]
    kind: str | None = None
    answer: str = READ


async def of_site(database: AsyncDatabase[dict[str, Any]], site: str) -> list[dict[str, Any]]:
    """Return what is remembered of a site's sources: `_id` (address), `headers`, `kind`."""
    return await database["sources"].find({"site": site}).to_list()


def last_asked(database: Database[dict[str, Any]], site: str, limit: int) -> list[dict[str, Any]]:
    """Return what is remembered of a site's sources, those that were asked last first."""
    found = database["sources"].find({"site": site}, {"headers": 0})
    return list(found.sort([("asked_at", DESCENDING), ("_id", ASCENDING)]).limit(limit))


def request_headers(response_headers: dict[str, str]) -> dict[str, str]:
    """Turn a response's validators into the headers of the next request.

    >>> request_headers({"ETag": '"7"', "Date": "…"})
    {'If-None-Match': '"7"'}
    """
    return {ask: response_headers[said] for said, ask in _VALIDATORS.items() if said in response_headers}


def remember(site: str, source: Source, now: datetime) -> UpdateOne:
    """Return the write that keeps what is known of a source. Write it only when all that it announced is stored.

    `asked_at` is when a run that asked for it ended, `read_at` when one that got it whole did.
    """
    fields: dict[str, Any] = {"site": site}
    if source.answer != UNCHANGED:
        fields |= {"headers": source.headers, "kind": source.kind}
    elif source.kind:
        fields["kind"] = source.kind
    if source.answer != NAMED:
        fields["asked_at"] = now
    if source.answer == READ:
        fields["read_at"] = now
    first = {"headers": source.headers} if source.answer == UNCHANGED else {}
    return UpdateOne({"_id": source.url}, {"$set": fields} | ({"$setOnInsert": first} if first else {}), upsert=True)
