"""`winnow stats`: what was collected, in figures and small plots."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import click
from rich.text import Text

from scheduler.charts import day_lines, delay_lines, reason_lines
from scheduler.commands.parameters import Moment, json_option
from scheduler.completing import complete_sites
from scheduler.config import asked_at
from scheduler.output import echo_json, stdout
from store.connect import connect, read_settings
from store.errors import ConfigError
from store.figures import Window, figures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from store.figures import Figures

_LONGEST = 3660  # days: what is older than ten years is no news


@click.command()
@click.option("--since", type=Moment(), default="30d", show_default=True, help="From that day on: 2025-09-18, 7d, 8w.")
@click.option("--site", shell_complete=complete_sites, help="Only of this site.")
@json_option
def stats(since: datetime | date, site: str | None, *, as_json: bool) -> None:
    """Show articles by day and site, verdicts by reason, and the delay from publication to storing.

    \b
    winnow stats                          the last 30 days
    winnow stats --since 52w --site demo  a year of one site
    winnow stats --json                   the same numbers for a program

    Articles count by their publication, teasers by the moment of their verdict.
    """  # noqa: D301 - the backspace is how click is told to keep the lines
    now = asked_at()
    days = _days(since, now)
    if not 1 <= days <= _LONGEST:
        raise ConfigError(f"--since names a moment of the last {_LONGEST} days")
    with connect(read_settings()) as database:
        found = figures(database, Window(now=now, days=days, site=site))
    if as_json:
        echo_json(asdict(found))
    else:
        _print(found)


def _days(since: datetime | date, now: datetime) -> int:
    """Return how many days a window has that begins then and ends today.

    >>> now = datetime(2025, 12, 20, 12).astimezone()
    >>> _days(date(2025, 12, 19), now), _days(now - timedelta(days=30), now), _days(now - timedelta(hours=36), now)
    (2, 30, 2)
    """
    if isinstance(since, datetime):
        return math.ceil((now - since) / timedelta(days=1))
    return (now.date() - since).days + 1


def _print(found: Figures) -> None:
    width = min(80, stdout().width)
    parts = (
        ("articles by day and site", day_lines(found.days, width) if found.days.total else ()),
        ("verdicts by reason", reason_lines(found.reasons, width) if found.reasons else ()),
        ("from publication to storing", delay_lines(found.delays, width) if found.delays.all.articles else ()),
    )
    for number, (title, lines) in enumerate(parts):
        _print_part(title, lines, is_first=number == 0)


def _print_part(title: str, lines: Iterable[str], *, is_first: bool) -> None:
    console = stdout()
    if not is_first:
        console.print()
    console.print(Text(title, style="bold"))
    for each in lines or ("none in these days",):
        console.print(Text(each), no_wrap=True, overflow="crop")
