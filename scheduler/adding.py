"""Adding a site to the sites file."""

from __future__ import annotations

import fcntl
import json
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from crawler.sites import parse_duration, parse_name, parse_sites, read_sites, site_for_url
from scheduler.added import Added, SiteKnown, SitesFileWrong
from scheduler.jobs import plans_of
from scheduler.sites_file import write_whole
from store.errors import ConfigError
from store.urls import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from crawler.sites import Site


SOONEST = timedelta(minutes=1)  # after which a site is crawled again: who adds one is not always who writes the file


def add_site(path: Path, url: str, name: str | None, every: str) -> Added:
    """Add a site at the end of the file, which need not be there yet; it is called by its host if no name is given.

    Raises:
        SiteKnown: its name or address is there already.
        ConfigError: the address, name or duration is wrong.
        SitesFileWrong: the file has a mistake, or can't be written.
    """
    site = site_for_url(url)
    added = Added(_name(name or site.name), site.url, _often(every))
    entry = f"[site.{_quoted(added.name)}]\nurl = {_quoted(added.url)}\nevery = {_quoted(added.every)}\n"
    try:
        _write(path, added, entry)
    except ConfigError as error:
        raise SitesFileWrong(str(error)) from None
    return added


def _write(path: Path, added: Added, entry: str) -> None:
    with _alone(path):
        before = read_sites(path) if path.exists() else ""
        _check_new(added, parse_sites(before, str(path)))
        text = f"{before.rstrip()}\n\n{entry}".lstrip()
        plans_of(parse_sites(text, str(path)))
        write_whole(path, text)


def _name(said: str) -> str:
    try:
        return parse_name(said)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _often(said: str) -> str:
    try:
        often = parse_duration(said)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    if often < SOONEST:
        raise ConfigError("a site is crawled once a minute at most")
    return said


def _check_new(added: Added, known: Mapping[str, Site]) -> None:
    if added.name in known:
        raise SiteKnown(f"there is a site {added.name!r} already")
    for site in known.values():
        if key(site.url) == key(added.url):
            raise SiteKnown(f"{added.url} is there already, as {site.name!r}")


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
