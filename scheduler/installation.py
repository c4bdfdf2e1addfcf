"""Whether this installation is whole: the project's own packages, not others of the same names."""

from __future__ import annotations

import importlib
from pathlib import Path

from store.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]
_PACKAGES = ("crawler", "pipelines", "scheduler", "store")


def check_packages() -> None:
    """Check that the four packages are this project's.

    Other distributions use these names too, and Scrapy appends the project's folder at the end of sys.path, so one of
    them would be imported in place of ours.

    Raises:
        ConfigError: a foreign package is found first.
    """
    for name in _PACKAGES:
        found = Path(importlib.import_module(name).__file__ or "").resolve()
        if found.parents[1] != ROOT:
            raise ConfigError(f"the package {name!r} comes from {found.parent}, not from {ROOT}: use ./run winnow")
