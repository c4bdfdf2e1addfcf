"""SIGKILL at random moments: of a crawl, or of the MongoDB under it. What was acknowledged must still be there.

`python -m tests.support.kills [TIMES]` kills each so often and prints what was lost, missing and twice.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from store.connect import SyncDatabase, connect, read_settings
from store.mongod_start import Files
from store.urls import key
from tests.support.newsroom.process import Newsroom
from tests.support.winnow import Winnow

SITES = '[site.newsroom]\nurl = "{url}"\ntimezone = "Asia/Shanghai"\ndelay = 0\n'
SPAN = 0.9  # seconds after the start of the run in which it is killed; undisturbed it takes a little longer

Kill = Callable[[SyncDatabase], None]


@dataclass
class Toll:
    """What the kills cost, over all rounds.

    `lost` were stored and are gone; `missing` are not there after the next whole crawl; `twice` are stored under two
    records; `refetched` were fetched again although they were stored.
    """

    kills: int = 0
    stored: int = 0
    lost: int = 0
    missing: int = 0
    twice: int = 0
    refetched: int = 0
    interrupted: int = 0


def kill_crawls(times: int, data: Path) -> Toll:
    """Kill the crawl process each time, and let the next crawl complete the site."""

    def kill(database: SyncDatabase) -> None:
        run = database["runs"].find_one({"state": "running"})
        if run:
            os.kill(run["holder"]["pid"], signal.SIGKILL)

    return _rounds(times, data, kill)


def kill_mongod(times: int, data: Path) -> Toll:
    """Kill the embedded MongoDB under the crawl, which must complete the site all the same."""
    files = Files(data.resolve())
    return _rounds(times, data, lambda _: os.kill(int(files.pid.read_text()), signal.SIGKILL))


def _rounds(times: int, data: Path, kill: Kill) -> Toll:
    toll, rng = Toll(), random.Random(times)
    with Newsroom() as newsroom, connect(read_settings({"WINNOW_DATA": str(data)})) as database:
        (data / "sites.toml").write_text(SITES.format(url=newsroom.url))
        winnow = Winnow(data, environ={"WINNOW_ALLOW_PRIVATE": f"127.0.0.1:{newsroom.port}"})
        for _ in range(times):
            database.client.drop_database(database.name)
            newsroom.reset_hits()
            stored = _crawl_and_kill(winnow, database, kill, rng.random() * SPAN)
            winnow("crawl", "newsroom")
            _count(toll, newsroom, database, stored)
    return toll


def _crawl_and_kill(winnow: Winnow, database: SyncDatabase, kill: Kill, after: float) -> set[str]:
    """Crawl, kill, and return the keys that were stored at that moment."""
    with subprocess.Popen(
        winnow.command("crawl", "newsroom"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **winnow.options()
    ) as process:
        while process.poll() is None and not database["runs"].find_one({}):
            time.sleep(0.01)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
        stored = _keys(database)
        kill(database)
    return stored


def _count(toll: Toll, newsroom: Newsroom, database: SyncDatabase, stored: set[str]) -> None:
    now, home = _keys(database), newsroom.url[:-1]
    again = {key(home + path) for path, hits in newsroom.hits().items() if path.startswith("/post/") and hits > 1}
    toll.kills += 1
    toll.stored += len(stored)
    toll.lost += len(stored - now)
    toll.missing += sum(key(home + t["path"]) not in now for t in newsroom.truth() if not t["is_spam"])
    toll.twice += database["articles"].count_documents({}) - len(now)
    toll.refetched += len(again & stored)
    toll.interrupted += database["runs"].count_documents({"state": "interrupted"})


def _keys(database: SyncDatabase) -> set[str]:
    return {k for article in database["articles"].find({}, {"keys": 1}) for k in article["keys"]}


if __name__ == "__main__":
    count = int((sys.argv[1:] or ["20"])[0])
    for name, killer in (("crawl", kill_crawls), ("mongod", kill_mongod)):
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps({"killed": name, **asdict(killer(count, Path(folder)))}), flush=True)
