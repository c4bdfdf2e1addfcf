"""The HTTP server, as the service starts and stops it."""

import asyncio
import signal
import socket
from datetime import UTC, datetime

import httpx
import pytest

from scheduler.config import OPTIONS
from scheduler.web.app import create_app
from scheduler.web.connection import Connection
from scheduler.web.server import WebServer
from store import accounts
from store.accounts import Account
from store.errors import ConfigError
from store.options import read
from tests.support.webapp import backstage_of


@pytest.fixture
def app(sync_database, tmp_path, state):
    return create_app(backstage_of(sync_database, tmp_path, state))


def test_an_address_in_use_is_one_line(app, run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = taken.getsockname()
        with pytest.raises(ConfigError, match=f"WINNOW_LISTEN: 127.0.0.1:{address[1]} .*in use") as refused:
            run(WebServer(app, address).start())
    assert "\n" not in str(refused.value)


def test_an_address_of_another_machine_is_one_line(app, run):
    with pytest.raises(ConfigError, match="WINNOW_LISTEN"):
        run(WebServer(app, ("192.0.2.1", 8600)).start())


def test_it_leaves_signals_alone_and_tells_its_address(app, run):
    async def serve():
        before = signal.getsignal(signal.SIGTERM)
        server = WebServer(app, ("127.0.0.1", 0))
        await server.start()
        async with httpx.AsyncClient(base_url=server.url) as client:
            answer = await client.get("/health/live")
        assert signal.getsignal(signal.SIGTERM) is before
        await server.stop()
        return server.url, answer.status_code

    url, status = run(serve())
    assert (url.startswith("http://127.0.0.1:"), status) == (True, 200)


def test_open_streams_are_ended_whole_at_its_end(app, run):
    async def serve():
        server = WebServer(app, ("127.0.0.1", 0))
        await server.start()
        async with httpx.AsyncClient(base_url=server.url) as client, client.stream("GET", "/api/live") as stream:
            lines = stream.aiter_lines()
            await anext(lines)
            await server.stop()
            async for _ in lines:  # raises if the stream was cut off
                pass

    run(serve())


def test_a_peer_that_sends_half_a_request_does_not_hold_up_its_end(app, run):
    async def serve():
        server = WebServer(app, ("127.0.0.1", 0))
        await server.start()
        url = httpx.URL(server.url)
        _, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nname=")
        await writer.drain()
        await asyncio.sleep(0.2)
        await asyncio.wait_for(server.stop(), Connection.patience / 2)  # so it was not the peer's time that ran out
        writer.close()

    run(serve())


@pytest.mark.parametrize(
    ("proxies", "is_believed"), [(["127.0.0.0/8"], True), (["192.0.2.1"], False)], ids=["a proxy", "somebody else"]
)
def test_only_a_proxy_is_believed_who_asks(app, run, sync_database, caplog, proxies, is_believed):
    accounts.put(sync_database, Account(name="ada", role="reader", kind="token", hash="", created_at=datetime.now(UTC)))

    async def guess():
        server = WebServer(app, ("127.0.0.1", 0), proxies)
        await server.start()
        async with httpx.AsyncClient(base_url=server.url) as client:
            said = {"X-Forwarded-For": "203.0.113.7", "Sec-Fetch-Site": "same-origin"}
            await client.post("/login", data={"name": "ada", "password": "wrong"}, headers=said)
        await server.stop()

    run(guess())
    assert f"from {'203.0.113.7' if is_believed else '127.0.0.1'} failed" in caplog.text


def test_a_proxy_that_is_no_address_is_a_mistake_in_a_setting():
    with pytest.raises(ConfigError, match=r"WINNOW_PROXIES=.*: nas is no address"):
        read(OPTIONS, {"WINNOW_PROXIES": "10.0.0.0/24 nas"})
