"""CPU of a whole crawl, an article page: Winnow beside a plain Scrapy spider, over the same site, in one run."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from store.connect import connect, read_settings
from tests.support.mirror import NOW, Mirror, serve

ROOT = Path(__file__).parents[2]
PORT = 8711


@dataclass(frozen=True)
class Cost:
    """CPU (user and system) of one process, its wall time in seconds, and its peak memory in MiB."""

    articles: int
    cpu_s: float
    wall_s: float
    peak_mib: float

    @property
    def per_article_ms(self) -> float:
        return 1000 * self.cpu_s / self.articles


def crawl_cost() -> dict[str, Any]:
    """Crawl the Z-Blog mirror by both programs; process start is counted, and shown by a start without work."""
    with tempfile.TemporaryDirectory() as folder, serve("zblog-tpure", PORT, Path(folder)) as mirror:
        environ = {**os.environ, "WINNOW_DATA": f"{folder}/data", "WINNOW_NOW": NOW, "WINNOW_DELAY": "0",
                   "WINNOW_ALLOW_PRIVATE": f"127.0.0.1:{PORT}", "PYTHONPATH": str(ROOT)}  # fmt: skip
        with connect(read_settings(environ)) as database:
            start = run([sys.executable, "-m", "scrapy", "list"], environ, lambda: 1)
            winnow = run(winnow_command(mirror), environ, lambda: database["articles"].count_documents({}))
            again = run(winnow_command(mirror), environ, lambda: 1)
            plain = database.client["plain"]["articles"]
            other = run(plain_command(mirror), environ | plain_environ(database.client), lambda: plain.count_documents({}))
    costs = {"start": start, "winnow": winnow, "winnow, nothing new": again, "plain": other}
    table = {name: asdict(cost) | {"per_article_ms": cost.per_article_ms} for name, cost in costs.items()}
    return table | {"ratio": winnow.per_article_ms / other.per_article_ms}
