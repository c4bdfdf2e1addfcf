"""One connection: it has to say what it wants within a while, and gives way to others while it says nothing."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio


class Connection(H11Protocol):
    """uvicorn waits for ever for a first request, or for the rest of any, and then answers 503 to everyone else."""

    patience = 10.0  # seconds for a whole request, from the moment that one may come
    most = 500  # connections at once; the crawls need file descriptors too

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.timer: asyncio.TimerHandle | None = None

    @property
    def is_served(self) -> bool:
        """Whether a request was read whole, and its answer is under way."""
        return self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        if len(self.connections) >= self.most and not self._make_room():
            transport.abort()
            return
        super().connection_made(transport)
        self._time()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.is_served:
            self._stop_timing()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.is_served:  # else the next one was in the buffer
            self._time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timing()
        super().connection_lost(exc)

    def _make_room(self) -> bool:
        """Cut off who has said nothing for longest; False if all are being served."""
        silent = [(each.timer.when(), each) for each in self.connections if isinstance(each, Connection) and each.timer]
        if not silent:
            return False
        _, first = min(silent, key=itemgetter(0))
        self.connections.discard(first)
        first.transport.abort()
        return True

    def _time(self) -> None:
        self._stop_timing()
        self.timer = self.loop.call_later(self.patience, self.transport.abort)

    def _stop_timing(self) -> None:
        if self.timer:
            self.timer.cancel()
            self.timer = None
