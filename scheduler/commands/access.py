"""`winnow access`: the accounts of page and API."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime

import click
from rich.table import Table

from scheduler.commands.groups import ListGroup
from scheduler.commands.parameters import json_option
from scheduler.output import cell, stdout, write_json
from scheduler.web.passwords import check_password, hash_password, hash_token, new_token
from store import accounts
from store.connect import connect, read_settings
from store.errors import ConfigError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")  # no dot: it ends the name in a token


@click.group(cls=ListGroup)
def access() -> None:
    """Say who may use page and API. Without an account, anyone on this machine may."""


@access.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(accounts.ROLES), default=accounts.OPERATOR, show_default=True,
              help="A reader sees all and changes nothing.")  # fmt: skip
@click.option("--token", "is_token", is_flag=True, help="A token for a program, in place of a password.")
def add(name: str, role: str, *, is_token: bool) -> None:
    """Add an account, or give the one of that NAME a new secret: its sessions end by that.

    A password is asked for twice, or read from standard input where that is no terminal. A token is made and shown
    once.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{name!r} is no name: up to 32 letters, digits, - and _, the first no sign")
    kind = accounts.TOKEN if is_token else accounts.PASSWORD
    with connect(read_settings()) as database:
        before = accounts.everyone(database).get(name)
        if before and before.kind != kind:
            raise ConfigError(f"{name} has a {before.kind}; `winnow access remove {name}` first")
        secret = new_token(name) if is_token else _ask_password()
        hashed = hash_token(secret) if is_token else hash_password(secret)
        account = accounts.Account(name=name, role=role, kind=kind, hash=hashed, created_at=datetime.now(UTC))
        accounts.put(database, account)
    click.echo(f"{name} may {'steer' if role == accounts.OPERATOR else 'read'}; "
               f"{'its secret is changed' if before else 'added'}", err=True)  # fmt: skip
    if is_token:
        click.echo("this is shown once:", err=True)
        click.echo(secret)


@access.command("list")
@json_option
def list_accounts(*, as_json: bool) -> None:
    """List the accounts."""
    with connect(read_settings()) as database:
        found = accounts.everyone(database).values()
    if as_json:
        facts = ("name", "role", "kind", "created_at")
        write_json({fact: getattr(account, fact) for fact in facts} for account in found)
        return
    table = Table("name", "role", "kind", "since", box=None, pad_edge=False, header_style="bold")
    for account in found:
        table.add_row(cell(account.name), account.role, account.kind, f"{account.created_at.astimezone():%Y-%m-%d}")
    if found:
        stdout().print(table)


@access.command("remove")
@click.argument("name")
def remove(name: str) -> None:
    """Remove an account: its sessions and its token end within seconds."""
    with connect(read_settings()) as database:
        if not accounts.remove(database, name):
            raise ConfigError(f"no account {name!r}; `winnow access` lists them")
        is_open = not accounts.has_any(database)
    click.echo(f"{name} removed", err=True)
    if is_open:
        click.echo("no account is left: anyone on this machine may use page and API", err=True)


def _ask_password() -> str:
    if sys.stdin.isatty():
        password: str = click.prompt("password", hide_input=True, confirmation_prompt="again", err=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    check_password(password)
    return password
