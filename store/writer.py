"""Writes of a crawl: gathered, idempotent, acknowledged by the journal, patient with a server that goes away."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

from bson.errors import BSONError
from pymongo.errors import BulkWriteError, ConnectionFailure, DocumentTooLarge, OperationFailure

from store import commands, sequence
from store.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateMany, UpdateOne
    from pymongo.asynchronous.database import AsyncDatabase

    from store.articles import Numbered

    Write = DeleteOne | InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]] | UpdateMany | UpdateOne
    Operation = Write | Numbered

logger = logging.getLogger(__name__)
T = TypeVar("T")

_RACES = 5
_DUPLICATE_KEY = 11000
PATIENCE = 300.0  # seconds without a server after which a crawl gives up; what is not stored is crawled again
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)  # seconds between tries; the last one is repeated
_REFUSALS = (OperationFailure, DocumentTooLarge, BSONError)
# An article makes its URL known, so it is written when all that belongs to it is safe; only then is a postponed teaser
# settled.
_ORDER = ("pages", "versions", "fingerprints", "verdicts", "articles", "pending", "sources")


class Patience:
    """Runs database calls again until a server answers. The calls must be idempotent.

    `revive` is run (in a thread) before each new try, to start an embedded server that died. When no server answered
    within `within` seconds it gives up for good: whoever asks next need not wait as long again.
    """

    def __init__(self, revive: Callable[[], None], *, within: float = PATIENCE) -> None:
        self._revive = revive
        self._within = within
        self._gave_up: StoreUnavailable | None = None

    async def __call__(self, call: Callable[[], Awaitable[T]]) -> T:
        """Run a call.

        Raises:
            StoreUnavailable: no server answered in time, now or earlier.
        """
        loop = asyncio.get_running_loop()
        deadline, attempt = loop.time() + self._within, 0
        while True:
            if self._gave_up:
                raise self._gave_up
            try:
                return await call()
            except ConnectionFailure as error:
                if loop.time() > deadline:
                    self._gave_up = StoreUnavailable(f"MongoDB has been away for {self._within:.0f} s: {error}")
                    raise self._gave_up from error
                if attempt == 0:
                    logger.warning("MongoDB is away, waiting for it: %s", error)
                await asyncio.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
                attempt += 1
                await self._try_to_revive()

    async def _try_to_revive(self) -> None:
        try:
            await asyncio.to_thread(self._revive)
        except StoreUnavailable as error:
            logger.warning("the embedded MongoDB does not start yet: %s", error)


class Writer:
    """Gathers operations by collection and writes them in an order that is safe to be killed in.

    `guard` is asked before each write, and raises if nothing more may be written. `refused` counts documents that the
    server would not take; they are logged, and the others written all the same.
    """

    def __init__(
        self, database: AsyncDatabase[dict[str, Any]], patiently: Patience, guard: Callable[[], Awaitable[None]]
    ) -> None:
        self.refused = 0
        self._database = database
        self._patiently = patiently
        self._guard = guard
        self._operations: dict[str, list[Operation]] = defaultdict(list)
        self._lock = asyncio.Lock()

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
            await self._patiently(lambda: self._bulk_write(collection, operations))
        except BaseException:
            self._operations[collection][:0] = operations
            raise

    async def _bulk_write(self, collection: str, operations: list[Operation]) -> None:
        """Write in order: a copy that gives way to an earlier article comes after its own insertion.

        Two processes may upsert one key at once; the one that comes second fails, and finds the document when it
        tries again.
        """
        for _ in range(_RACES):
            writes = await self._numbered(collection, operations)
            await self._guard()
            try:
                await self._database[collection].bulk_write(writes)
                return
            except BulkWriteError as error:
                if any(failed["code"] != _DUPLICATE_KEY for failed in error.details["writeErrors"]):
                    break
            except _REFUSALS:
                break
        await self._write_singly(collection, operations)

    async def _write_singly(self, collection: str, operations: list[Operation]) -> None:
        """Write what can be: one document that is too large or malformed must not take the others with it."""
        for operation in operations:
            writes = await self._numbered(collection, [operation])
            await self._guard()
            try:
                await self._database[collection].bulk_write(writes)
            except _REFUSALS as error:
                self.refused += 1
                logger.error("%s: a document was refused: %s", collection, str(error)[:500])

    async def _numbered(self, collection: str, operations: list[Operation]) -> list[Write]:
        """Give the writes of articles their number; each try takes a new one, so that none is seen late."""
        number = await commands.run_async(self._database, sequence.rise()) if collection == "articles" else 0
        return [operation(number) if callable(operation) else operation for operation in operations]
