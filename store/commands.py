"""Work on the database that is written once for both drivers: it yields commands and is sent the server's replies.

A crawl runs it asynchronously, a command of the command line does not.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

T = TypeVar("T")
Record = dict[str, Any]

# MongoDB's error codes; the last is "query plan killed": the collection was dropped while it was read
NO_SUCH_COLLECTION, NO_SUCH_INDEX, COLLECTION_EXISTS, COLLECTION_DROPPED = 26, 27, 48, 175
_BUSY = 12587  # another process builds an index of this collection
_PAUSE = 0.1  # seconds until it is asked again


@dataclass(slots=True, frozen=True)
class Command:
    """A command of the server; an error whose code is `allowed` is a reply, any other is raised."""

    document: Record
    allowed: tuple[int, ...] = ()


Work = Generator[Command, Record, T]


def run(database: Database[Record], work: Work[T]) -> T:
    """Do the work, and return its result. Waits while another process builds an index."""
    try:
        command = next(work)
        while True:
            reply = database.command(command.document, allowable_errors=(*command.allowed, _BUSY))
            if reply.get("code") == _BUSY:
                time.sleep(_PAUSE)
            else:
                command = work.send(reply)
    except StopIteration as end:
        result: T = end.value
        return result


async def run_async(database: AsyncDatabase[Record], work: Work[T]) -> T:
    """Do the work as `run` does."""
    try:
        command = next(work)
        while True:
            reply = await database.command(command.document, allowable_errors=(*command.allowed, _BUSY))
            if reply.get("code") == _BUSY:
                await asyncio.sleep(_PAUSE)
            else:
                command = work.send(reply)
    except StopIteration as end:
        result: T = end.value
        return result


def documents(reply: Record) -> list[Record]:
    """Return the documents of a reply that has them all in its first batch."""
    found: list[Record] = reply["cursor"]["firstBatch"] if reply["ok"] else []
    return found
