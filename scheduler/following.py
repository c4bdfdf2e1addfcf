"""Runs as they go on, in a terminal: a table that lives, or a line for each change where there is no terminal."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click
from rich.live import Live
from rich.table import Table
from rich.text import Text

from scheduler.clock import now
from scheduler.forms import to_json
from scheduler.harmless import line
from scheduler.live import LiveRun, changes
from scheduler.output import cell, stdout
from scheduler.progress import progress_text
from store import run_queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from store.connect import SyncDatabase

INTERVAL = 1.0  # seconds between two looks


def follow_runs(database: SyncDatabase, run: str | None, *, as_json: bool) -> None:
    """Show the runs under way until Ctrl-C; one that is named until it ends."""
    console = stdout()
    lives = console.is_terminal and not as_json
    with Live(console=console, auto_refresh=False) if lives else nullcontext() as screen:
        for current, changed in _looks(database, run):
            if screen:
                screen.update(_table(current), refresh=True)
            for each in changed if not screen or as_json else [each for each in changed if each.has_ended]:
                _tell(each, console.print if screen else click.echo, as_json=as_json)


def _looks(database: SyncDatabase, run: str | None) -> Iterator[tuple[Mapping[str, LiveRun], list[LiveRun]]]:
    current: dict[str, LiveRun] = {}
    while True:
        moment = now()
        followed = [run] if run else [each.id for each in current.values() if not each.has_ended]
        found = run_queries.under_way(database, also=followed)
        chosen = [record for record in found if run in (None, record["_id"])]
        records = run_queries.as_they_are(database, chosen)
        current, changed = changes(current, records, moment)
        yield current, changed
        if run and all(each.has_ended for each in current.values()):
            return
        time.sleep(INTERVAL)


def _tell(run: LiveRun, write: Callable[[str], Any], *, as_json: bool) -> None:
    write(to_json(run.presented()) if as_json else line(f"{run.id}  {_facts(run)}"))


def _facts(run: LiveRun) -> str:
    end = f" · {run.state}: {run.reason}" if run.has_ended else f" · {run.remaining} to go"
    return progress_text(run.pages, run.rate, run.accepted, [(drop.reason, drop.count) for drop in run.dropped]) + end


def _table(runs: Mapping[str, LiveRun]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("site", "took", "pages", "rate", "kept", "dropped", "to go", "by reason"):
        table.add_column(
            name, justify="left" if name in ("site", "by reason") else "right", no_wrap=name != "by reason"
        )
    for run in runs.values():
        if run.has_ended:
            continue
        reasons = ", ".join(f"{drop.reason.partition(': ')[2]} {drop.count}" for drop in run.dropped[:4])
        numbers = (str(run.pages), f"{run.rate:.1f}/s", str(run.accepted), str(run.drops), str(run.remaining))
        table.add_row(cell(run.site), f"{run.elapsed:.0f} s", *numbers, cell(reasons))
    if not table.row_count:
        table.add_row(Text("no crawl is under way", style="dim"))
    return table
