"""How results are written: tables for people, JSON for programs.

What is stored was written by others. It reaches a terminal through `cell` here, `line` or `paragraphs` of
`scheduler.harmless`, or as JSON.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from scheduler.forms import json_array, to_json
from scheduler.harmless import line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console, RenderableType
    from rich.text import Text

    from scheduler.forms import Record


def stdout() -> Console:
    """Return the console for results; without a terminal it is plain and as wide as it needs."""
    from scheduler.console import OutputConsole

    return OutputConsole(width=None if sys.stdout.isatty() else 160, highlight=False)


def stderr() -> Console:
    """Return the console for everything that is no result."""
    from scheduler.console import OutputConsole

    return OutputConsole(stderr=True, highlight=False)


def cell(text: str, style: str = "") -> Text:
    """Return stored text as one harmless line for a terminal."""
    from rich.text import Text

    return Text(line(text), style=style)


def write(pieces: Iterable[str]) -> None:
    """Write a result to standard output as it is made, in UTF-8 whatever the locale says."""
    for piece in pieces:
        sys.stdout.buffer.write(piece.encode())
    sys.stdout.buffer.flush()


def write_json(records: Iterable[Record]) -> None:
    """Write a JSON array, a record a line, without holding it in memory."""
    write(json_array(records))


def echo_json(value: Any) -> None:
    """Write one thing as JSON for reading."""
    write([to_json(value, indent=2), "\n"])


def print_long(parts: Iterable[RenderableType]) -> None:
    """Print what may be longer than a screen; a pager shows it if it is, and someone is there to turn the pages."""
    console = stdout()
    if not (console.is_terminal and sys.stdin.isatty()):
        for part in parts:
            console.print(part)
        return
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    text = captured.get()
    if text.count("\n") < console.height:
        click.echo(text, nl=False)
    else:
        click.echo_via_pager(text)
