"""`winnow serve`: the background service."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from scheduler.alerts.notify import check_addresses
from scheduler.config import logs_folder, read_config
from scheduler.logs import set_up
from scheduler.service import Service
from scheduler.sites_file import SitesFile
from store.connect import read_settings, unasked

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.config import Config
    from store.connect import Settings, SyncDatabase


@click.command()
def serve() -> None:
    """Keep the schedule of the sites file until SIGTERM or Ctrl-C.

    Each crawl is a process of its own. A moment missed while the service was down is made up for by one run. SIGTERM
    lets crawls finish for WINNOW_GRACE seconds, then tells them to end; a second one tells them at once.
    """
    config, settings = read_config(), read_settings()
    set_up(config.log)
    check_addresses(config.alerts)
    logs = logs_folder(settings.data)
    file = SitesFile(config.sites, settings.data / "sites.good.toml")
    with unasked(settings) as database:
        asyncio.run(_serve(config, settings, database, file, logs))


async def _serve(config: Config, settings: Settings, database: SyncDatabase, file: SitesFile, logs: Path) -> None:
    await Service(config, settings, database, file, logs).run()
