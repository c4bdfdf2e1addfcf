"""What is remembered of a site's sources: the validators that let a server answer "not modified"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase

_VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}


async def validators(database: AsyncDatabase[dict[str, Any]], site: str) -> dict[str, dict[str, str]]:
    """Return by address the request headers that ask for a source only if it changed since it was read."""
    found = await database["sources"].find({"site": site}).to_list()
    return {source["_id"]: source["headers"] for source in found}


def request_headers(response_headers: dict[str, str]) -> dict[str, str]:
    """Turn a response's validators into the headers of the next request.

    >>> request_headers({"ETag": '"7"', "Date": "…"})
    {'If-None-Match': '"7"'}
    """
    return {ask: response_headers[said] for said, ask in _VALIDATORS.items() if said in response_headers}


def remember(site: str, url: str, headers: dict[str, str]) -> UpdateOne:
    """Return the write that keeps the validators of a source. Write it only when all that it announced is stored."""
    return UpdateOne({"_id": url}, {"$set": {"site": site, "headers": headers}}, upsert=True)
