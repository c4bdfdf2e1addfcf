"""The `winnow` command: its groups, and how an error becomes one line and an exit code."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import click

from scheduler.commands.groups import LazyGroup
from scheduler.harmless import line
from scheduler.installation import check_packages
from scheduler.reader import listened
from store.errors import ConfigError, WinnowError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_INTERRUPTED = 130  # by convention 128 + SIGINT


_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_COMMANDS = (
    *("access", "alerts", "articles", "completion", "crawl", "db"),
    *("doctor", "review", "runs", "serve", "sites", "stats"),
)


class _Root(LazyGroup):
    """All commands. Click would call it a failure of theirs that nobody reads on, if it came to know of it."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with listened():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with listened():
            return super().invoke(ctx)


@click.group(cls=_Root, package="scheduler.commands", names=_COMMANDS, context_settings=_CONTEXT)
@click.version_option(package_name=None, version="0.1.0", prog_name="winnow")
def winnow() -> None:
    """Crawl news sites, keep the articles, throw the chaff away, and ask what was kept."""


def main() -> None:
    """Run the command line. Results go to stdout, everything else to stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # one that is closed is None
            stream.reconfigure(errors="replace")  # a question mark for what the locale lacks
    try:
        check_packages()
        _check_arguments(sys.argv[1:])
        winnow(prog_name="winnow", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(_INTERRUPTED)
    except WinnowError as error:
        click.echo(f"winnow: {line(str(error))}", err=True)
        sys.exit(error.exit_code)


def _check_arguments(arguments: Iterable[str]) -> None:
    """See that arguments are text: bytes that are none in the encoding of the locale can be told to no database.

    Raises:
        ConfigError: one is not.
    """
    for argument in arguments:
        if any("\ud800" <= character <= "\udfff" for character in argument):
            said = os.fsencode(argument).decode(errors="backslashreplace")
            raise ConfigError(f"the argument {said} is no text in {sys.getfilesystemencoding().upper()}")
