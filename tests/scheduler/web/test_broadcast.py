"""Live progress, as a listener gets it over HTTP."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from datetime import UTC, datetime

import httpx
import pytest

from scheduler.web.broadcast import MOST, Broadcast, Listener
from scheduler.web.history import KEPT, Event
from scheduler.web.live import Stream
from tests.support.records import run_record
from tests.support.webapp import backstage_of


class Listening:
    """One stream, read in a thread of its own."""

    def __init__(self, url, seen=None):
        self.events = []
        headers = {"Last-Event-ID": str(seen)} if seen is not None else {}
        self._client = httpx.Client(base_url=url, timeout=20)
        self._stream = self._client.stream("GET", "/api/live", headers=headers)
        self.answer = self._stream.__enter__()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        event = {}
        with contextlib.suppress(httpx.HTTPError, httpx.StreamError):
            for line in self.answer.iter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    event[name] = value
                elif "data" in event:
                    self.events.append((int(event["id"]), event["event"], json.loads(event["data"])))
                    event = {}

    def wait_for(self, name, within=6.0):
        """The first event of that name that was not waited for yet."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for number, event in enumerate(self.events):
                if event[1] == name:
                    del self.events[: number + 1]
                    return event
            time.sleep(0.02)
        raise AssertionError(f"no {name} came")

    def close(self):
        self.answer.close()
        self._client.close()


@pytest.fixture
def listen(web):
    """Open streams that are closed in the end."""
    opened = []

    def opens(seen=None):
        opened.append(Listening(web.url, seen))
        return opened[-1]

    yield opens
    for each in opened:
        each.close()


def progress(database, pages, **fields):
    database["runs"].update_one(
        {"_id": "beacon-1"}, {"$set": {"counts.pages": pages, "progress_at": datetime.now(UTC), **fields}}
    )


def test_a_listener_sees_how_things_stand_then_what_changes_then_the_end(listen, sync_database):
    sync_database["runs"].insert_one(run_record(1, dropped=[{"reason": "teaser rejected: hook", "count": 2}]))
    stream = listen()
    assert stream.answer.headers["content-type"].startswith("text/event-stream")
    first, _, snapshot = stream.wait_for("snapshot")
    assert [(run["id"], run["pages"], run["remaining"]) for run in snapshot["runs"]] == [("beacon-1", 12, 5)]
    assert snapshot["runs"][0]["dropped"] == [{"reason": "teaser rejected: hook", "count": 2}]
    progress(sync_database, 30, **{"counts.accepted": 21})
    second, _, run = stream.wait_for("run")
    assert (run["pages"], run["accepted"], run["state"]) == (30, 21, "running")
    assert run["rate"] > 0
    progress(sync_database, 31, state="finished", reason="all read", ended_at=datetime.now(UTC))
    third, _, end = stream.wait_for("end")
    assert (end["state"], end["reason"], end["pages"]) == ("finished", "all read", 31)
    assert first < second < third


def test_who_comes_back_gets_what_was_missed(listen, sync_database):
    sync_database["runs"].insert_one(run_record(1))
    stream = listen()
    seen, *_ = stream.wait_for("snapshot")
    stream.close()
    progress(sync_database, 40, state="failed", reason="hung", ended_at=datetime.now(UTC))
    again = listen(seen)
    assert again.wait_for("end")[2]["reason"] == "hung"
    assert again.events == []


def test_who_comes_back_with_an_unknown_number_gets_all_as_it_stands(listen, sync_database):
    sync_database["runs"].insert_one(run_record(1))
    for seen in (3, "nonsense"):
        assert listen(seen).wait_for("snapshot")[2]["runs"]


def test_a_run_that_is_over_between_two_looks_is_told_all_the_same(listen, sync_database):
    stream = listen()
    stream.wait_for("snapshot")
    sync_database["runs"].insert_one(run_record(1, state="finished", ago=0.5, took=0.2))
    assert stream.wait_for("end")[2]["id"] == "beacon-1"


def raw_listener(url):
    """A listener that takes the answer's first bytes and then nothing; returns its socket and the status."""
    connection = socket.create_connection((httpx.URL(url).host, httpx.URL(url).port), timeout=5)
    connection.sendall(b"GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return connection, int(connection.recv(200).split()[1])


def test_no_more_listen_than_there_is_room_for_and_who_leaves_makes_room(web, client):
    opened = [raw_listener(web.url) for _ in range(MOST)]
    assert {status for _, status in opened} == {200}
    assert client.get("/api/live").status_code == 503
    opened.pop()[0].close()
    deadline = time.monotonic() + 5
    while (late := raw_listener(web.url))[1] != 200:
        assert time.monotonic() < deadline, "no room was made"
        late[0].close()
        time.sleep(0.05)
    for connection, _ in [*opened, late]:
        connection.close()


def test_a_listener_that_is_too_slow_is_dropped_and_told_nothing_more(run):
    async def overflow():
        listener = Listener()
        for number in range(KEPT * 2):
            listener.put(Event(number, "run", "{}"))
        return await listener.next()

    assert run(overflow()) is None


class Peer:
    """The other end of a stream: what it was sent; one that is stuck takes nothing after the first bytes."""

    def __init__(self, *, is_stuck=False):
        self.taken = b""
        self._is_stuck = is_stuck

    async def receive(self):
        await asyncio.Event().wait()

    async def send(self, message):
        if self._is_stuck and self.taken:
            await asyncio.Event().wait()
        self.taken += message.get("body", b"")


@pytest.fixture
def broadcast(sync_database, tmp_path, state):
    return Broadcast(backstage_of(sync_database, tmp_path, state))


def test_a_quiet_stream_shows_signs_of_life_until_its_listener_is_not_welcome_any_more(run, broadcast):
    answers = iter([True, True, False])
    peer = Peer()

    async def is_welcome():
        return next(answers)

    async def follow():
        await Stream(broadcast, broadcast.join(None), is_welcome, beat=0.05)({"type": "http"}, peer.receive, peer.send)
        broadcast.close()

    run(follow())
    assert peer.taken.count(b": beat\n\n") == 2


def test_a_listener_that_takes_nothing_is_left_alone_in_the_end_and_makes_room(run, broadcast):
    peer = Peer(is_stuck=True)

    async def is_welcome():
        return True

    async def follow():
        stream = Stream(broadcast, broadcast.join(None), is_welcome, beat=0.05, patience=0.1)
        await asyncio.wait_for(stream({"type": "http"}, peer.receive, peer.send), 3)
        rooms = [broadcast.join(None) for _ in range(MOST)]
        broadcast.close()
        return len(rooms)

    assert run(follow()) == MOST
