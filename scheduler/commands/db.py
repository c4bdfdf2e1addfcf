"""`winnow db`: the database itself, for whoever runs it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click
from rich.filesize import decimal
from rich.table import Table

from scheduler.commands.parameters import json_option
from scheduler.output import stdout, to_json, write_json
from store import check as store_check
from store import migrations
from store import stats as store_stats
from store.connect import connect, read_settings


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
        found = list(store_check.findings(database, datetime.now(UTC)))
    if as_json:
        write_json(map(asdict, found))
    for finding in found if not as_json else ():
        click.echo(f"{finding.what} → {finding.remedy}")
    sys.exit(int(bool(found)))


@db.command()
@click.option("--drop-surplus", is_flag=True, help="Drop indexes that are not Winnow's.")
def migrate(*, drop_surplus: bool) -> None:
    """Bring the database up to date with this Winnow: its version, collections, validators and indexes.

    Crawls and the service do so themselves when they start.
    """
    with connect(read_settings()) as database:
        done = migrations.migrate(database, drop_surplus=drop_surplus)
    for line in done or ["nothing to do"]:
        click.echo(line)


@db.command()
@json_option
def stats(*, as_json: bool) -> None:
    """Show how many documents there are, and what they take of the disk."""
    with connect(read_settings(), as_is=True) as database:
        sizes, disk = store_stats.sizes(database), store_stats.disk(database)
    if as_json:
        click.echo(to_json({"collections": [asdict(size) for size in sizes], "disk": asdict(disk)}, indent=2))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("collection", "documents", "size", "on disk", "indexes"):
        table.add_column(name, justify="left" if name == "collection" else "right")
    for size in sizes:
        table.add_row(size.name, f"{size.documents:,}", *map(decimal, (size.bytes, size.on_disk, size.indexes)))
    stdout().print(table)
    click.echo(f"{decimal(disk.free)} of {decimal(disk.total)} are free on the server's disk")
