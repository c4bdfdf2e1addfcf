"""`winnow alerts`: what is wrong now, what was, and whether word of it would arrive."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from rich.table import Table

from scheduler.alerts.notify import Letter, check_addresses, send
from scheduler.commands.groups import ListGroup
from scheduler.commands.parameters import MANY, json_option
from scheduler.config import read_config
from scheduler.output import cell, stdout, write_json
from store import alerts as store_alerts
from store.connect import connect, read_settings
from store.errors import ConfigError

if TYPE_CHECKING:
    from store.alerts import Record

_SHOWN = ("id", "kind", "subject", "about", "message", "since", "sent_at", "sent_to", "ended_at", "end_message",
          "end_sent_at", "trouble")  # fmt: skip


@click.group(cls=ListGroup)
def alerts() -> None:
    """List the alerts, close one, or send a test message."""


@alerts.command("list")
@click.option("--all", "with_ended", is_flag=True, help="Those that ended too.")
@click.option(
    "--limit",
    type=click.IntRange(0, MANY),
    default=100,
    show_default=True,
    help="With --all, at most so many; 0 is all.",
)
@json_option
def list_alerts(*, with_ended: bool, limit: int, as_json: bool) -> None:
    """List the open alerts, newest first."""
    with connect(read_settings()) as database:
        found = store_alerts.recent(database, limit) if with_ended else store_alerts.open_ones(database)
    if as_json:
        write_json(map(_present, found))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("since", "ended", "alert", "subject", "sent", "message"):
        if name != "ended" or with_ended:
            table.add_column(name, no_wrap=name not in ("sent", "message"))
    for alert in found:
        since, ended = (
            f"{at.astimezone():%Y-%m-%d %H:%M}" if at else "" for at in (alert["since"], alert.get("ended_at"))
        )
        cells = [
            since,
            *([ended] if with_ended else []),
            alert["kind"],
            alert["subject"],
            _sent(alert),
            alert["message"],
        ]
        table.add_row(*map(cell, cells))
    if found:
        stdout().print(table)


@alerts.command("close")
@click.argument("alert", metavar="ID")
def close(alert: str) -> None:
    """Close an open alert by its id, as `winnow alerts list --json` shows it.

    For what will stay as it is: a redesign dropped the field for good. It opens again only after it was over.
    """
    with connect(read_settings()) as database:
        if not store_alerts.close(database, alert, datetime.now(UTC)):
            raise ConfigError(f"there is no open alert {alert}; winnow alerts list --json shows them")


@alerts.command("test")
def test() -> None:
    """Send a test message to every address of WINNOW_ALERTS."""
    addresses = read_config().alerts
    if not addresses:
        raise ConfigError('WINNOW_ALERTS is not set; write as in WINNOW_ALERTS="mailto://USER:PASSWORD@example.com"')
    text = "This is a test. Alerts of Winnow arrive here."
    letters = [Letter(target=target, title="Winnow: test", text=text) for target in check_addresses(addresses)]
    deliveries = send(letters)
    for delivery in deliveries:
        click.echo(
            f"FAILED  {delivery.target.name}: {delivery.problem}"
            if delivery.problem
            else f"ok      {delivery.target.name}"
        )
    sys.exit(int(any(delivery.problem for delivery in deliveries)))


def _sent(alert: Record) -> str:
    """Say whether someone was told, and who could not be."""
    if alert["trouble"]:
        return f"failed, {'; '.join(alert['trouble'])}"
    return "yes" if alert["sent_to"] else "no"


def _present(alert: Record) -> Record:
    return {name: alert.get(name) for name in _SHOWN} | {"id": alert["_id"], "sent_to": list(alert["sent_to"].values())}
