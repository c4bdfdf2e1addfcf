"""`winnow doctor`: what is wrong with this installation, a line and a remedy each."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from crawler import settings as crawler_settings
from crawler.sites import load_sites
from scheduler.commands.parameters import json_option
from scheduler.config import logs_folder, read_config
from scheduler.harmless import line
from scheduler.installation import check_packages
from scheduler.output import write_json
from store import options, queries
from store.connect import read_settings
from store.errors import WinnowError

if TYPE_CHECKING:
    from collections.abc import Callable

_ENOUGH_SPACE = 1 << 30  # bytes; below this MongoDB soon stops to write


@dataclass(slots=True, frozen=True)
class Finding:
    """One thing that was looked at. `remedy` is set where it is not well."""

    what: str
    found: str
    remedy: str | None = None


@click.command()
@json_option
def doctor(*, as_json: bool) -> None:
    """Look at everything that Winnow needs, and say what to do about what is missing."""
    findings = [_looked_at(what, look) for what, look in _CHECKS.items()]
    if as_json:
        write_json({"what": f.what, "found": f.found, "remedy": f.remedy} for f in findings)
    for finding in findings if not as_json else ():
        click.echo(f"{'ok ' if finding.remedy is None else 'BAD'}  {finding.what}: {line(finding.found)}")
        if finding.remedy:
            click.echo(f"     → {line(finding.remedy)}")
    sys.exit(int(any(finding.remedy for finding in findings)))


def _looked_at(what: str, look: Callable[[], tuple[str, str | None]]) -> Finding:
    try:
        return Finding(what, *look())
    except WinnowError as error:
        return Finding(what, "not well", str(error))


def _packages() -> tuple[str, str | None]:
    check_packages()
    return f"Python {platform.python_version()}, all four packages from one folder", None


def _sites() -> tuple[str, str | None]:
    path = read_config().sites
    if not path.exists():
        return f"{path} is not there; nothing is on a schedule yet", "make it with: winnow sites add URL"
    return f"{path}, {len(load_sites(path))} sites", None


def _environment() -> tuple[str, str | None]:
    values = options.read(crawler_settings.OPTIONS, os.environ)
    if not values["WINNOW_CONTACT"]:
        return (
            "requests carry no contact",
            "set WINNOW_CONTACT to a mail or web address that webmasters can write to",
        )
    return f"requests carry the contact {values['WINNOW_CONTACT']}", None


def _disk() -> tuple[str, str | None]:
    data = logs_folder(read_settings().data).parent
    free = shutil.disk_usage(data).free
    remedy = "free some, or move WINNOW_DATA to a larger disk" if free < _ENOUGH_SPACE else None
    return f"{data.resolve()}, {free / 2**30:.1f} GiB free", remedy


def _store() -> tuple[str, str | None]:
    settings = read_settings()
    with queries.open_archive(settings) as archive:
        version = archive.database.client.server_info()["version"]
        articles = sum(archive.by_status().values())
    whose = "as MONGODB_URI says" if settings.uri else "of our own"
    return f"MongoDB {version} {whose}, {articles} articles", None


_CHECKS = {
    "installation": _packages,
    "environment": _environment,
    "sites": _sites,
    "data": _disk,
    "store": _store,
}
