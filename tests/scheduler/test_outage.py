"""MongoDB goes away and comes back: crawl and service wait for it, and nothing is lost."""

import contextlib
import re
import signal
import socket
import subprocess
import time

import httpx
import pytest
from pymongo import MongoClient

from store.mongod_start import find_binary
from store.urls import key
from tests.support.service import said, serving, wait_for
from tests.support.winnow import Winnow

pytestmark = pytest.mark.long

AWAY = 6.0  # seconds


@pytest.fixture
def server(tmp_path):
    """A mongod of the operator's, on a port; call it to start it again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "db").mkdir()
    command = [find_binary(), f"--dbpath={tmp_path / 'db'}", f"--port={port}", "--bind_ip=127.0.0.1", "--nounixsocket"]
    started = []

    def start():
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        uri = f"mongodb://127.0.0.1:{port}/"
        with MongoClient(uri, serverSelectionTimeoutMS=20_000) as client:
            client.admin.command("ping")
        return uri, started[-1]

    start.uri = f"mongodb://127.0.0.1:{port}/"
    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        process.wait()


def test_a_crawl_waits_for_a_server_that_went_away(server, winnow, newsroom):
    uri, process = server()
    winnow = Winnow(winnow.data, uri, winnow.environ)
    with subprocess.Popen(winnow.command("crawl", "newsroom"), stdout=subprocess.PIPE, **winnow.options()) as crawl:
        while not any(path.startswith("/post/") for path in newsroom.hits()):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(AWAY)
        assert crawl.poll() is None
        server()
        said, _ = crawl.communicate(timeout=60)
    assert crawl.returncode == 0, said + winnow.logs()
    assert "MongoDB is away" in winnow.logs()
    with MongoClient(uri) as client:
        stored = {k for article in client["winnow"]["articles"].find() for k in article["keys"]}
    assert not [
        t["path"] for t in newsroom.truth() if not t["is_spam"] and key(newsroom.url[:-1] + t["path"]) not in stored
    ]


def test_a_service_says_that_it_waits_for_a_server_and_goes_on_with_it(server, winnow):
    uri, process = server()
    winnow = Winnow(winnow.data, uri, winnow.environ)
    sites = winnow.data / "sites.toml"
    sites.write_text(sites.read_text() + 'every = "2s"\n')
    with serving(winnow), MongoClient(uri) as client:
        runs = client["winnow"]["runs"]
        url = wait_for(lambda: re.search(r"ready at (\S+):", said(winnow)))[1]
        wait_for(lambda: runs.find_one({"state": "finished"}))
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_for(lambda: httpx.get(f"{url}health/ready").status_code == 503)
        assert "MongoDB" in httpx.get(f"{url}health/ready").text
        assert httpx.get(f"{url}health/live").status_code == 200
        server()
        wait_for(lambda: httpx.get(f"{url}health/ready").status_code == 200)
        seen = runs.count_documents({"state": "finished"})
        wait_for(lambda: runs.count_documents({"state": "finished"}) >= seen + 2)
    assert "Traceback" not in said(winnow)


def test_a_service_that_starts_before_its_server_waits_for_it(server, winnow):
    winnow = Winnow(winnow.data, server.uri, winnow.environ)
    sites = winnow.data / "sites.toml"
    sites.write_text(sites.read_text() + 'every = "1h"\n')
    with serving(winnow):
        wait_for(lambda: "waiting for it" in said(winnow))
        server()
        wait_for(lambda: "newsroom-" in said(winnow) and "finished: all read" in said(winnow))


def test_a_service_sees_a_server_that_is_frozen(server, winnow):
    uri, process = server()
    winnow = Winnow(winnow.data, uri, winnow.environ)
    with serving(winnow):
        url = wait_for(lambda: re.search(r"ready at (\S+):", said(winnow)))[1]
        process.send_signal(signal.SIGSTOP)
        wait_for(lambda: httpx.get(f"{url}health/ready").status_code == 503, within=15)
        process.send_signal(signal.SIGCONT)
        wait_for(lambda: httpx.get(f"{url}health/ready").status_code == 200)


def test_without_an_account_it_does_not_listen_where_others_can_come_in(winnow):
    assert winnow("serve", code=2, WINNOW_LISTEN="0.0.0.0:0").stderr.count("\n") == 1
