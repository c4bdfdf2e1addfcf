"""What the web side is handed, since it starts and opens nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from scheduler.web.language import said
from store.errors import StoreUnavailable
from store.queries import Archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scheduler.added import Added
    from scheduler.preview import Previews
    from scheduler.state import ServiceState, SiteState
    from scheduler.web.metrics import Metrics
    from store.connect import SyncDatabase
    from store.queries import Record
    from store.reviews import Fingerprint
    from store.search.index import SearchIndex

_NAMED = 500  # sites


@dataclass(slots=True, kw_only=True, frozen=True)
class Backstage:
    """`state` returns the service's own, which changes in its event loop; `logs` is the folder of the runs' logs.

    `removed` returns what extraction removed from an article's page, None if that is not kept; `fingerprint` by which
    numbers copies of a title and text are found; `allow_private` are hosts and ports that may be shown pictures of
    although they are private. `previews` makes previews of sites; `add_site` takes address, name (None: its host) and
    how often to crawl it.
    """

    state: Callable[[], ServiceState]
    database: SyncDatabase
    index: SearchIndex
    logs: Path
    metrics: Metrics
    fingerprint: Fingerprint
    removed: Callable[[SyncDatabase, Record], list[str] | None]
    allow_private: frozenset[tuple[str, int]]
    previews: Previews
    add_site: Callable[[str, str | None, str], Added]

    def sites(self) -> dict[str, SiteState]:
        """Return the sites as they are now: a copy, since the service may change them under a thread's hands."""
        return dict(self.state().sites)

    def site_names(self) -> list[str]:
        """Return the names that are offered while one types one."""
        return list(self.sites())[:_NAMED]

    def store(self) -> SyncDatabase:
        """Return the database to ask.

        Raises:
            StoreUnavailable: the service knows that it does not answer, so there is no need to wait for that.
        """
        if away := self.state().store_away_since:
            raise StoreUnavailable(
                said("MongoDB has not answered since %(since)s", since=away.isoformat(timespec="seconds"))
            )
        return self.database

    def archive(self) -> Archive:
        """Return the articles to ask.

        Raises:
            StoreUnavailable: as `store` says.
        """
        return Archive(self.store(), self.index)


def now() -> datetime:
    """Return the moment of a request; below, it is handed on."""
    return datetime.now(UTC)


async def _backstage(request: Request) -> Backstage:
    found: Backstage = request.app.state.backstage
    return found


Behind = Annotated[Backstage, Depends(_backstage)]
Now = Annotated[datetime, Depends(now)]
