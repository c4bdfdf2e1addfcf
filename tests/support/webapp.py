"""The web side without the service: the app over a real store, served in a thread of its own, with sites as given."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.adding import add_site
from scheduler.previews import Previews
from scheduler.removed import removed
from scheduler.reviewing import fingerprint
from scheduler.state import ServiceState, SiteState
from scheduler.web.app import create_app
from scheduler.web.backstage import Backstage
from scheduler.web.metrics import Metrics
from scheduler.web.server import WebServer
from store.search.index import SearchIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from store.connect import SyncDatabase

STARTED = datetime(2025, 12, 20, 4, tzinfo=UTC)


def state_of(*names: str) -> ServiceState:
    """A service that is ready, with sites that are due one after the other."""
    soon = datetime.now(UTC) + timedelta(minutes=7)
    sites = {
        name: SiteState(url=f"https://{name}.example/", schedule="every 1h", due_at=soon + timedelta(minutes=number))
        for number, name in enumerate(names)
    }
    return ServiceState(started_at=STARTED, places=4, is_ready=True, sites=sites)


class Served:
    """A server under way: where it is, and what the service behind it would change."""

    def __init__(self, url: str, state: ServiceState, metrics: Metrics, previews: Previews) -> None:
        self.url = url
        self.state = state
        self.metrics = metrics
        self.previews = previews


def backstage_of(
    database: SyncDatabase,
    logs: Path,
    state: ServiceState,
    allow_private: frozenset[tuple[str, int]] = frozenset(),
    previews: Previews | None = None,
) -> Backstage:
    """What the service would hand in."""
    return Backstage(
        state=lambda: state,
        database=database,
        index=SearchIndex(logs, patience=5.0),
        logs=logs,
        metrics=Metrics(),
        fingerprint=fingerprint,
        removed=removed,
        allow_private=allow_private,
        previews=previews or Previews(),
        add_site=partial(add_site, logs / "sites.toml"),
    )


@contextlib.contextmanager
def served(
    database: SyncDatabase,
    logs: Path,
    state: ServiceState,
    listen: tuple[str, int] = ("127.0.0.1", 0),
    allow_private: frozenset[tuple[str, int]] = frozenset(),
) -> Iterator[Served]:
    """Serve while the block lasts."""
    previews = Previews()
    backstage = backstage_of(database, logs, state, allow_private, previews)
    server, loop = WebServer(create_app(backstage), listen), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def within(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(10)

    try:
        within(server.start())
        yield Served(server.url.rstrip("/"), state, backstage.metrics, previews)
        within(server.stop())
    finally:
        within(previews.end())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
