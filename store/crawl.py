"""What one crawl holds of the database while it runs: its lease, its run record, its writer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pymongo.errors import ConnectionFailure

from store import leases, migrations, reviews, runs, schedule, sources, verdicts
from store.connect import open_async, read_settings
from store.errors import SiteBusy
from store.writer import Patience, Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pymongo.asynchronous.database import AsyncDatabase

    from store.connect import AsyncConnection
    from store.writer import Operation


@dataclass(slots=True, kw_only=True, frozen=True)
class Asked:
    """Who asked for a run, and by which rules the site is read; without any it is one address that is read.

    A scheduled run says for which moment it runs, `due_at`, and which run was the site's last, `after`; one that a
    service was asked for says when that was, `wanted_at`.
    """

    by: str = "person"
    rules: str | None = None
    due_at: datetime | None = None
    after: str | None = None
    wanted_at: datetime | None = None


class CrawlStore:
    """One run of one site in the database.

    Loaded by `begin`: `pending` are the teasers whose page could not be fetched in earlier runs, `given_up` those that
    failed in too many, with what went wrong; `validators` the request headers of sources by address, `sources` the
    kinds of those that the home page named; `was_complete` whether the last run read the site to its end by the same
    rules; `reviewed` the articles that a person decided of before. A dry run reads and writes nothing. `patiently` runs
    an idempotent call, waiting for a server that is away.
    """

    def __init__(self, connection: AsyncConnection, *, site: str, run: str, dry_run: bool) -> None:
        self.site = site
        self.run = run
        self.dry_run = dry_run
        self.pending: list[dict[str, Any]] = []
        self.given_up: list[tuple[dict[str, Any], str]] = []
        self.validators: dict[str, dict[str, str]] = {}
        self.sources: dict[str, str] = {}
        self.was_complete = False
        self.reviewed: set[str] = set()
        self._wanted_at: datetime | None = None
        self._unsettled: set[str] = set()
        self._connection = connection
        self._grip = leases.Grip(connection.database, site, run)
        self.patiently = Patience(connection.ensure_running)
        self._writer = Writer(connection.database, self.patiently, self._grip.ensure)

    @property
    def database(self) -> AsyncDatabase[dict[str, Any]]:
        return self._connection.database

    async def begin(self, asked: Asked, now: datetime) -> None:
        """Take the lease, claim the moment it runs for, record the start and load what earlier runs left.

        Raises:
            SiteBusy: another run of the site is under way, or has run for this moment.
            StoreUnavailable: MongoDB does not answer.
        """
        with self._connection.asked():
            if not self.dry_run:
                await migrations.prepare(self.database)
            self.was_complete = await runs.was_complete(self.database, self.site, asked.rules or "", now)
            if not self.dry_run:
                await self._record_start(asked, now)
            await self._load(now)

    async def _record_start(self, asked: Asked, now: datetime) -> None:
        self._wanted_at = asked.wanted_at
        await leases.acquire(self.database, self.site, self.run)
        try:
            await self._claim(asked, now)
        except SiteBusy:
            await leases.release(self.database, self.site, self.run)
            raise
        await runs.begin(
            self.database,
            self.run,
            self.site,
            asked_by=asked.by,
            rules=asked.rules,
            due_at=asked.due_at,
            now=now,
        )

    async def _claim(self, asked: Asked, now: datetime) -> None:
        """Take the moment or the wish that the run is for, so that no other service's crawl serves it too."""
        database, site = self.database, self.site
        if asked.due_at and not await schedule.claim(
            database, site, run=self.run, after=asked.after, due_at=asked.due_at, now=now
        ):
            raise SiteBusy(f"{site} has been crawled for {asked.due_at.isoformat()} by another service")
        if asked.wanted_at and not await schedule.take_wish(database, site, asked.wanted_at):
            raise SiteBusy(f"{site} has been crawled as it was wanted by another service")

    async def _load(self, now: datetime) -> None:
        for failure in await verdicts.pending_of(self.database, self.site):
            if verdicts.is_hopeless(failure, now):
                self.given_up.append((failure["teaser"], failure["error"]))
            else:
                self.pending.append(failure["teaser"])
        self._unsettled = {teaser["url"] for teaser in (*self.pending, *(teaser for teaser, _ in self.given_up))}
        self.reviewed = await reviews.reviewed(self.database, self.site)
        if self.was_complete:
            found = await sources.of_site(self.database, self.site)
            self.validators = {source["_id"]: source["headers"] for source in found if source["headers"]}
            self.sources = {source["_id"]: source["kind"] for source in found if source.get("kind")}

    async def known(self, keys: Sequence[str]) -> set[str]:
        """Return those of the keys that an article or a verdict has already; one query for all."""
        if not keys:
            return set()
        return await self.patiently(lambda: verdicts.known_keys(self.database, keys))

    def settle(self, url: str) -> None:
        """Forget that a page could not be fetched earlier: it was fetched now, or given up."""
        if url in self._unsettled:
            self.add("pending", verdicts.settle(url))

    def add(self, collection: str, *operations: Operation) -> None:
        """Take operations for the next flush."""
        if not self.dry_run:
            self._writer.add(collection, *operations)

    async def flush(self) -> None:
        """Write what was added; when it returns, the journal has it."""
        await self._writer.flush()

    @property
    def refused(self) -> int:
        """How many documents the server would not take."""
        return self._writer.refused

    async def report(self, counts: dict[str, Any], now: datetime) -> None:
        """Record how far the run has come, and renew its lease in time.

        Raises:
            LeaseLost: another run of the site has taken over.
        """
        if self.dry_run:
            return
        with suppress(ConnectionFailure):  # while the server is away nobody else can take the lease either
            await runs.progress(self.database, self.run, counts, now)
            await self._grip.ensure(within=leases.RENEW)

    async def end(self, counts: dict[str, Any], end: runs.End, read: Iterable[sources.Source], now: datetime) -> None:
        """Record the end, give the lease back and close the connection.

        What was learnt of the sources that were read is kept only if all that they announced is stored.
        """
        try:
            if not self.dry_run:
                if end.complete:
                    self.add("sources", *(sources.remember(self.site, source, now) for source in read))
                await self.flush()
                await self.patiently(lambda: runs.end(self.database, self.run, counts, end, now))
                if self._wanted_at and end.state != runs.INTERRUPTED:
                    wanted_at = self._wanted_at
                    await self.patiently(lambda: schedule.serve_wish(self.database, self.site, wanted_at))
                await self.patiently(lambda: leases.release(self.database, self.site, self.run))
        finally:
            await self.close()

    async def close(self) -> None:
        await self._connection.close()


def open_crawl_store(site: str, *, run: str | None, dry_run: bool) -> CrawlStore:
    """Connect for a crawl of a site, as the environment says.

    Raises:
        StoreUnavailable, ConfigError: as `store.connect` says.
    """
    connection = open_async(read_settings())
    return CrawlStore(connection, site=site, run=run or runs.new_id(site, datetime.now(UTC)), dry_run=dry_run)
