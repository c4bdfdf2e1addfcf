"""The real parts of a soak, each ended when the soak is: disk, MongoDB, news sites, clock, service, and who watches."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Self

from pymongo import MongoClient

from store.connect import DATABASE
from store.mongod import EmbeddedServer
from store.mongod_start import Files, find_binary
from tests.soak import processes, sites
from tests.soak.clock import Clock
from tests.soak.disk import Disk
from tests.soak.keeper import Keeper
from tests.soak.loop import Loop
from tests.soak.watch import Watch
from tests.support.newsroom.process import Newsroom

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.soak.plan import Plan

# Milliseconds: a look at a server that is stopped must not hold up the next one.
_IMPATIENT = {"serverSelectionTimeoutMS": 2000, "connectTimeoutMS": 2000, "socketTimeoutMS": 3000}
_GRACE = "10"  # seconds that crawls have at the end
_TO_STOP = 20.0  # seconds that mongod has to stop when nobody uses it any more


class Stage:
    """All parts, from the start of the `with` block on; the service is running in it."""

    def __init__(self, plan: Plan) -> None:
        self.data = plan.folder / "data"
        self.log = plan.folder / "service.log"
        self._plan = plan
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._put_up(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _put_up(self, stack: ExitStack) -> None:
        plan = self._plan
        self.clock = Clock(plan.folder)
        self.disk = stack.enter_context(Disk(self.data, plan.disk))
        stack.callback(self._keep)
        stack.callback(self._await_mongod_end)
        self.server = EmbeddedServer(self.data)
        uri = stack.enter_context(self.server.used())  # started here, so that it lives by the machine's clock
        client: MongoClient[dict[str, Any]] = stack.enter_context(MongoClient(uri, tz_aware=True, **_IMPATIENT))
        self.database = client[DATABASE]
        newsroom = stack.enter_context(Newsroom(sites=plan.sites, articles=plan.articles, seed=plan.seed))
        self.sites = sites.named(newsroom.urls)
        self.known: dict[str, float] = {}
        self.make_known(0)
        stack.callback(self._end_crawls)
        port = _free_port()
        self.keeper = stack.enter_context(Keeper(self._environ(port), self.log, self.clock))
        self.watch = Watch(self.database, self.keeper, self.clock, f"http://127.0.0.1:{port}")
        self.publisher = sites.Publisher(newsroom.urls, plan.seed)
        self.publishing = stack.enter_context(Loop(self.publisher.publish, plan.publishing))
        watch = self.watch
        looks = ((watch.look_at_runs, 0.5), (watch.look_at_health, 0.5), (watch.look_at_process, 2.0))
        self.loops = [
            stack.enter_context(Loop(look, every)) for look, every in (*looks, (watch.look_at_articles, 20.0))
        ]
        self.loops.append(self.publishing)

    def make_known(self, count: int) -> None:
        """Let the sites file name so many of the sites; since when it does is in `known`."""
        named = dict(list(self.sites.items())[:count])
        sites.write(self._plan.folder / "sites.toml", named, self._plan.every)
        for name in named.keys() - self.known.keys():
            self.known[name] = self.clock.now()

    def check(self) -> None:
        """Raise what went wrong in a loop."""
        for loop in self.loops:
            loop.check()

    def tracebacks(self) -> list[str]:
        """Return the last line of each traceback in the service's log."""
        with self.log.open(errors="replace") as log:
            return list(_tracebacks(log))

    def mongod(self) -> int:
        """Return the process of the server; one that is being started again is waited for."""
        deadline = time.monotonic() + _TO_STOP
        while True:
            with suppress(OSError, ValueError):
                pid = int(Files(self.data).pid.read_text())
                os.kill(pid, 0)
                return pid
            assert time.monotonic() < deadline, "no mongod is running"
            time.sleep(0.1)

    def crawls(self) -> list[int]:
        """Return the crawl processes of this soak that live."""
        ours = processes.of_environment("WINNOW_DATA", str(self.data))
        return [pid for pid in ours if "scrapy" in processes.command(pid)]

    def _environ(self, port: int) -> dict[str, str]:
        plan = self._plan
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("WINNOW_", "MONGODB_URI"))}
        allowed = ",".join(url.removeprefix("http://").rstrip("/") for url in self.sites.values())
        ours = {
            "WINNOW_DATA": str(self.data),
            "WINNOW_SITES": str(plan.folder / "sites.toml"),
            "WINNOW_LISTEN": f"127.0.0.1:{port}",
            "WINNOW_CRAWLS": str(plan.crawls),
            "WINNOW_GRACE": _GRACE,
            "WINNOW_ALLOW_PRIVATE": allowed,
            "PATH": f"{_true_mongod(plan.folder)}{os.pathsep}{os.environ['PATH']}",
        }
        return kept | ours | self.clock.environ()

    def _end_crawls(self) -> None:
        for pid in self.crawls():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _keep(self) -> None:
        if self._plan.keep and self.disk.is_own:
            shutil.copytree(self.data, self._plan.folder / "kept", ignore=shutil.ignore_patterns("*.sock"))

    def _await_mongod_end(self) -> None:
        """The disk can be unmounted when nobody has anything open on it."""
        deadline = time.monotonic() + _TO_STOP
        while time.monotonic() < deadline and processes.of_command(str(self.data)):
            time.sleep(0.1)


def _true_mongod(folder: Path) -> Path:
    """Return a folder for PATH whose mongod lives by the machine's clock, whoever starts it."""
    script = folder / "bin" / "mongod"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nunset LD_PRELOAD\nexec "{find_binary()}" "$@"\n')
    script.chmod(0o755)
    return script.parent


def _tracebacks(lines: Iterable[str]) -> Iterator[str]:
    """Yield what each traceback ends with: the first line after it that is not indented."""
    within = False
    for line in lines:
        if line.startswith("Traceback "):
            within = True
        elif within and line.strip() and not line.startswith(" "):
            within = False
            yield line.strip()[:200]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
