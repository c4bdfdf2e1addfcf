"""Groups of commands: such as are imported when one is asked for, and such as run one where none is named."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Sequence

_HELP = ("-h", "--help")


class LazyGroup(click.Group):
    """A group whose command NAME is `NAME` in the module NAME of a package, imported for who asks for it.

    All of them together take most of a second, `winnow articles` alone a quarter.
    """

    def __init__(self, *arguments: Any, package: str, names: Sequence[str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._package = package
        self._names = sorted(names)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return self._names

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._names:
            return None
        found: click.Command = getattr(import_module(f"{self._package}.{cmd_name}"), cmd_name)
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer names without their help: that would import them all."""
        names = [CompletionItem(name) for name in self._names if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)


class DefaultGroup(click.Group):
    """A group that runs its `default` subcommand for arguments that name none."""

    default = ""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        is_completed = ctx.resilient_parsing and not args  # it is a command that is being typed, perhaps
        if not is_completed and (not args or (args[0] not in self.commands and args[0] not in _HELP)):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        meant = self.commands[self.default]
        with meant.make_context(self.default, [], parent=ctx, resilient_parsing=True) as own:
            offered = {item.value: item for item in meant.shell_complete(own, incomplete)}
        return list(({item.value: item for item in super().shell_complete(ctx, incomplete)} | offered).values())


class SearchGroup(DefaultGroup):
    default = "search"


class ListGroup(DefaultGroup):
    default = "list"
