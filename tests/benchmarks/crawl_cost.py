"""CPU of a whole crawl, an article page: Winnow beside a plain Scrapy spider, over the same site, in one run."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from store.connect import connect, read_settings
from store.mongod import EmbeddedServer
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
    """Crawl the Z-Blog mirror by both programs, their start included; a start without work is shown beside."""
    with tempfile.TemporaryDirectory() as folder, serve("zblog-tpure", PORT, Path(folder)) as mirror:
        environ = os.environ | {
            "WINNOW_DATA": f"{folder}/data",
            "WINNOW_NOW": NOW,
            "WINNOW_DELAY": "0",
            "WINNOW_ALLOW_PRIVATE": f"127.0.0.1:{PORT}",
            "PLAIN_MONGODB": EmbeddedServer(Path(folder) / "data").uri,
            "PLAIN_ARTICLES": r"/post/\d+\.html$",
            "PLAIN_LISTS": r"/(category|author|tags|date)-",
        }
        environ.pop("MONGODB_URI", None)
        pages = len(mirror.article_pages())
        with connect(read_settings(environ)):
            costs = {
                "start": _measure(["scrapy", "list"], environ, pages),
                "winnow": _measure(_winnow(mirror), environ, pages),
                "winnow, nothing new": _measure(_winnow(mirror), environ, pages),
                "plain": _measure(_plain(mirror), environ, pages),
            }
    table = {name: asdict(cost) | {"per_article_ms": cost.per_article_ms} for name, cost in costs.items()}
    return table | {"ratio": costs["winnow"].cpu_s / costs["plain"].cpu_s}


def _winnow(mirror: Mirror) -> list[str]:
    return ["scrapy", "crawl", "news", "-a", f"url={mirror.url}"]


def _plain(mirror: Mirror) -> list[str]:
    return ["scrapy", "runspider", str(ROOT / "tests/benchmarks/plain_spider.py"), "-a", f"home={mirror.url}"]


def _measure(arguments: list[str], environ: dict[str, str], articles: int) -> Cost:
    """Run a module in a child process and read its own CPU and peak memory from the kernel."""
    begin = time.monotonic()
    with subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True) as process:  # fmt: skip
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{arguments}: {said[-2000:]}")
    return Cost(articles, used.ru_utime + used.ru_stime, time.monotonic() - begin, used.ru_maxrss / 1024)
