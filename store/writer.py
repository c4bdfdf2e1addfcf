"""Writes of a crawl: gathered, idempotent, acknowledged by the journal, patient with a server that goes away."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

from pymongo.errors import AutoReconnect, BulkWriteError, ConnectionFailure, NetworkTimeout

from store.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateOne
    from pymongo.asynchronous.database import AsyncDatabase

    Operation = DeleteOne | InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]] | UpdateOne

logger = logging.getLogger(__name__)
T = TypeVar("T")

_RACES = 5
_DUPLICATE_KEY = 11000
PATIENCE = 300.0  # seconds without a server after which a crawl gives up; what is not stored is crawled again
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)  # seconds between tries; the last one is repeated
_GONE = (AutoReconnect, ConnectionFailure, NetworkTimeout)
# An article makes its URL known, so it is written when all that belongs to it is safe.
_ORDER = ("pages", "versions", "fingerprints", "verdicts", "pending", "sources", "articles")


async def patiently(
    call: Callable[[], Awaitable[T]],
    *,
    revive: Callable[[], None] | None = None,
    patience: float = PATIENCE,
) -> T:
    """Run a database call again until a server answers. The call must be idempotent.

    `revive` is run (in a thread) before each new try, to start an embedded server that died.

    Raises:
        StoreUnavailable: no server answered within `patience` seconds.
    """
    loop = asyncio.get_running_loop()
    deadline, attempt = loop.time() + patience, 0
    while True:
        try:
            return await call()
        except _GONE as error:
            if loop.time() > deadline:
                raise StoreUnavailable(f"MongoDB has been away for {patience:.0f} s: {error}") from error
            if attempt == 0:
                logger.warning("MongoDB is away, waiting for it: %s", error)
            await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
            attempt += 1
            if revive:
                await _try_to_revive(revive)


async def _try_to_revive(revive: Callable[[], None]) -> None:
    try:
        await asyncio.to_thread(revive)
    except StoreUnavailable as error:
        logger.warning("the embedded MongoDB does not start yet: %s", error)


class Writer:
    """Gathers operations by collection and writes them in an order that is safe to be killed in."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], revive: Callable[[], None] | None = None) -> None:
        self._database = database
        self._revive = revive
        self._operations: dict[str, list[Operation]] = defaultdict(list)
        self._lock = asyncio.Lock()

    def __len__(self) -> int:
        return sum(map(len, self._operations.values()))

    def add(self, collection: str, *operations: Operation) -> None:
        """Take operations for the next flush."""
        assert collection in _ORDER, collection
        self._operations[collection].extend(operations)

    async def flush(self) -> None:
        """Write what was added. When it returns, the journal has it; when it raises, all of it is still here."""
        async with self._lock:
            for collection in _ORDER:
                operations = self._operations.pop(collection, [])
                if operations:
                    await self._write(collection, operations)

    async def _write(self, collection: str, operations: list[Operation]) -> None:
        try:
            await patiently(lambda: self._bulk_write(collection, operations), revive=self._revive)
        except BaseException:
            self._operations[collection][:0] = operations
            raise

    async def _bulk_write(self, collection: str, operations: list[Operation]) -> None:
        """Write in order: a copy that gives way to an earlier article comes after its own insertion.

        Two processes may upsert one key at once; the one that comes second fails, and finds the document when it
        tries again.
        """
        for _ in range(_RACES):
            try:
                await self._database[collection].bulk_write(operations)
                return
            except BulkWriteError as error:
                if any(failed["code"] != _DUPLICATE_KEY for failed in error.details["writeErrors"]):
                    raise
        raise StoreUnavailable(f"{collection}: the same documents are being written by others, {_RACES} times over")
