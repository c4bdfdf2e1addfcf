"""The service over 1,000 sites of which nothing is due, and how late it begins what falls due."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from store.connect import SyncDatabase, connect, read_settings
from store.mongod_start import Files
from tests.soak import processes
from tests.soak.growth import quantile
from tests.support.newsroom.process import Newsroom

ROOT = Path(__file__).parents[2]
DUE, IDLE = 60, 940  # sites that fall due at the end, and sites that do not
PAST = 20  # runs of each site that are on record
REST = 60.0  # seconds after the start from which it counts as idle, and seconds over which its CPU is measured
SPREAD = 60.0  # seconds over which the sites fall due
DAY = timedelta(days=1)
_SOON = 20.0  # seconds that records, start and looks may take beside the minutes of rest
_PATIENCE = 120.0  # seconds
_open = build_opener(ProxyHandler({})).open  # a proxy in the environment is not for loopback
_NUMBERS = ("pages", "lists", "articles", "new", "changed", "accepted", "duplicate", "quarantined", "rejected", "known")
_COUNTS = dict.fromkeys((*_NUMBERS, "failed", "queued"), 3) | {"dropped": []}


def idle_service() -> dict[str, Any]:
    """Measure start, memory and CPU of the service, MongoDB's beside it, and the delay of crawls with nothing new."""
    with tempfile.TemporaryDirectory() as folder, Newsroom(sites=DUE, articles=10) as newsroom:
        environ = _environ(Path(folder), newsroom)
        with connect(read_settings(environ)) as database:
            _crawl_once(database, environ, newsroom)
            return {"sites": DUE + IDLE, "due": DUE, **_measure(database, environ)}


def _measure(database: SyncDatabase, environ: dict[str, str]) -> dict[str, Any]:
    """See the service start, rest for two minutes, and crawl what then falls due, a site a second."""
    first = datetime.now(UTC) + timedelta(seconds=2 * REST + _SOON)
    moments = {f"due-{number:02}": first + number * timedelta(seconds=SPREAD / DUE) for number in range(DUE)}
    _record_past(database, moments)
    begin, start = time.monotonic(), datetime.now(UTC)
    with _serving(environ) as service:
        ready = time.monotonic() - begin
        time.sleep(REST)
        idle = _idle(service.pid, int(Files(Path(environ["WINNOW_DATA"])).pid.read_text()))
        assert not _begun(database, start), "something was crawled in the idle minute"
        spawned = _spawned(service.pid, first + timedelta(seconds=SPREAD))
        _wait_for(lambda: len(_begun(database, first)) == DUE)
        begun = _begun(database, first)
        after = processes.usage(service.pid)
    return {
        "start_to_ready_s": round(ready, 2),
        **idle,
        "rss_mib_after_crawls": round(after.rss, 1),
        "due_to_process_s": _spread([spawned[site] - due.timestamp() for site, due in moments.items()]),
        "due_to_begin_s": _spread([(begun[site] - due).total_seconds() for site, due in moments.items()]),
    }


def _idle(service: int, mongod: int) -> dict[str, Any]:
    """Return memory, and the CPU of an hour by that of a minute, of both processes."""
    before = {pid: processes.usage(pid) for pid in (service, mongod)}
    time.sleep(REST)
    after = {pid: processes.usage(pid) for pid in (service, mongod)}
    an_hour = {pid: round((after[pid].cpu - before[pid].cpu) * 3600 / REST, 1) for pid in after}
    return {
        "rss_mib": round(before[service].rss, 1),
        "files": before[service].files,
        "threads": before[service].threads,
        "cpu_s_an_hour": an_hour[service],
        "mongod_rss_mib": round(before[mongod].rss, 1),
        "mongod_cpu_s_an_hour": an_hour[mongod],
    }


def _spawned(service: int, until: datetime) -> dict[str, float]:
    """Return when the crawl process of each site was started, by the kernel, in seconds of the wall clock."""
    found: dict[str, float] = {}
    deadline = time.monotonic() + _PATIENCE
    while len(found) < DUE and time.monotonic() < deadline:
        for pid in processes.children(service):
            site = next((word for word in processes.command(pid).split() if word.startswith("site=")), "")
            age = processes.born_ago(pid)
            if site and age is not None:
                found.setdefault(site.removeprefix("site="), time.time() - age)
        time.sleep(0.2)
    assert len(found) == DUE, f"{len(found)} crawls were started by {until.isoformat()}"
    return found


def _begun(database: SyncDatabase, since: datetime) -> dict[str, datetime]:
    """Return when the latest run of each site began that did so since a moment."""
    found = database["runs"].find({"started_at": {"$gte": since}}, {"site": 1, "started_at": 1})
    return {run["site"]: run["started_at"] for run in found}


def _crawl_once(database: SyncDatabase, environ: dict[str, str], newsroom: Newsroom) -> None:
    """Let the service crawl the sites that will fall due, so that later they have nothing new."""
    sites = Path(environ["WINNOW_SITES"])
    entries = [_entry(f"due-{number:02}", url) for number, url in enumerate(newsroom.urls)]
    sites.write_text("".join(entries))
    with _serving(environ):
        _wait_for(lambda: database["runs"].count_documents({"state": "finished"}) >= DUE)
    idle = [_entry(f"idle-{number:03}", f"http://news-{number}.example/") for number in range(IDLE)]
    sites.write_text("".join(entries + idle))


def _entry(name: str, url: str) -> str:
    return f'[site.{name}]\nurl = "{url}"\nevery = "1d"\ntimezone = "Asia/Shanghai"\ndelay = 0\n\n'


def _record_past(database: SyncDatabase, moments: dict[str, datetime]) -> None:
    """Give each site runs on record, the last of which fired a day before its moment, or just now."""
    database["runs"].delete_many({})
    database["schedule"].delete_many({})
    fired = {f"idle-{number:03}": datetime.now(UTC) for number in range(IDLE)}
    fired |= {site: moment - DAY for site, moment in moments.items()}
    for site, last in fired.items():
        runs = [_run(site, last - number * DAY) for number in range(PAST)]
        database["runs"].insert_many(runs)
        firing = {"run": runs[0]["_id"], "due_at": last, "fired_at": last, "tries": 1}
        database["schedule"].insert_one({"_id": site, **firing})


def _run(site: str, moment: datetime) -> dict[str, Any]:
    times = {"due_at": moment, "started_at": moment, "ended_at": moment + timedelta(seconds=1)}
    end = {"state": "finished", "reason": "all read", "cause": "", "complete": True, "counts": _COUNTS}
    return {"_id": f"{site}-{moment:%Y%m%d-%H%M%S}", "site": site, "asked_by": "schedule", **times, **end}


def _environ(folder: Path, newsroom: Newsroom) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("WINNOW_", "MONGODB_URI"))}
    return environ | {
        "WINNOW_DATA": str(folder / "data"),
        "WINNOW_SITES": str(folder / "sites.toml"),
        "WINNOW_LISTEN": f"127.0.0.1:{port}",
        "WINNOW_ALLOW_PRIVATE": ",".join(url.removeprefix("http://").rstrip("/") for url in newsroom.urls),
    }


@contextmanager
def _serving(environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The service, from the moment that it is ready."""
    log = Path(environ["WINNOW_SITES"]).with_name("service.log")
    with log.open("ab") as said:
        service = subprocess.Popen(
            [sys.executable, "-m", "scheduler", "serve"], cwd=ROOT, env=environ, stdout=said, stderr=said
        )
    try:
        _wait_for(lambda: service.poll() is not None or _is_ready(environ["WINNOW_LISTEN"]))
        if service.poll() is not None:
            raise RuntimeError(f"the service ended with {service.returncode}:\n{log.read_text()[-2000:]}")
        yield service
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(_PATIENCE)


def _is_ready(address: str) -> bool:
    try:
        with _open(f"http://{address}/health/ready", timeout=2) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def _spread(delays: list[float]) -> dict[str, float]:
    return {name: round(quantile(delays, share), 3) for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))}
