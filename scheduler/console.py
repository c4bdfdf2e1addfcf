"""The console on which tables and paragraphs are written."""

from __future__ import annotations

from rich.console import Console


class OutputConsole(Console):
    """One that leaves it to the caller what it means that nobody reads on."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError
