"""The tables in docs/: made from the code, so that they are true. `./run docs` writes them; a test compares.

A table stands between `<!-- table: NAME -->` and `<!-- end -->`.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crawler import settings
from crawler.sites import key_rows
from scheduler import config
from scheduler.cli import winnow
from store import connect

if TYPE_CHECKING:
    from store.options import Option

DOCS = Path(__file__).parents[2] / "docs"
_TABLE = re.compile(r"(<!-- table: ([a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def render(text: str) -> str:
    """Return a page with its tables made anew."""
    return _TABLE.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}\n{found[3]}", text)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _site_keys() -> str:
    return _table(["key", "what to write", "default", "meaning"], key_rows())


def _options() -> str:
    found: list[Option] = [*connect.OPTIONS, *settings.OPTIONS, *config.OPTIONS]
    rows = [[f"`{o.name}`", f"`{o.default}`" if o.default else "", o.help] for o in found]
    return _table(["variable", "default", "meaning"], rows)


def _commands() -> str:
    return "\n\n".join(_command(winnow, _context(winnow, "winnow", None)))


def _command(command: click.Command, context: click.Context) -> Iterable[str]:
    yield f"### {context.command_path}\n\n```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            yield from _command(child, _context(child, name, context))


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    return click.Context(command, info_name=name, parent=parent, terminal_width=78, **command.context_settings)


TABLES: dict[str, Callable[[], str]] = {"sites": _site_keys, "options": _options, "commands": _commands}


def write() -> None:
    """Write all tables anew."""
    for page in DOCS.glob("*.md"):
        page.write_text(render(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
