"""MongoDB goes away in the middle of a crawl and comes back: the crawl waits, and nothing is lost."""

import contextlib
import signal
import socket
import subprocess
import time

import pytest
from pymongo import MongoClient

from store.mongod_start import find_binary
from store.urls import key
from tests.support.winnow import Winnow

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
