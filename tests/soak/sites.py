"""The sites of the soak: their entries in the sites file, what they publish, and what must be stored of them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from store.urls import key
from tests.support.newsroom.process import order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# With some delay a crawl lasts long enough to be hit, and costs no more.
_ENTRY = '[site.{name}]\nurl = "{url}"\nevery = "{every}s"\ntimezone = "Asia/Shanghai"\ndelay = 0.1\n\n'


def named(urls: Sequence[str]) -> dict[str, str]:
    """Give each address a name.

    >>> named(["http://127.0.0.1:8001/"])
    {'site-000': 'http://127.0.0.1:8001/'}
    """
    return {f"site-{number:03}": url for number, url in enumerate(urls)}


def write(path: Path, sites: Mapping[str, str], every: int) -> None:
    """Write the sites file at one stroke; each site is due every so many seconds."""
    new = path.with_suffix(".new")
    new.write_text("".join(_ENTRY.format(name=name, url=url, every=every) for name, url in sites.items()))
    new.replace(path)


class Publisher:
    """Lets one site after another, drawn by a seed, publish an article."""

    def __init__(self, urls: Sequence[str], seed: int) -> None:
        self._urls = urls
        self._rng = Random(seed)
        self.published = 0

    def publish(self) -> None:
        order(self._rng.choice(self._urls), "publish", n=1)
        self.published += 1


def genuine(urls: Sequence[str]) -> dict[str, str]:
    """Return the keys of all genuine articles with their addresses."""
    found = {}
    for url in urls:
        paths = (article["path"] for article in order(url, "truth") if not article["is_spam"])
        found |= {key(url[:-1] + path): url[:-1] + path for path in paths}
    return found
