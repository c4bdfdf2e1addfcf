"""One crawl as it was asked for: spider arguments → values. Pure."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.sites import Site, site_for_url
from store.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_KNOWN = ("site", "url", "home", "limit", "refresh", "dry_run", "run", "asked_by", "due_at", "after", "wanted_at")


@dataclass(slots=True, kw_only=True, frozen=True)
class Crawl:
    """What is crawled and how.

    `entry` is an address asked for in place of the site's sources. `limit` bounds the articles fetched, 0 does not.
    `refresh` fetches known articles again; `dry_run` stores nothing. `run` is the id that the caller chose, if any.
    A scheduled crawl says for which moment it runs, `due_at`, and which run was the site's last, `after`; one that a
    service was asked for says when that was, `wanted_at`.
    """

    site: Site
    entry: str | None = None
    limit: int = 0
    refresh: bool = False
    dry_run: bool = False
    run: str | None = None
    asked_by: str = "person"
    due_at: datetime | None = None
    after: str | None = None
    wanted_at: datetime | None = None


def parse_arguments(arguments: Mapping[str, str], load: Callable[[], Mapping[str, Site]]) -> Crawl:
    """Turn `-a name=value` arguments into a crawl. `load` reads the sites file, and is called only for a site's name.

    Raises:
        ConfigError: an argument is unknown or malformed, or names no site.
    """
    for name in arguments:
        if name not in _KNOWN:
            raise ConfigError(f"unknown argument {name!r}; known are {', '.join(_KNOWN)}")
    site, entry = _site(arguments, load)
    return Crawl(
        site=site,
        entry=entry,
        limit=_number(arguments.get("limit") or "0"),
        refresh=arguments.get("refresh", "0") not in ("", "0"),
        dry_run=arguments.get("dry_run", "0") not in ("", "0"),
        run=arguments.get("run"),
        asked_by=arguments.get("asked_by", "person"),
        due_at=_moment("due_at", arguments),
        after=arguments.get("after") or None,
        wanted_at=_moment("wanted_at", arguments),
    )


def find_site(name: str, sites: Mapping[str, Site]) -> Site:
    """Return the site of that name.

    Raises:
        ConfigError: there is none; the message names those there are.
    """
    if name not in sites:
        some = ", ".join(sorted(sites)[:8]) or "none yet"
        raise ConfigError(f"unknown site {name!r}; the sites file has: {some}")
    return sites[name]


def _site(arguments: Mapping[str, str], load: Callable[[], Mapping[str, Site]]) -> tuple[Site, str | None]:
    """Return the site, and the address asked for in its place; one of `home` alone has a name that no file can give."""
    url, name, home = (arguments.get(each) for each in ("url", "site", "home"))
    if home:
        return replace(site_for_url(home), name=home), None
    if not url and not name:
        raise ConfigError("say what to crawl: -a site=NAME, -a url=URL or -a home=URL")
    site = find_site(name, load()) if name else site_for_url(url or "")
    is_home = not url or urlsplit(url).path in ("", "/")
    return site, None if is_home else url


def _number(raw: str) -> int:
    if not raw.isdecimal():
        raise ConfigError(f"limit={raw!r}: a whole number is needed, 0 for no limit")
    return int(raw)


def _moment(name: str, arguments: Mapping[str, str]) -> datetime | None:
    raw = arguments.get(name)
    if not raw:
        return None
    with suppress(ValueError):
        moment = datetime.fromisoformat(raw)
        if moment.tzinfo:
            return moment
    raise ConfigError(f"{name}={raw!r}: a moment with zone is needed, as in 2025-12-20T12:00:00+00:00")
