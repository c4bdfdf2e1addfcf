"""`winnow articles`: ask what was collected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from scheduler.commands.groups import SearchGroup
from scheduler.commands.parameters import MANY, Moment, json_option
from scheduler.output import stderr, stdout, to_json, write_csv, write_json, write_jsonl
from store import queries
from store.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from store.queries import Record

_STATUSES = ("accepted", "duplicate", "quarantined", "rejected", queries.ANY)
_LONGEST_WORD = 500
_FORMATS = ("table", "json", "jsonl", "csv")
_COLOURS = {"accepted": "green", "duplicate": "cyan", "quarantined": "yellow", "rejected": "red"}


@click.group(cls=SearchGroup)
def articles() -> None:
    """Ask the collected articles: `winnow articles WORDS…`, or show one.

    \b
    winnow articles                              the newest accepted ones
    winnow articles 人工智能 --since 7d          with a word, of the last week
    winnow articles --status rejected            what was judged to be spam, and why
    winnow articles show 3fq6                    one article; four characters of its id are enough
    """  # noqa: D301 - the backspace is how click is told to keep the lines


@articles.command("search")
@click.argument("words", nargs=-1)
@click.option("--site", help="Only of this site.")
@click.option("--since", type=Moment(), help="Published at or after: 2025-09-18, or an age such as 7d.")
@click.option("--until", type=Moment(), help="Published before.")
@click.option(
    "--status", type=click.Choice(_STATUSES), default="accepted", show_default=True, help="With this verdict."
)
@click.option("--limit", type=click.IntRange(0, MANY), default=50, show_default=True, help="At most so many; 0 is all.")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="table",
    show_default=True,
    help="How to write them.",
)
@json_option
def search(words: tuple[str, ...], form: str, *, as_json: bool, **filters: Any) -> None:
    """List articles, newest first. Every word must occur in title or text."""
    wanted = tuple(word for raw in words for word in raw.split())
    if any(len(word) > _LONGEST_WORD for word in wanted):
        raise ConfigError(f"a word to search for has {_LONGEST_WORD} characters at most")
    query = queries.Query(words=wanted, **filters)
    with queries.open_archive() as archive:
        found = archive.find(query)
        write_articles(found, "json" if as_json else form, with_reasons=query.status != "accepted")
        if form == "table" and not as_json:
            _print_total(archive.count(query), query)


@articles.command("show")
@click.argument("article", metavar="ID|URL")
@json_option
def show(article: str, *, as_json: bool) -> None:
    """Show one article with its facts, its text and its related teasers with their verdicts."""
    with queries.open_archive() as archive:
        found = archive.get(article)
    if found is None:
        raise ConfigError(f"no article {article!r}; `winnow articles --status any` lists ids")
    if as_json:
        click.echo(to_json(found, indent=2))
    else:
        print_article(found)


def write_articles(found: Iterable[Record], form: str, *, with_reasons: bool) -> None:
    """Write articles to stdout in one of the formats; a table shows reasons only where it is asked to."""
    match form:
        case "json":
            write_json(found)
        case "jsonl":
            write_jsonl(found)
        case "csv":
            write_csv(found, queries.FIELDS)
        case _:
            _print_table(found, with_reasons=with_reasons)


def _print_table(found: Iterable[Record], *, with_reasons: bool) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("id", "published", "site", "status", "title", *(["why"] if with_reasons else [])):
        table.add_column(name, no_wrap=name not in ("title", "why"))
    for article in found:
        status, reasons = article["status"], article["reasons"]
        why = [Text(_reason(reasons[0]) if reasons else "")] if with_reasons else []
        verdict = Text(status, style=_COLOURS[status])
        day = _day(article["published_at"])
        table.add_row(article["id"], day, Text(article["site"]), verdict, Text(article["title"]), *why)
    if table.row_count:
        stdout().print(table)


def _print_total(total: int, query: queries.Query) -> None:
    shown = min(total, query.limit) if query.limit else total
    more = "; --limit 0 shows all" if shown < total else ""
    stderr().print(f"{shown} of {total} articles{more}" if total else "no article matches")


def print_article(article: Record) -> None:
    """Print one article for reading."""
    console = stdout()
    console.print(Text(article["title"], style="bold"))
    for name, value in _facts(article):
        console.print(Text.assemble((f"{name:>10}  ", "dim"), value))
    console.print()
    for paragraph in article["text"].splitlines():
        console.print(Text(paragraph), end="\n\n")
    if article["related"]:
        console.print(Text("related", style="bold"))
    for teaser in article["related"]:
        _print_teaser(teaser)


def _print_teaser(teaser: Record) -> None:
    console, status = stdout(), teaser["status"]
    console.print(Text.assemble((f"{status:>11}  ", _COLOURS[status]), teaser["title"] or teaser["url"]))
    for reason in teaser["reasons"]:
        console.print(Text(f"{'':11}  {_reason(reason)}", style="dim"))


def _facts(article: Record) -> list[tuple[str, str]]:
    reasons = "; ".join(map(_reason, article["reasons"]))
    facts = [
        ("id", article["id"]),
        ("verdict", article["status"] + (f" ({reasons})" if reasons else "")),
        ("copy of", article["copy_of"]),
        ("story", article["story"]),
        ("site", article["site"]),
        ("authors", ", ".join(article["authors"])),
        ("source", article["source"]),
        ("published", _printed_date(article)),
        ("category", article["category"]),
        ("tags", ", ".join(article["tags"])),
        ("versions", str(article["versions"]) if article["versions"] else None),
        ("address", article["canonical_url"]),
        ("fetched", _minute(article["fetched_at"])),
    ]
    return [(name, value) for name, value in facts if value]


def _printed_date(article: Record) -> str | None:
    if not article["published_at"]:
        return None
    printed = f"  (as printed: {article['published_text']})" if article["published_text"] else ""
    is_exact = article["published_precision"] in ("second", "minute")
    return (_minute if is_exact else _day)(article["published_at"]) + printed


def _reason(reason: Record) -> str:
    return f"{reason['code']}: {reason['detail']}" if reason["detail"] else str(reason["code"])


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "–"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M %z}"
