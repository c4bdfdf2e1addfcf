"""Bars on stderr for work that takes a while; nothing where that is no terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from scheduler.output import stderr
from store.queries import open_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from store.queries import Archive


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar for each thing that is told of: its name, how much is done and of how much.

    They are gone from the terminal's hands while all that was told of is done.
    """
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=stderr())
    tasks = {}

    def show(name: str, done: int, total: int) -> None:
        progress.start()
        if name not in tasks:
            tasks[name] = progress.add_task(name)
        progress.update(tasks[name], completed=done, total=max(done, total))
        if progress.finished:
            progress.stop()

    try:
        yield show
    finally:
        progress.stop()


@contextmanager
def searchable() -> Iterator[Archive]:
    """Open the collected articles for a command; a bar shows the indexing that a search has to wait for."""
    with bars() as show, open_archive(on_progress=partial(show, "indexing")) as archive:
        yield archive
