"""What a shell offers when Tab is pressed: few, quickly, and nothing rather than an error."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click

    Found = Iterable[tuple[str, str]]  # value and what it is

_MOST = 30
_WITHIN = 1.5  # seconds


class Offer:
    """What an argument or an option offers: values that begin as what is typed, with what they are."""

    def __init__(self, find: Callable[[str], Found]) -> None:
        self._find = find

    def __call__(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        """Ask in a thread: a database that is away must not hold up a keyboard."""
        found: list[CompletionItem[str]] = []
        asking = threading.Thread(target=self._add, args=(found, incomplete), daemon=True)
        asking.start()
        asking.join(_WITHIN)
        return found[:_MOST]

    def _add(self, found: list[CompletionItem[str]], start: str) -> None:
        with suppress(Exception):  # a word is being typed: nothing is offered then, and nothing said
            items = (CompletionItem(value, help=what) for value, what in self._find(start))
            found.extend(item for item in items if item.value.startswith(start))


def _sites(_start: str) -> Found:
    from crawler.sites import load_sites
    from scheduler.config import read_config

    return [(site.name, site.url) for site in load_sites(read_config().sites).values()]


def _articles(start: str) -> Found:
    from scheduler.harmless import line
    from store.queries import open_archive

    if not _is_at_hand():
        return []
    with open_archive() as archive:
        return [(article, line(title, 60)) for article, title in archive.ids(start, _MOST)]


def _runs(_start: str) -> Found:
    from store import run_queries
    from store.connect import connect, read_settings

    if not _is_at_hand():
        return []
    with connect(read_settings()) as database:
        return [(run["_id"], run["state"]) for run in run_queries.newest(database, limit=_MOST * 10)]


def _is_at_hand() -> bool:
    """Whether there is a server to ask; none is started for a word that is being typed."""
    from store.connect import read_settings
    from store.mongod import EmbeddedServer

    settings = read_settings()
    return bool(settings.uri) or EmbeddedServer(settings.data).is_running()


complete_sites, complete_articles, complete_runs = Offer(_sites), Offer(_articles), Offer(_runs)
