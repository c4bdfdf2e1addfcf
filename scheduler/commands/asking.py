"""What the commands over articles share: words and options, and the query that they make."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from scheduler.commands.parameters import Moment
from scheduler.completing import complete_sites
from scheduler.config import asked_at
from store.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from store.queries import Archive, Query, Record

    Command = Callable[..., None]

STATUSES = ("accepted", "duplicate", "quarantined", "rejected", "any")
_OPTIONS = (
    click.option("--site", shell_complete=complete_sites, help="Only of this site."),
    click.option("--author", help="Only by this author or source."),
    click.option("--tag", help="Only with this tag or category."),
    click.option("--since", type=Moment(), help="Published at or after: 2025-09-18, or an age such as 7d."),
    click.option("--until", type=Moment(), help="Published before."),
    click.option("--status", type=click.Choice(STATUSES), default="accepted", show_default=True,
                 help="With this verdict."),
    click.option("--reason", metavar="CODE", help="With a reason of this code."),
    click.option("--order", type=click.Choice(("newest", "oldest", "best")), default="newest", show_default=True,
                 help="Which come first; the best only with words."),
)  # fmt: skip


class WordsCommand(click.Command):
    """A command whose arguments are words to search for; one that begins with `-` is a word too: `-广告`."""

    def __init__(self, name: str, **options: Any) -> None:
        settings = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
        super().__init__(name, context_settings=settings, **options)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        for word in ctx.params.get("words") or ():
            if word == "-h":
                click.echo(ctx.get_help())
                ctx.exit()
            if word.startswith("--") and not ctx.resilient_parsing:
                name = word.partition("=")[0]
                known = [option for parameter in self.get_params(ctx) for option in parameter.opts]
                raise click.NoSuchOption(name, possibilities=get_close_matches(name, known), ctx=ctx)
        return rest


def query_options(command: Command) -> Command:
    """Give a command WORDS and the options that filter and order articles."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return click.argument("words", nargs=-1)(command)


def query_of(words: Sequence[str], *, limit: int, **filters: Any) -> Query:
    """Return what is asked for.

    Raises:
        ConfigError: the words can't be understood.
    """
    from store.queries import Query
    from store.query_text import parse

    return parse(" ".join(words), Query(limit=limit, **filters), asked_at())


def article_of(archive: Archive, name: str) -> Record:
    """Return an article by its id, a start of it, or its address.

    Raises:
        ConfigError: there is none.
    """
    found = archive.get(name)
    if found is None:
        raise ConfigError(f"no article {name!r}; `winnow articles --status any` lists ids")
    return found
