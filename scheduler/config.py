"""Options of the command line and the service that come from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.settings import WINNOW_ALLOW_PRIVATE, WINNOW_NOW, WINNOW_SITES
from scheduler.clock import now
from store.errors import ConfigError
from store.options import Option, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path


def _whole(least: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not raw.isdecimal() or int(raw) < least:
            raise ValueError(f"a whole number of at least {least} is needed")
        return int(raw)

    return parse


def _address(raw: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{raw}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if host is None or port is None or parts.netloc != raw or "@" in raw:
        raise ValueError("write host:port, as in 127.0.0.1:8600 or [::]:8600; port 0 takes any free one")
    return host, port


def _networks(raw: str) -> list[str]:
    for each in raw.split():
        try:
            ip_network(each)
        except ValueError:
            raise ValueError(f"{each} is no address and no network, as in 127.0.0.1 or 10.0.0.0/24") from None
    return raw.split()


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw not in words:
            raise ValueError(f"write one of {', '.join(words)}")
        return raw

    return parse


OPTIONS = (
    Option("WINNOW_CRAWLS", "4", _whole(1), "how many sites the service crawls at once"),
    Option("WINNOW_GRACE", "30", _whole(0), "seconds that crawls have to finish when the service is told to end"),
    Option(
        "WINNOW_LISTEN",
        "127.0.0.1:8600",
        _address,
        "host:port of page, API and metrics; off loopback only with an account",
    ),
    Option(
        "WINNOW_PROXIES",
        "127.0.0.1 ::1",
        _networks,
        "addresses and networks of proxies that are believed who asks and how, separated by spaces",
    ),
    Option("WINNOW_LOG", "text", _one_of("text", "json"), "how the service writes its log on standard error"),
    Option("WINNOW_ALERTS", "", str.split, "where alerts are sent: Apprise addresses, separated by spaces"),
    Option("WINNOW_KEEP_DAYS", "90", _whole(1), "days that records and logs of runs are kept"),
    Option("WINNOW_KEEP_LOGS", "512", _whole(1), "MiB that the logs of runs may take; the oldest go first"),
)


@dataclass(slots=True, frozen=True)
class Config:
    """Read once at the start of a command. `grace` is in seconds, `keep_logs` in bytes, `listen` is host and port."""

    sites: Path
    allow_private: frozenset[tuple[str, int]]
    crawls: int
    grace: int
    listen: tuple[str, int]
    proxies: list[str]
    log: str
    alerts: list[str]
    keep_days: int
    keep_logs: int


def logs_folder(data: Path) -> Path:
    """Return the folder of the crawls' logs, made if it is not there.

    Raises:
        ConfigError: it can't be made or written to.
    """
    logs = data / "logs"
    try:
        logs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"WINNOW_DATA: {logs} can't be made: {error.strerror}") from None
    if not os.access(logs, os.W_OK):
        raise ConfigError(f"WINNOW_DATA: {logs} can't be written to")
    return logs


def asked_at() -> datetime:
    """Return the moment that a person's ages such as `7d` count from: now, in the zone of this place, or WINNOW_NOW."""
    return WINNOW_NOW or now().astimezone()


def read_config() -> Config:
    """Read the environment.

    Raises:
        ConfigError: a variable is malformed.
    """
    values = read(OPTIONS, os.environ)
    return Config(
        sites=WINNOW_SITES.absolute(),
        allow_private=WINNOW_ALLOW_PRIVATE,
        crawls=values["WINNOW_CRAWLS"],
        grace=values["WINNOW_GRACE"],
        listen=values["WINNOW_LISTEN"],
        proxies=values["WINNOW_PROXIES"],
        log=values["WINNOW_LOG"],
        alerts=values["WINNOW_ALERTS"],
        keep_days=values["WINNOW_KEEP_DAYS"],
        keep_logs=values["WINNOW_KEEP_LOGS"] << 20,
    )
