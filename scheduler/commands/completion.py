"""`winnow completion`: what makes a shell complete the words of this command line."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING

import click
from click.shell_completion import get_completion_class

from scheduler.installation import ROOT

if TYPE_CHECKING:
    from typing import Literal

    Shell = Literal["bash", "zsh", "fish"]

_VARIABLE = "_WINNOW_COMPLETE"
# How click's script asks, by shell; and what a shell needs where there is no such command but in a clone
_ASKS = {"bash": "$1)", "zsh": "winnow)}", "fish": "winnow);"}
_FUNCTION = {
    "bash": 'winnow() {{ {program} "$@"; }}\n',
    "zsh": 'winnow() {{ {program} "$@"; }}\n',
    "fish": "function winnow; {program} $argv; end\n",
}
_ZSH_LOOKS = "    (( ! $+commands[winnow] )) && return 1\n"
_RUN = """
_winnow_run_completion() {
    [[ ${COMP_WORDS[1]} == winnow && $COMP_CWORD -gt 1 ]] || return
    COMP_WORDS=("${COMP_WORDS[@]:1}")
    COMP_CWORD=$((COMP_CWORD - 1))
    _winnow_completion winnow
}
complete -o nosort -o default -F _winnow_run_completion run
"""


@click.command(
    epilog="""\b
    eval "$(winnow completion bash)"                  a line for ~/.bashrc; zsh: ~/.zshrc
    winnow completion fish | source                   for ~/.config/fish/config.fish
    eval "$(~/winnow/run winnow completion bash)"     of a clone: makes the command, too
    """
)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion(context: click.Context, shell: Shell) -> None:
    """Print the script by which a shell completes commands, options, sites, runs and articles.

    Where no `winnow` is on PATH it makes a command of that name, which is `run winnow` of this folder.
    """
    click.echo(script(context.find_root().command, shell, is_on_path=shutil.which("winnow") is not None), nl=False)


def script(command: click.Command, shell: Shell, *, is_on_path: bool) -> str:
    """Return click's script, or that with the program of this folder in the place of one on PATH."""
    kind = get_completion_class(shell)
    assert kind is not None
    clicks = kind(command, {}, "winnow", _VARIABLE).source()
    if is_on_path:
        return clicks
    program = f"{shlex.quote(str(ROOT / 'run'))} winnow"
    asks = _ASKS[shell]
    named = clicks.replace(asks, asks.replace(asks.rstrip(");}"), program)).replace(_ZSH_LOOKS, "")
    return _FUNCTION[shell].format(program=program) + named + (_RUN if shell == "bash" else "")
