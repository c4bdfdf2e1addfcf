"""`winnow crawl`: crawl now, and watch it."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from crawler.crawl import find_site
from crawler.sites import Site, load_sites, site_for_url
from scheduler.clock import now
from scheduler.commands.parameters import MANY
from scheduler.completing import complete_sites
from scheduler.config import logs_folder, read_config
from scheduler.forms import to_json
from scheduler.harmless import line
from scheduler.output import stdout
from scheduler.progress import CrawlProgress, print_summary
from scheduler.runner import Crawl, CrawlOrder
from store import runs
from store.connect import connect, read_settings

if TYPE_CHECKING:
    from scheduler.runner import Event


@click.command()
@click.argument("targets", nargs=-1, required=True, metavar="SITE|URL...", shell_complete=complete_sites)
@click.option("--limit", type=click.IntRange(0, MANY), default=0, help="Fetch at most so many articles; 0 is all.")
@click.option("--dry-run", is_flag=True, help="Store nothing; show what would be kept and dropped.")
@click.option("--refresh", is_flag=True, help="Fetch known articles again; changed ones keep their earlier version.")
@click.option("--json", "as_json", is_flag=True, help="Write the end of each run as a line of JSON.")
def crawl(targets: tuple[str, ...], limit: int, *, dry_run: bool, refresh: bool, as_json: bool) -> None:
    """Crawl sites now: SITE is a name in the sites file, URL a home page, a list page or an article.

    A URL of no known site is crawled as a site named by its host. Ctrl-C ends the crawl cleanly, a second one at once.
    """
    wishes = {"limit": str(limit), "dry_run": str(int(dry_run)), "refresh": str(int(refresh))}
    chosen = [_target(target) for target in targets]
    settings = read_settings()
    logs = logs_folder(settings.data)
    worst = 0
    with connect(settings) as database:
        for site, arguments in chosen:
            run = runs.new_id(site.name, now())
            order = CrawlOrder(arguments={**arguments, **wishes, "run": run}, log=logs / f"{run}.log")
            end = asyncio.run(_crawl(site.name, order, dry_run=dry_run and not as_json))
            runs.settle(database, run, runs.DIED, now())
            if as_json:
                click.echo(to_json(end))
            else:
                print_summary(stdout(), site.name, end)
            worst = max(worst, end["exit_code"])
            if end["state"] == "interrupted":
                break
    sys.exit(worst)


def _target(target: str) -> tuple[Site, dict[str, str]]:
    """Return the site of a name or an address, and the spider's arguments for it."""
    path = read_config().sites
    if "://" not in target:
        site = find_site(target, load_sites(path))
        return site, {"site": site.name}
    site = site_for_url(target)
    host = urlsplit(site.url).netloc
    known = load_sites(path) if path.exists() else {}
    for candidate in known.values():
        if urlsplit(candidate.url).netloc == host:
            return candidate, {"site": candidate.name, "url": site.url}
    return site, {"url": site.url}


async def _crawl(name: str, order: CrawlOrder, *, dry_run: bool) -> Event:
    under_way = await Crawl.start(order)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, _Interrupt(under_way))
    with CrawlProgress(name) as progress:

        def take(event: Event) -> None:
            progress.take(event)
            if dry_run and event["event"] == "verdict":
                print_verdict(event)

        return await under_way.follow(take)


class _Interrupt:
    """What Ctrl-C does: the first asks the crawl to end, the second ends it."""

    def __init__(self, under_way: Crawl) -> None:
        self._crawl = under_way
        self._asked = False

    def __call__(self) -> None:
        if self._asked:
            self._crawl.kill()
        else:
            click.echo("ending the crawl; what it has is being stored (Ctrl-C again ends it at once)", err=True)
            self._crawl.stop()
        self._asked = True


def print_verdict(event: dict[str, Any]) -> None:
    """Print what a crawl would have stored of one article or teaser."""
    reasons = "; ".join(reason["code"] for reason in event["reasons"])
    click.echo(
        f"{event['status']:>11}  {event['kind']:7}  {line(event['title'] or event['url'])}"
        + (f"  ({reasons})" if reasons else "")
    )
