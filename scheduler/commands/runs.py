"""`winnow runs`: what was crawled, when, and how it ended."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from scheduler.commands.groups import ListGroup
from scheduler.commands.parameters import MANY, json_option
from scheduler.completing import complete_runs, complete_sites
from scheduler.following import follow_runs
from scheduler.harmless import line, paragraphs
from scheduler.output import cell, echo_json, stdout, write_json
from scheduler.progress import print_summary
from store import run_queries
from store.connect import connect, read_settings
from store.errors import ConfigError
from store.runs import RUNNING, STATES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from store.connect import Settings, SyncDatabase
    from store.runs import Record

_WIDE = 90  # columns that show all of a list
_RUN = 12  # columns of a run's id, at least
_LOOK = 0.5  # seconds between two looks at a log that is followed


@click.group(cls=ListGroup)
def runs() -> None:
    """List the runs, show one, read its log, or watch those under way."""


@runs.command("list")
@click.option("--site", shell_complete=complete_sites, help="Only of this site.")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--limit", type=click.IntRange(0, MANY), default=20, show_default=True, help="At most so many; 0 is all.")
@json_option
def list_runs(site: str | None, state: str | None, limit: int, *, as_json: bool) -> None:
    """List runs, newest first."""
    with connect(read_settings()) as database:
        found = run_queries.newest(database, site=site, state=state, limit=limit)
        found = run_queries.as_they_are(database, found)
    if as_json:
        write_json(map(_present, found))
        return
    if found:
        console = stdout()
        console.print(_table(found, console.width))


@runs.command("show")
@click.argument("run", shell_complete=complete_runs)
@json_option
def show(run: str, *, as_json: bool) -> None:
    """Show one run: who asked for it, its counts and what it dropped, by reason."""
    settings = read_settings()
    with connect(settings) as database:
        found = _found(database, run)
    if as_json:
        echo_json(_present(found))
        return
    end = {"state": found["state"], "reason": found.get("reason", "under way"), "counts": found["counts"]}
    print_summary(stdout(), found["_id"], end)
    for name, value in _facts(found, _log_of(settings, found)):
        stdout().print(Text.assemble((f"{name:>9}  ", "dim"), line(value)))


@runs.command("log")
@click.argument("run", shell_complete=complete_runs)
@click.option("-f", "--follow", is_flag=True, help="Go on until the run ends.")
def log(run: str, *, follow: bool) -> None:
    """Print the log of a run."""
    settings = read_settings()
    with connect(settings) as database:
        found = _found(database, run)
        path = _log_of(settings, found)
        if not path.exists():
            host = found.get("holder", {}).get("host", "another machine")
            raise ConfigError(f"no log of run {found['_id']} here ({path}); it ran on {host}, or the log was deleted")
        with path.open(encoding="utf-8", errors="replace") as lines:
            is_running = follow
            while is_running:
                is_running = _found(database, found["_id"])["state"] == RUNNING
                click.echo(paragraphs(lines.read()), nl=False)
                time.sleep(_LOOK)
            click.echo(paragraphs(lines.read()), nl=False)


@runs.command("follow")
@click.argument("run", required=False, shell_complete=complete_runs)
@click.option("--json", "as_json", is_flag=True, help="Write each change as a line of JSON.")
def follow(run: str | None, *, as_json: bool) -> None:
    """Watch the runs under way, until Ctrl-C; or one, until it ends."""
    with connect(read_settings()) as database, suppress(KeyboardInterrupt):
        chosen = _found(database, run)["_id"] if run else None
        follow_runs(database, chosen, as_json=as_json)


def _found(database: SyncDatabase, asked: str) -> Record:
    found = run_queries.find(database, asked)
    if found is None:
        raise ConfigError(f"no run {asked!r}; `winnow runs` lists them")
    return run_queries.as_they_are(database, [found])[0]


def _log_of(settings: Settings, run: Record) -> Path:
    return settings.data / "logs" / f"{run['_id']}.log"


def _facts(run: Record, log: Path) -> list[tuple[str, str]]:
    facts = [
        ("asked by", run["asked_by"]),
        ("due", _second(run.get("due_at"))),
        ("started", _second(run["started_at"])),
        ("ended", _second(run.get("ended_at"))),
        ("cause", run.get("cause", "")),
        ("log", str(log) if log.exists() else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _present(run: Record) -> Record:
    shown = {name: value for name, value in run.items() if name not in ("_id", "holder")}
    return {"id": run["_id"], **shown}


def _table(found: Sequence[Record], width: int) -> Table:
    """Return runs as a table; a narrow one lacks how long they took and why they ended."""
    is_wide = width >= _WIDE
    run = max(_RUN, width - (77 if is_wide else 48))  # beside the other columns, 16 of them for a reason
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("run", no_wrap=True, max_width=run)
    for name in ("state", "started", *(["took"] if is_wide else []), "pages", "kept"):
        table.add_column(name, no_wrap=True, justify="left" if name in ("state", "started") else "right")
    if is_wide:
        table.add_column("reason")
    for each in found:
        counts = each["counts"]
        numbers = str(counts.get("pages", 0)), str(counts.get("accepted", 0))
        took, reason = ([_took(each)], [cell(each.get("reason", ""))]) if is_wide else ([], [])
        table.add_row(cell(each["_id"]), each["state"], _second(each["started_at"]), *took, *numbers, *reason)
    return table


def _took(run: Record) -> str:
    end = run.get("ended_at")
    return f"{(end - run['started_at']).total_seconds():.1f} s" if end else ""


def _second(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment else ""
