"""Options of the command line and the service that come from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.settings import WINNOW_SITES
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


def read_config() -> Config:
    """Read the environment.

    Raises:
        ConfigError: a variable is malformed.
    """
    values = read(OPTIONS, os.environ)
    return Config(sites=WINNOW_SITES, crawls=values["WINNOW_CRAWLS"])
