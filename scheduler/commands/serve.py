"""`winnow serve`: the background service."""

from __future__ import annotations

import asyncio
import logging

import click

from crawler.sites import load_sites
from scheduler.config import logs_folder, read_config
from scheduler.service import Service
from store.connect import connect, read_settings


@click.command()
def serve() -> None:
    """Keep the schedule of the sites file until SIGTERM or Ctrl-C.

    Each crawl is a process of its own. A moment missed while the service was down is made up for by one run.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    config, settings = read_config(), read_settings()
    sites = load_sites(config.sites)
    logs = logs_folder(settings.data)
    with connect(settings) as database:
        asyncio.run(Service(database, sites, logs, config.crawls).run())
