"""`winnow sites`: what is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from crawler.sites import load_sites, parse_sites, site_for_url
from scheduler.commands.groups import ListGroup
from scheduler.commands.parameters import json_option
from scheduler.config import read_config
from scheduler.jobs import trigger_of
from scheduler.output import stdout, write_json
from store.errors import ConfigError

if TYPE_CHECKING:
    from typing import Any

    from crawler.sites import Site


@click.group(cls=ListGroup)
def sites() -> None:
    """List the sites of the sites file, check it, or add one."""


@sites.command("list")
@json_option
def list_sites(*, as_json: bool) -> None:
    """List the sites and their schedules."""
    found = [_row(site) for site in load_sites(read_config().sites).values()]
    if as_json:
        write_json(found)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("name", "schedule", "depth", "url"):
        table.add_column(name)
    for row in found:
        table.add_row(*(Text(str(row[name])) for name in ("name", "schedule", "depth", "url")))
    if found:
        stdout().print(table)


@sites.command("check")
def check() -> None:
    """Check the sites file; a mistake is told with its line and key."""
    path = read_config().sites
    found = load_sites(path)
    for site in found.values():
        trigger_of(site)
    click.echo(f"{path}: {len(found)} sites, no mistake")


@sites.command("add")
@click.argument("url")
@click.option("--name", help="What to call it; else its host.")
@click.option("--every", default="30m", show_default=True, help="How often to crawl it: 15m, 2h, 1d.")
def add(url: str, name: str | None, every: str) -> None:
    """Add a site by its home address; its feed, lists and sitemap are found by the crawl."""
    path = read_config().sites
    site = site_for_url(url)
    name = name or site.name
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if name in parse_sites(before, str(path)):
        raise ConfigError(f"{path}: there is a site {name!r} already")
    entry = f'[site."{name}"]\nurl = "{site.url}"\nevery = "{every}"\n'
    text = f"{before.rstrip()}\n\n{entry}".lstrip()
    parse_sites(text, str(path))
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} can't be written: {error.strerror}") from None
    click.echo(f"{path}: added {name}; try it with: winnow crawl {name} --limit 10")


def _row(site: Site) -> dict[str, Any]:
    schedule = "paused" if site.paused else site.cron or (f"every {site.every}" if site.every else "on demand")
    sources = [{source.kind: source.url} for source in site.sources]
    return {"name": site.name, "schedule": schedule, "depth": site.depth, "url": site.url, "sources": sources}
