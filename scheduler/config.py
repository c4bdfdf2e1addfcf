"""Options of the command line and the service that come from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.settings import WINNOW_SITES
from store.errors import ConfigError
from store.options import Option, read

if TYPE_CHECKING:
    from pathlib import Path


def _at_least_one(raw: str) -> int:
    if not raw.isdecimal() or int(raw) < 1:
        raise ValueError("a whole number of at least 1 is needed")
    return int(raw)


OPTIONS = (Option("WINNOW_CRAWLS", "4", _at_least_one, "how many sites the service crawls at once"),)


@dataclass(slots=True, frozen=True)
class Config:
    """Read once at the start of a command."""

    sites: Path
    crawls: int


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


def read_config() -> Config:
    """Read the environment.

    Raises:
        ConfigError: a variable is malformed.
    """
    values = read(OPTIONS, os.environ)
    return Config(sites=WINNOW_SITES.absolute(), crawls=values["WINNOW_CRAWLS"])
