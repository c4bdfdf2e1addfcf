"""Starts the newsroom as a child process, for tests and the demo."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, build_opener

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

_ROOT = Path(__file__).parents[3]
_PATIENCE = 30.0  # seconds
_open = build_opener(ProxyHandler({})).open  # a proxy in the environment is not for loopback


class Newsroom:
    """A news site while the `with` block lasts, or several in one process.

    `now` makes its clock stand still at a moment (else it runs), moved on by `advance` alone. Each of several `sites`
    has its port and its seed; `url` is the first one's, and so are those that take orders here: for others, `order`.
    """

    def __init__(
        self, *, port: int = 0, seed: int = 7, articles: int = 120, now: datetime | None = None, sites: int = 1
    ) -> None:
        self._command = [sys.executable, "-m", "tests.support.newsroom"]
        self._command += [f"--port={port}", f"--seed={seed}", f"--articles={articles}", f"--sites={sites}"]
        self._command += [f"--now={now.isoformat()}"] if now else []
        self.urls: list[str] = []

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            self.__exit__()
            raise RuntimeError("the newsroom did not start; its words are above")
        self.urls = json.loads(line)["urls"]
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    @property
    def url(self) -> str:
        return self.urls[0]

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    def hits(self) -> dict[str, int]:
        """Return how often each path was asked for, orders not counted."""
        return self._order("hits")

    def truth(self) -> list[dict[str, Any]]:
        """Return what is true of each article, its text and the spam and copies among them, by `Site.truth`."""
        return self._order("truth")

    def reset_hits(self) -> None:
        self._order("reset")

    def advance(self, hours: float) -> None:
        """Move the site's clock on."""
        self._order("advance", hours=hours)

    def publish(self, n: int) -> list[str]:
        """Publish `n` new articles at the site's moment, every fourth of them spam; return their paths."""
        return self._order("publish", n=n)

    def edit(self, path: str) -> None:
        """Correct an article: another last paragraph and a note."""
        assert self._order("edit", path=path), f"no article at {path}"

    def _order(self, name: str, **given: object) -> Any:
        return order(self.url, name, **given)


def order(url: str, name: str, **given: object) -> Any:
    """Give an order to the site at an address, and return what it says."""
    with _open(f"{url}_newsroom/{name}?{urlencode(given)}", timeout=_PATIENCE) as answer:
        return json.load(answer)
