"""`winnow serve`: the background service."""

from __future__ import annotations

import asyncio

import click

from scheduler.config import logs_folder, read_config
from scheduler.service import Service
from scheduler.sites_file import SitesFile
from store.connect import connect, read_settings


@click.command()
def serve() -> None:
    """Keep the schedule of the sites file until SIGTERM or Ctrl-C.

    Each crawl is a process of its own. A moment missed while the service was down is made up for by one run. SIGTERM
    lets crawls finish for WINNOW_GRACE seconds, then ends them; a second one ends them at once.
    """
    config, settings = read_config(), read_settings()
    logs = logs_folder(settings.data)
    file = SitesFile(config.sites, settings.data / "sites.good.toml")
    with connect(settings) as database:
        asyncio.run(Service(config, settings, database, file, logs).run())
