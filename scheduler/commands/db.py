"""`winnow db`: the database itself, for whoever runs it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.filesize import decimal
from rich.table import Table

from scheduler.bars import bars
from scheduler.commands.parameters import json_option
from scheduler.harmless import line
from scheduler.output import echo_json, stdout, write_json
from store import check as store_check
from store import dump as store_dump
from store import load as store_load
from store import manifest, migrations
from store import stats as store_stats
from store.connect import connect, read_settings
from store.errors import ConfigError
from store.search.index import SearchIndex

if TYPE_CHECKING:
    from store.connect import SyncDatabase
    from store.manifest import Manifest

_FOLDER = click.Path(path_type=Path)


@click.group()
def db() -> None:
    """Check the database, bring it up to date, measure it, save it and bring it back."""


@db.command()
@json_option
def check(*, as_json: bool) -> None:
    """Say what is wrong with the database, a line and a remedy each; exit code 1 if anything is.

    Crawls may run meanwhile.
    """
    with connect(read_settings(), as_is=True) as database:
        found = list(store_check.findings(database))
    if as_json:
        write_json(map(asdict, found))
    for finding in found if not as_json else ():
        click.echo(line(f"{finding.what} → {finding.remedy}"))
    sys.exit(int(bool(found)))


@db.command()
@click.option("--drop-surplus", is_flag=True, help="Drop indexes that are not Winnow's.")
def migrate(*, drop_surplus: bool) -> None:
    """Bring the database up to date with this Winnow: its version, collections, validators and indexes.

    Crawls and the service do so themselves when they start.
    """
    with connect(read_settings()) as database:
        done = migrations.migrate(database, drop_surplus=drop_surplus)
    for each in done or ["nothing to do"]:
        click.echo(each)


@db.command()
def index() -> None:
    """Make the search index anew; searches go on with the one that is there.

    It holds nothing that is not in the database, is kept up to date by every search and by the service, and is made
    anew by itself when it is missing or damaged.
    """
    settings = read_settings()
    with connect(settings) as database, bars() as show:
        count = SearchIndex(settings.data, on_progress=partial(show, "articles")).rebuild(database)
    click.echo(f"{count:,} articles can be searched")


@db.command()
@json_option
def stats(*, as_json: bool) -> None:
    """Show how many documents there are, and what they take of the disk."""
    with connect(read_settings(), as_is=True) as database:
        sizes, disk = store_stats.sizes(database), store_stats.disk(database)
    if as_json:
        echo_json({"collections": [asdict(size) for size in sizes], "disk": asdict(disk)})
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("collection", "documents", "size", "on disk", "indexes"):
        table.add_column(name, justify="left" if name == "collection" else "right")
    for size in sizes:
        table.add_row(size.name, f"{size.documents:,}", *map(decimal, (size.bytes, size.on_disk, size.indexes)))
    stdout().print(table)
    click.echo(f"{decimal(disk.free)} of {decimal(disk.total)} are free on the server's disk")


@db.command()
@click.argument("folder", type=_FOLDER)
def dump(folder: Path) -> None:
    """Save the database in a new FOLDER, while crawls go on.

    It is laid out as by mongodump --gzip, with checksums in manifest.json. Keep it from others: it holds the accounts.
    """
    with connect(read_settings()) as database, bars() as on_progress:
        made = store_dump.dump(database, folder, now=datetime.now(UTC), on_progress=on_progress)
    click.echo(f"{folder}: {_contents(made)}")


@db.command()
@click.argument("folder", type=_FOLDER)
@click.option("--replace", is_flag=True, help="Drop what the database holds.")
@click.option("--yes", is_flag=True, help="Don't ask before dropping it.")
def load(folder: Path, *, replace: bool, yes: bool) -> None:
    """Bring back the dump in FOLDER, into an empty database.

    Its checksums are compared first. No crawl may be under way, so stop the service before.
    """
    dumped = manifest.read(folder)
    manifest.verify(folder, dumped)
    with connect(read_settings(), as_is=True) as database:
        if replace and not yes and not store_load.is_empty(database):
            _ask(database)
        with bars() as on_progress:
            migrated = store_load.load(
                database, folder, dumped, replace=replace, now=datetime.now(UTC), on_progress=on_progress
            )
    for each in migrated:
        click.echo(each)
    click.echo(f"loaded {_contents(dumped)}, as it was at {dumped.at.isoformat(timespec='seconds')}")


def _ask(database: SyncDatabase) -> None:
    if not sys.stdin.isatty():
        raise ConfigError("--replace needs --yes where nobody can be asked")
    click.confirm(f"Drop all that the database {database.name} holds?", abort=True, err=True)


def _contents(dumped: Manifest) -> str:
    documents = sum(dumped.documents.values())
    return f"{documents:,} documents in {len(dumped.documents)} collections, version {dumped.version}"
