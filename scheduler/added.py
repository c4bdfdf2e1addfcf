"""What is known of a site that was added, and why one is not. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from store.errors import ConfigError, Conflict


@dataclass(slots=True, frozen=True)
class Added:
    """A site as it stands in the sites file now; every service on that file takes it up within seconds."""

    name: str
    url: str
    every: str


class SiteKnown(Conflict):
    """The sites file has a site of this name or address."""

    exit_code = 2


class SitesFileWrong(ConfigError):
    """The sites file has a mistake, or can't be written; the message says where it lies."""
