"""The `winnow` command: its groups, and how an error becomes one line and an exit code."""

from __future__ import annotations

import os
import sys

import click

from scheduler.commands.access import access
from scheduler.commands.alerts import alerts
from scheduler.commands.articles import articles
from scheduler.commands.crawl import crawl
from scheduler.commands.db import db
from scheduler.commands.doctor import doctor
from scheduler.commands.review import review
from scheduler.commands.runs import runs
from scheduler.commands.serve import serve
from scheduler.commands.sites import sites
from scheduler.installation import check_packages
from store.errors import WinnowError

_INTERRUPTED = 130  # by convention 128 + SIGINT


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name=None, version="0.1.0", prog_name="winnow")
def winnow() -> None:
    """Crawl news sites, keep the articles, throw the chaff away, and ask what was kept."""


for command in (crawl, serve, sites, articles, review, runs, alerts, db, access, doctor):
    winnow.add_command(command)


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
        click.echo(f"winnow: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # `winnow articles | head`: the reader has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
