"""What a person sees of a crawl: a live bar in a terminal, and a summary at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from scheduler.harmless import line
from scheduler.output import cell, stderr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from rich.console import Console

Event = dict[str, Any]


class CrawlProgress:
    """A bar on stderr while a crawl runs; nothing where that is no terminal."""

    def __init__(self, name: str) -> None:
        console = stderr()
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[facts]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task(name, total=None, facts="starting")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def take(self, event: Event) -> None:
        """Show an event of the crawl."""
        if event["event"] == "progress":
            counts = event["counts"]
            done = counts["articles"]
            elapsed = self._progress.tasks[0].elapsed or 0.0
            facts = progress_line(counts, elapsed)
            self._progress.update(self._task, completed=done, total=done + counts["queued"], facts=facts)


def progress_line(counts: dict[str, Any], elapsed: float) -> str:
    """Return what is told beside the bar; `elapsed` is in seconds.

    >>> progress_line({"pages": 30, "accepted": 20, "dropped": [{"reason": "teaser rejected: hook", "count": 4}]}, 10)
    '30 pages, 3.0/s · 20 kept · 4 dropped (hook 4)'
    """
    rate = counts["pages"] / elapsed if elapsed else 0.0
    drops = [(drop["reason"], drop["count"]) for drop in counts["dropped"]]
    return progress_text(counts["pages"], rate, counts["accepted"], drops)


def progress_text(pages: int, rate: float, kept: int, drops: Sequence[tuple[str, int]]) -> str:
    """Say how far a crawl is; `rate` is in pages a second, `drops` are counts by reason, the most frequent first."""
    reasons = ", ".join(f"{reason.partition(': ')[2]} {count}" for reason, count in drops[:3])
    dropped = sum(count for _, count in drops)
    return f"{pages} pages, {rate:.1f}/s · {kept} kept · {dropped} dropped" + (f" ({reasons})" if reasons else "")


def print_summary(console: Console, name: str, end: Event) -> None:
    """Print what a run did: how it ended, what it kept, and what it dropped by reason."""
    counts = end.get("counts")
    console.print(Text.assemble((line(name), "bold"), " ", line(f"{end['state']}: {end['reason']}")))
    if not counts:
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for number, what in _rows(counts):
        table.add_row(str(number), cell(what))
    console.print(table)


def _rows(counts: dict[str, Any]) -> list[tuple[int, str]]:
    rows = [
        (counts["pages"], f"pages read ({counts['lists']} lists, {counts['articles']} articles)"),
        (counts["accepted"], "articles accepted"),
        (counts["duplicate"], "copies, kept with their story"),
        (counts["changed"], "articles changed since they were last read"),
        (counts["known"], "links known already"),
        (counts["failed"], "pages failed, tried again next time"),
    ]
    rows += [(drop["count"], drop["reason"]) for drop in counts["dropped"]]
    return [row for row in rows if row[0]]
