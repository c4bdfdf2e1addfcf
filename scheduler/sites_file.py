"""The sites file as the service takes it: looked at again and again, and what was last good of it is kept.

The crawls read the kept copy, so that a mistake in the file disturbs nothing until it is mended.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from crawler.sites import load_sites, parse_sites, read_sites
from scheduler.jobs import plans_of
from store.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.sites import Site


class SitesFile:
    """A sites file and its last good copy; `error` says what is wrong with the file now, if anything."""

    def __init__(self, path: Path, copy: Path) -> None:
        self.copy = copy
        self.error: str | None = None
        self._path = path
        self._seen: tuple[int, int, int] | None = None

    def start(self) -> dict[str, Site]:
        """Read the file; if it is wrong, the copy of an earlier service.

        Raises:
            ConfigError: the file is wrong, and there is no copy.
        """
        sites = self.look()
        if sites is None and self.copy.exists():
            sites = load_sites(self.copy)
        if sites is None:
            raise ConfigError(self.error)
        return sites

    def look(self) -> dict[str, Site] | None:
        """Return the sites if the file changed and is good; None if there is nothing new to go by."""
        signature = self._signature()
        if signature == self._seen and (signature or self.error):
            return None
        self._seen = signature
        try:
            text = read_sites(self._path)
            sites = parse_sites(text, str(self._path))
            plans_of(sites)
            self._keep(text)
        except ConfigError as error:
            self.error = str(error)
            return None
        self.error = None
        return sites

    def _signature(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _keep(self, text: str) -> None:
        """Write the copy.

        Raises:
            ConfigError: it can't be kept, on a full disk say.
        """
        try:
            write_whole(self.copy, text)
        except ConfigError:
            self._seen = None  # to be looked at again
            raise


def write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever reads it finds it as it was or as it is to be.

    Raises:
        ConfigError: it can't be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise ConfigError(f"{path} can't be written: {error.strerror}") from None
