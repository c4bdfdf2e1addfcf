"""Peers that connect and say little or nothing, as the server meets them: over real sockets."""

import asyncio
import contextlib

import httpx
import pytest

from scheduler.web.app import create_app
from scheduler.web.connection import Connection
from scheduler.web.server import WebServer
from tests.support.webapp import backstage_of

HEAD = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF = b"POST /login HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 100\r\n\r\nname="


class Hasty(Connection):
    patience = 0.3


class Narrow(Connection):
    most = 4


@pytest.fixture
def app(sync_database, tmp_path, state):
    return create_app(backstage_of(sync_database, tmp_path, state))


@contextlib.asynccontextmanager
async def serving(app, connection):
    """A server, and a way to connect to it."""
    server = WebServer(app, ("127.0.0.1", 0), connection=connection)
    await server.start()
    url, opened = httpx.URL(server.url), []

    async def connect(said=b""):
        reader, writer = await asyncio.open_connection(url.host, url.port)
        opened.append(writer)
        writer.write(said)
        return reader, writer

    try:
        yield connect
    finally:
        for writer in opened:
            writer.close()
        await server.stop()


async def rest(reader):
    """All that comes until the server ends the connection."""
    with contextlib.suppress(ConnectionResetError):
        return await asyncio.wait_for(reader.read(), 20)
    return b""


@pytest.mark.parametrize("said", [b"", HEAD[:20], HALF, HEAD + b"G"], ids=["nothing", "half", "no body", "a next half"])
def test_who_does_not_say_what_is_wanted_is_cut_off(app, run, said):
    async def ask():
        async with serving(app, Hasty) as connect:
            reader, _ = await connect(said)
            return await rest(reader)

    assert run(ask()).count(b"HTTP/1.1 200") == said.startswith(HEAD)


def test_a_long_answer_is_not_cut_off(app, run):
    async def ask():
        async with serving(app, Hasty) as connect:
            reader, _ = await connect(HEAD.replace(b"/health/live", b"/api/live"))
            await asyncio.sleep(Hasty.patience * 2)
            await asyncio.wait_for(reader.readuntil(b"retry: 2000"), 3)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.readuntil(b"event: never"), Hasty.patience)

    run(ask())


def test_silent_peers_make_room_for_who_asks(app, run):
    async def ask():
        async with serving(app, Narrow) as connect:
            silent = [await connect() for _ in range(Narrow.most + 3)]
            reader, _ = await connect(HEAD)
            answer = await asyncio.wait_for(reader.readline(), 3)
            return answer, await rest(silent[0][0])

    assert run(ask()) == (b"HTTP/1.1 200 OK\r\n", b"")


def test_while_all_are_served_one_more_is_refused(app, run):
    async def ask():
        async with serving(app, Narrow) as connect:
            for _ in range(Narrow.most):
                reader, _ = await connect(HEAD.replace(b"/health/live", b"/api/live"))
                await asyncio.wait_for(reader.readuntil(b"retry: 2000"), 3)
            reader, _ = await connect(HEAD)
            return await rest(reader)

    assert run(ask()) == b""
