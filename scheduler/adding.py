"""Adding a site to the sites file."""

from __future__ import annotations

import fcntl
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crawler.sites import parse_sites, read_sites, site_for_url
from scheduler.jobs import plans_of
from scheduler.sites_file import write_whole
from store.errors import ConfigError, Conflict
from store.urls import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from crawler.sites import Site


class SiteKnown(Conflict):
    """The sites file has a site of this name or address."""

    exit_code = 2


def add_site(path: Path, url: str, name: str | None, every: str) -> str:
    """Add a site at the end of the file, which need not be there yet; return its name, the host if none is given.

    Raises:
        SiteKnown: its name or address is there already.
        ConfigError: the address, name or duration is wrong, or the file is or can't be written.
    """
    site = site_for_url(url)
    name = name or site.name
    with _alone(path):
        before = read_sites(path) if path.exists() else ""
        _check_new(path, site.url, name, parse_sites(before, str(path)))
        entry = f"[site.{_quoted(name)}]\nurl = {_quoted(site.url)}\nevery = {_quoted(every)}\n"
        text = f"{before.rstrip()}\n\n{entry}".lstrip()
        plans_of(parse_sites(text, str(path)))
        write_whole(path, text)
    return name


def _check_new(path: Path, url: str, name: str, known: Mapping[str, Site]) -> None:
    if name in known:
        raise SiteKnown(f"{path}: there is a site {name!r} already")
    for site in known.values():
        if key(site.url) == key(url):
            raise SiteKnown(f"{path}: {url} is there already, as {site.name!r}")


def _quoted(text: str) -> str:
    r"""Return a text as TOML writes it.

    >>> print(_quoted('a "b"\n\x7f'))
    "a \"b\"\n\u007f"
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other writers off the file; a crash lets them in."""
    lock = path.with_name(f".{path.name}.lock")
    try:
        held = lock.open("ab")
    except OSError as error:
        raise ConfigError(f"{path} can't be written: {error.strerror}") from None
    with held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
