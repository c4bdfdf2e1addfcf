"""A group of subcommands one of which is meant when none is named: `winnow articles 人工智能` searches."""

from __future__ import annotations

import click

_HELP = ("-h", "--help")


class DefaultGroup(click.Group):
    """A group that runs its `default` subcommand for arguments that name none."""

    default = ""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in _HELP):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


class SearchGroup(DefaultGroup):
    default = "search"


class ListGroup(DefaultGroup):
    default = "list"
