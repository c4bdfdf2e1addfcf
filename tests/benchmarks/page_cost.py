"""The first page of every list over 100,000 articles: time of the server, weight; and the first row of a command."""

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import httpx

from store import commands, migrations, sequence
from store.connect import SyncDatabase, connect, read_settings
from store.queries import Query, open_archive
from tests.soak.growth import quantile
from tests.support.generated import SITES, generated
from tests.support.records import run_record
from tests.support.webapp import served, state_of

ROOT = Path(__file__).parents[2]
SIZE, VERDICTS, RUNS = 100_000, 20_000, 5_000
TIMES = 15  # that each page is asked for
LISTS = (
    "/",
    "/sites/site-00",
    "/runs",
    "/alerts",
    "/articles",
    "/articles?q=%E7%9A%84",
    "/articles?q=AI+-GDP&order=best",
    "/articles?status=any",
    "/review",
    "/verdicts",
    "/statistics",
    "/api/articles",
    "/api/articles?q=AI",
    "/api/articles/facets",
    "/api/review",
    "/api/verdicts",
    "/api/runs",
    "/api/sites",
    "/api/sites/site-00",
    "/feeds/atom?q=AI",
)
_STATUSES = ("accepted",) * 7 + ("duplicate", "quarantined", "rejected")
_REASON = {"code": "slogan-title", "detail": "the title is a search word with a slogan", "weight": 2.0}


def page_cost() -> dict[str, Any]:
    """Measure every list, and the way from the start of `winnow articles` to its first row."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"WINNOW_DATA": folder})
        with connect(settings) as database:
            migrations.migrate(database)
            _fill(database)
            with open_archive(settings) as archive:
                archive.facets(Query())
            return {"articles": SIZE, "pages": _pages(database, Path(folder)), "first_row_ms": _first_rows(folder)}


def _fill(database: SyncDatabase) -> None:
    """Store everything, the articles with numbers of some minutes ago: a crawl does not bring so many at once."""
    records = map(_article, range(SIZE))
    number = commands.run(database, sequence.rise()) - 2 * sequence.OVERLAP
    while some := list(islice(records, 1000)):
        database["articles"].insert_many([record | {"seq": number} for record in some], ordered=False)
    now = datetime.now(UTC)
    database["verdicts"].insert_many([_verdict(number, now) for number in range(VERDICTS)])
    database["runs"].insert_many(
        [
            run_record(number, site=f"site-{number % SITES:02}", state="finished", ago=60.0 * number)
            for number in range(RUNS)
        ]
    )


def _article(number: int) -> dict[str, Any]:
    """One of 100,000 articles, the last of which was published just now."""
    moment = datetime.now(UTC).replace(microsecond=0) - (SIZE - number) * timedelta(minutes=5)
    status = _STATUSES[number % len(_STATUSES)]
    times = {"sort_at": moment, "published_at": moment, "stored_at": moment + timedelta(minutes=number % 90)}
    reasons = [_REASON] if status != "accepted" else []
    return generated(number, status=status, reasons=reasons, published_precision="minute", **times)


def _verdict(number: int, now: datetime) -> dict[str, Any]:
    record = {"site": f"site-{number % SITES:02}", "url": f"http://example.com/bait/{number}", "title": f"标题{number}"}
    fields = {
        "excerpt": "",
        "status": "rejected",
        "reasons": [_REASON],
        "origin": "related",
        "found_on": "http://example.com/",
    }
    return record | fields | {"_id": f"v{number}", "run": "r", "at": now - timedelta(minutes=number)}


def _pages(database: SyncDatabase, data: Path) -> dict[str, Any]:
    state = state_of(*(f"site-{number:02}" for number in range(SITES)))
    found = {}
    with served(database, data, state) as web, httpx.Client(base_url=web.url, timeout=30) as client:
        for address in LISTS:
            answers, times = [], []
            for _ in range(TIMES):
                begin = time.perf_counter()
                answers.append(client.get(address))
                times.append((time.perf_counter() - begin) * 1000)
            assert answers[-1].status_code == httpx.codes.OK, (address, answers[-1].text[:200])
            spread = {"p50_ms": round(quantile(times, 0.5), 1), "max_ms": round(max(times), 1)}
            found[address] = spread | {"kb": round(len(answers[-1].content) / 1000, 1)}
        sent = sum(len(client.get(f"/static/{name}").content) for name in ("style.css", "live.js", "icon.svg"))
    return found | {"static_kb": round(sent / 1000, 1)}


def _first_rows(folder: str) -> dict[str, float]:
    """Return the median time from the start of the command to the first line of what it prints."""
    environ = {name: value for name, value in os.environ.items() if name != "MONGODB_URI"} | {"WINNOW_DATA": folder}
    return {
        " ".join(("winnow", *said)): round(quantile([_first_row(list(said), environ) for _ in range(7)], 0.5))
        for said in (("articles",), ("articles", "AI"), ("articles", "show", "--help"))
    }


def _first_row(said: list[str], environ: dict[str, str]) -> float:
    begin = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "scheduler", *said],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as command:
        assert command.stdout is not None
        assert command.stdout.readline()
        took = time.perf_counter() - begin
        command.stdout.read()
    return took * 1000
