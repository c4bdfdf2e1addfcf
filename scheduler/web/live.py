"""`/api/live`: the progress of every running crawl, as server-sent events."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from scheduler.web.access import Access
from scheduler.web.broadcast import Broadcast, Listener
from store.errors import StoreUnavailable

api = APIRouter(prefix="/api", tags=["runs"])

BEAT = 15.0  # seconds between two signs of life; at each the listener's account is looked at again
PATIENCE = 10.0  # seconds that a listener may take to take an event
_RETRY = b"retry: 2000\n\n"  # ms after which a browser comes back


@api.get("/live", response_class=Response, responses={200: {"content": {"text/event-stream": {}}}})
async def live(request: Request, last_event_id: Annotated[str, Header()] = "") -> Response:
    """Events `snapshot`, `run` and `end`; with Last-Event-ID, what came after that one."""
    broadcast, access = request.app.state.broadcast, request.app.state.access
    seen = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 20 else None
    return Stream(broadcast, broadcast.join(seen), lambda: _is_welcome(access, request))


async def _is_welcome(access: Access, request: Request) -> bool:
    try:
        return await access.visitor(request) is not None
    except (HTTPException, StoreUnavailable):
        return False


class Stream(Response):
    """Ends when the listener leaves, is not welcome any more, or does not take what it is sent; times in seconds."""

    media_type = "text/event-stream"

    def __init__(
        self,
        broadcast: Broadcast,
        listener: Listener,
        is_welcome: Callable[[], Awaitable[bool]],
        *,
        beat: float = BEAT,
        patience: float = PATIENCE,
    ) -> None:
        super().__init__(headers={"X-Accel-Buffering": "no"})  # nginx would hold events back
        del self.headers["content-length"]
        self._broadcast = broadcast
        self._listener = listener
        self._is_welcome = is_welcome
        self._beat = beat
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        watcher = asyncio.create_task(self._leave_when_gone(receive))
        try:
            await self._send(send, {"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self._write(send, _RETRY)
            await self._follow(send)
            await self._write(send, b"", more=False)
        except TimeoutError:
            return  # the server cuts off who took too long
        finally:
            watcher.cancel()
            self._broadcast.leave(self._listener)

    async def _follow(self, send: Send) -> None:
        clock = asyncio.get_running_loop().time
        beat_at = clock() + self._beat
        while True:
            try:
                event = await asyncio.wait_for(self._listener.next(), max(0.0, beat_at - clock()))
            except TimeoutError:
                if not await self._is_welcome():
                    return
                beat_at = clock() + self._beat
                await self._write(send, b": beat\n\n")
                continue
            if event is None:
                return
            await self._write(send, event.encode())

    async def _write(self, send: Send, chunk: bytes, *, more: bool = True) -> None:
        await self._send(send, {"type": "http.response.body", "body": chunk, "more_body": more})

    async def _send(self, send: Send, message: Message) -> None:
        async with asyncio.timeout(self._patience):
            await send(message)

    async def _leave_when_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._broadcast.leave(self._listener)
