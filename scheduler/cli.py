"""The `winnow` command: its groups, and how an error becomes one line and an exit code."""

from __future__ import annotations

import os
import sys

import click

from scheduler.commands.groups import LazyGroup
from scheduler.harmless import line
from scheduler.installation import check_packages
from store.errors import WinnowError

_INTERRUPTED = 130  # by convention 128 + SIGINT


_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_COMMANDS = (
    *("access", "alerts", "articles", "completion", "crawl", "db"),
    *("doctor", "review", "runs", "serve", "sites", "stats"),
)


@click.group(cls=LazyGroup, package="scheduler.commands", names=_COMMANDS, context_settings=_CONTEXT)
@click.version_option(package_name=None, version="0.1.0", prog_name="winnow")
def winnow() -> None:
    """Crawl news sites, keep the articles, throw the chaff away, and ask what was kept."""


def main() -> None:
    """Run the command line. Results go to stdout, everything else to stderr."""
    try:
        check_packages()
        winnow(prog_name="winnow", standalone_mode=False)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(_INTERRUPTED)
    except WinnowError as error:
        click.echo(f"winnow: {line(str(error))}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # `winnow articles | head`: the reader has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
