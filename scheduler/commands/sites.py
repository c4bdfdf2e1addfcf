"""`winnow sites`: what is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.table import Table

from crawler.crawl import find_site
from crawler.sites import load_sites
from scheduler.adding import add_site
from scheduler.clock import now
from scheduler.commands.groups import ListGroup
from scheduler.commands.parameters import json_option
from scheduler.completing import complete_sites
from scheduler.config import read_config
from scheduler.jobs import next_start, plan_of, plans_of, schedule_text
from scheduler.output import cell, stdout, write_json
from scheduler.person import person
from store import run_queries, schedule
from store.connect import connect, read_settings
from store.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime
    from typing import Any

    from crawler.sites import Site
    from scheduler.jobs import Plan
    from store.connect import SyncDatabase
    from store.run_queries import Record
    from store.schedule import SiteSchedule


@click.group(cls=ListGroup)
def sites() -> None:
    """List the sites of the sites file, add one, or steer their schedules."""


@sites.command("list")
@json_option
def list_sites(*, as_json: bool) -> None:
    """List the sites, their schedules and their next runs."""
    found = load_sites(read_config().sites)
    stored, last_runs = _stored(found)
    rows = [_row(site, plan_of(site), stored, last_runs.get(site.name)) for site in found.values()]
    if as_json:
        write_json(rows)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("name", "schedule", "next run", "last run", "url"):
        table.add_column(name)
    for row in rows:
        cells = row["name"], row["schedule"], _next_text(row), _minute(row["last_run_at"]), row["url"]
        table.add_row(*map(cell, cells))
    if rows:
        stdout().print(table)


@sites.command("pause")
@click.argument("names", nargs=-1, required=True, metavar="SITE...", shell_complete=complete_sites)
def pause(names: tuple[str, ...]) -> None:
    """Leave sites out of the schedule until they are resumed, also over restarts."""
    _steer(names, lambda database, site: schedule.pause(database, site, by=person(), now=now()), "paused")


@sites.command("resume")
@click.argument("names", nargs=-1, required=True, metavar="SITE...", shell_complete=complete_sites)
def resume(names: tuple[str, ...]) -> None:
    """Take paused sites back into the schedule."""
    _steer(names, schedule.resume, "resumed")


@sites.command("run")
@click.argument("names", nargs=-1, required=True, metavar="SITE...", shell_complete=complete_sites)
def run(names: tuple[str, ...]) -> None:
    """Have the service crawl sites now, before all others; `winnow crawl` does it without a service."""
    done = "will be crawled by the service, before all others"
    _steer(names, lambda database, site: schedule.want(database, site, by=person(), now=now()), done)


@sites.command("check")
def check() -> None:
    """Check the sites file; a mistake is told with its line and key."""
    path = read_config().sites
    found = load_sites(path)
    plans_of(found)
    click.echo(f"{path}: {len(found)} sites, no mistake")


@sites.command("add")
@click.argument("url")
@click.option("--name", help="What to call it; else its host.")
@click.option("--every", default="30m", show_default=True, help="How often to crawl it: 15m, 2h, 1d.")
def add(url: str, name: str | None, every: str) -> None:
    """Add a site by its home address; its feed, lists and sitemap are found by the crawl."""
    path = read_config().sites
    added = add_site(path, url, name, every)
    click.echo(f"{path}: added {added.name}; try it with: winnow crawl {added.name} --limit 10")


def _steer(names: tuple[str, ...], act: Callable[[SyncDatabase, str], None], done: str) -> None:
    known = load_sites(read_config().sites)
    chosen = [find_site(name, known).name for name in names]
    with connect(read_settings()) as database:
        for name in chosen:
            act(database, name)
            click.echo(f"{name} {done}")


def _stored(names: Collection[str]) -> tuple[Mapping[str, SiteSchedule] | None, Mapping[str, Record]]:
    """Return what is stored of the sites' schedules and their last runs; None, and a word, where MongoDB is away."""
    try:
        with connect(read_settings()) as database:
            return schedule.of_sites(database, names), run_queries.last_of(database, names)
    except StoreUnavailable as error:
        click.echo(f"winnow: no next runs: {error}", err=True)
        return None, {}


def _row(
    site: Site, plan: Plan | None, stored: Mapping[str, SiteSchedule] | None, last_run: Record | None
) -> dict[str, Any]:
    found = (stored or {}).get(site.name, schedule.NOTHING)
    is_known = stored is not None and plan and not found.paused_at
    return {
        "name": site.name,
        "schedule": schedule_text(site),
        "next_run_at": next_start(plan, found.firing, now()) if plan and is_known else None,
        "last_run_at": last_run["started_at"] if last_run else None,
        "last_run_state": last_run["state"] if last_run else None,
        "paused_by": found.paused_by,
        "wanted_by": found.wanted_by,
        "depth": site.depth,
        "url": site.url,
        "sources": [{source.kind: source.url} for source in site.sources],
    }


def _next_text(row: Mapping[str, Any]) -> str:
    if row["wanted_by"]:
        return f"now, for {row['wanted_by']}"
    if row["paused_by"]:
        return f"paused by {row['paused_by']}"
    moment = row["next_run_at"]
    return "now" if moment and moment <= now() else _minute(moment)


def _minute(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else "–"
