"""The HTTP server, in the service's own event loop. It takes no signals: the service ends it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import anyio.to_thread
import uvicorn

from scheduler.web.connection import Connection
from store.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.web.app import WebApp


THREADS = 8  # for what waits for MongoDB; each costs memory that the idle service does not give back
GRACE = 1  # seconds that requests under way have when the server stops
PROXIES = ("127.0.0.1", "::1")
PEER_SILENCE = 30_000  # ms after which a peer that takes nothing of what it is sent is cut off


class WebServer:
    """Serves an app at one address; `listen` is host and port, port 0 any free one.

    `proxies` are addresses and networks: what one of these says of its client is believed.
    """

    def __init__(
        self,
        app: WebApp,
        listen: tuple[str, int],
        proxies: Sequence[str] = PROXIES,
        connection: type[Connection] = Connection,
    ) -> None:
        self._app = app
        self._proxies = proxies
        self._connection = connection
        self._listen = listen
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        self.url = ""

    async def start(self) -> None:
        """Begin to serve.

        Raises:
            ConfigError: the address can't be had.
        """
        bound = _bind(*self._listen)
        host, port = bound.getsockname()[:2]
        self.url = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        config = uvicorn.Config(
            self._app,
            http=self._connection,
            ws="none",
            loop="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=list(self._proxies),
            timeout_graceful_shutdown=GRACE,
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[bound]), name="web server")

    async def stop(self) -> None:
        """End what is under way, within two seconds."""
        if self._server and self._task:
            self._app.end_streams()
            self._server.end()
            await self._task


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers, and without its ten looks a second whether it should end."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ended = asyncio.Event()

    def end(self) -> None:
        self.should_exit = True
        self._ended.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        while not await self.on_tick(0):  # it renews the Date header
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), 1)


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, address = _resolve(host, port)
        bound = socket.create_server(
            address, family=family, dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6()
        )
    except OSError as error:
        reason = str(error.strerror).partition(" (while")[0]  # the socket module's words follow, and say no more
        raise ConfigError(f"WINNOW_LISTEN: {host}:{port} can't be listened at: {reason}") from None
    # Connections inherit both. Without the first, an answer of two writes waits 40 ms for the peer's acknowledgement.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PEER_SILENCE)
    return bound


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    """Return the first address of a host, IPv4 before IPv6: `localhost` is then where people look for it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, _, _, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    return family, (str(address[0]), port)
