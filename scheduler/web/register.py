"""The accounts as the service knows them: asked of the store at most once a second, and good for a minute."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from store.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from store.accounts import Account

logger = logging.getLogger(__name__)

FRESH = 1.0  # seconds that an answer is not asked for again: so soon an account's end takes effect
GOOD = 60.0  # seconds that accounts hold while the store is away; that there are none holds until it is back
PATIENCE = 2.0  # seconds between two tries of a store that is away
HASTE = 0.5  # seconds that all wait together for an answer as long as what is known will do


@dataclass(slots=True, frozen=True)
class Known:
    """All accounts by name, and the key that sessions are signed with."""

    accounts: Mapping[str, Account]
    key: bytes


class Register:
    """`load` asks the store, and raises StoreUnavailable; `good` is in seconds."""

    def __init__(self, load: Callable[[], Known], good: float = GOOD) -> None:
        self._load = load
        self._good = good
        self._known: Known | None = None
        self._known_at = 0.0
        self._tried_at = self._asked_at = -PATIENCE
        self._asking: asyncio.Task[None] | None = None  # one question at a time, however many wait for the answer

    async def known(self) -> Known:
        """Return what is known.

        Raises:
            StoreUnavailable: the store is away, and what it last said is too old to be relied on.
        """
        if self._age() > FRESH:
            await self._refresh()
        if self._known and self._will_do():
            return self._known
        raise StoreUnavailable("MongoDB does not answer, so nobody can be let in now")

    def forget(self) -> None:
        """Ask anew at the next question: something has changed, maybe after it was asked for last."""
        self._known_at = self._tried_at = -GOOD
        self._asking = None

    async def _refresh(self) -> None:
        """Ask, or wait for an answer asked for already; not for long, since a store that is frozen gives none."""
        if self._asking is None:
            if _clock() - self._tried_at < PATIENCE:
                return
            self._asked_at = _clock()
            self._asking = asyncio.create_task(self._ask(), name="accounts")
        patience = max(0.0, self._asked_at + HASTE - _clock()) if self._will_do() else None
        done, _ = await asyncio.wait([self._asking], timeout=patience)
        for task in done:
            task.result()

    async def _ask(self) -> None:
        try:
            known = await run_in_threadpool(self._load)
        except StoreUnavailable:
            self._tried_at = _clock()
        else:
            if self._asking is asyncio.current_task():
                self._known, self._known_at = known, _clock()
        finally:
            if self._asking is asyncio.current_task():
                self._asking = None

    def _will_do(self) -> bool:
        return self._known is not None and (not self._known.accounts or self._age() <= self._good)

    def _age(self) -> float:
        return _clock() - self._known_at if self._known else float("inf")


def _clock() -> float:
    return asyncio.get_running_loop().time()
