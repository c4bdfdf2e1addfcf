"""Fetches addresses in a process of its own, by the product's own Scrapy settings without its stages.

Prints one JSON line: what came of each address, the stats, the peak memory and the seconds it took.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from scrapy import Request, Spider

ROOT = Path(__file__).parents[2]
_STAGES = ("SPIDER_MIDDLEWARES", "ITEM_PIPELINES", "EXTENSIONS")


def fetch(*urls: str, allow: str = "", env: dict[str, str] | None = None, **settings: Any) -> dict[str, Any]:
    """Fetch and return `pages` by address (`status`, `bytes`, or `code` and `detail`), `stats`, `seconds`, `peak_mb`.

    `meta` in the settings is the requests' meta; further settings override the product's.
    """
    task = json.dumps({"urls": urls, "meta": settings.pop("meta", {}), "settings": settings})
    environ = {**os.environ, "WINNOW_DELAY": "0", "WINNOW_ALLOW_PRIVATE": allow, **(env or {})}
    command = [sys.executable, "-m", "tests.support.fetch", task]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout), "log": done.stderr}


class Fetcher(Spider):
    """Notes what comes of each address."""

    name = "fetcher"
    urls: tuple[str, ...] = ()
    meta: dict[str, Any]

    async def start(self):
        self.pages: dict[str, dict[str, Any]] = {}
        for url in self.urls:
            yield Request(
                url, self.parse, errback=self.failed, cb_kwargs={"asked": url}, meta=dict(self.meta), dont_filter=True
            )

    def parse(self, response, asked: str) -> None:
        self.pages[asked] = {"status": response.status, "bytes": len(response.body), "url": response.url}

    def failed(self, failure) -> None:
        error = failure.value
        code = getattr(error, "code", type(error).__name__)
        self.pages[failure.request.cb_kwargs["asked"]] = {"code": code, "detail": str(error)}


def peak_mib() -> float:
    """Return the peak memory of this program; the kernel's ru_maxrss would count its parent's at the fork."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _main() -> None:
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.utils.project import get_project_settings

    task = json.loads(sys.argv[1])
    settings = get_project_settings()
    for name in _STAGES:
        own = {k: v for k, v in settings[name].items() if v is None or k.startswith("scrapy.")}
        settings.set(name, own)
    settings.update(task["settings"])
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(Fetcher)
    began = time.monotonic()
    process.crawl(crawler, urls=task["urls"], meta=task["meta"])
    process.start()
    report = {
        "pages": crawler.spider.pages,
        "stats": crawler.stats.get_stats(),
        "seconds": time.monotonic() - began,
        "peak_mb": peak_mib(),
    }
    print(json.dumps(report, default=str))


if __name__ == "__main__":
    _main()
