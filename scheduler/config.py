"""Options of the command line and the service that come from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from store.options import Option, read

OPTIONS = (Option("WINNOW_SITES", "./sites.toml", Path, "The sites file."),)


@dataclass(slots=True, frozen=True)
class Config:
    """Read once at the start of a command."""

    sites: Path


def read_config() -> Config:
    """Read the environment.

    Raises:
        ConfigError: a variable is malformed.
    """
    return Config(sites=read(OPTIONS, os.environ)["WINNOW_SITES"])
