"""`winnow articles`: ask what was collected."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.bars import bars, searchable
from scheduler.clock import now
from scheduler.commands.asking import WordsCommand, article_of, query_of, query_options
from scheduler.commands.groups import SearchGroup
from scheduler.commands.parameters import MANY, json_option
from scheduler.completing import complete_articles
from scheduler.export import FORMS, STDOUT, about_search, form_of, target, write_articles
from scheduler.forms import csv_lines, json_array, json_lines
from scheduler.output import echo_json, print_long, stdout, write
from store.errors import ConfigError
from store.queries import FIELDS, Query, open_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from store.queries import Record

_TABLE = "table"
_FORMATS = (_TABLE, "json", "jsonl", "csv", "atom")
_TOLD = 200  # articles that an export writes between two looks at its bar
article_argument = click.argument("article", metavar="ID|URL", shell_complete=complete_articles)


@click.group(cls=SearchGroup)
def articles() -> None:
    """Ask the collected articles: `winnow articles WORDS…`; show one, what changed in it, or export many.

    \b
    winnow articles                              the newest accepted ones
    winnow articles 人工智能 --since 7d          with a word, of the last week
    winnow articles --status rejected            what was judged to be spam, and why
    winnow articles show 3fq6                    one article; four characters of its id are enough
    winnow articles export port.csv 港口         all with a word, as a file
    """  # noqa: D301 - the backspace is how click is told to keep the lines


@articles.command(
    "search",
    cls=WordsCommand,
    epilog="""\b
    winnow articles 港口 吞吐量                  both words, in title or text
    winnow articles '"machine learning"' -广告   a phrase, and a word that must not occur
    winnow articles site:news.example.com author:陆晓棠 tag:财经 after:2025-09 before:7d
    winnow articles 港口 --order best --limit 5  those first that say most of it
    winnow articles 港口 --format jsonl | jq .title
    winnow articles 港口 | cut -f 5              a pipe gets id, time, site, verdict, title, reason, by tabs
    """,
)
@query_options
@click.option("--limit", type=click.IntRange(0, MANY), default=50, show_default=True, help="At most so many; 0 is all.")
@click.option("--format", "form", type=click.Choice(_FORMATS), help="How to write them; else a table.")
@json_option
def search(words: tuple[str, ...], form: str | None, *, as_json: bool, **asked: Any) -> None:
    """List articles with all WORDS, which may be phrases, -words, site: author: tag: before: after:."""
    if as_json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} contradict each other")
    query = query_of(words, **asked)
    with searchable() as archive:
        found = archive.find(query)
        if as_json or form not in (None, _TABLE):
            write(_pieces(found, form or "json", " ".join(words)))
            return
        _list(found, query)
        total = archive.count(query)
    click.echo(_total(total, query), err=True)


@articles.command(
    "show",
    epilog="""\b
    winnow articles show 3fq6                                four characters of an id are enough
    winnow articles show https://news.example.com/post/6     or any address of it
    """,
)
@article_argument
@json_option
def show(article: str, *, as_json: bool) -> None:
    """Show one article: facts, text, related teasers with their verdicts, its story and its earlier versions."""
    with open_archive() as archive:
        found = article_of(archive, article)
        if as_json:
            echo_json(found)
            return
        story = archive.story(found["story"]) if found["story"] else []
        versions = archive.versions(found["id"]) if found["versions"] else []
    from scheduler.article_text import WIDTH, article_text

    print_long(article_text(found, story, versions, min(stdout().width, WIDTH)))


@articles.command(
    "diff",
    epilog="""\b
    winnow articles diff 3fq6                    what the last change was
    winnow articles diff 3fq6 --version 1        what came after the first version
    """,
)
@article_argument
@click.option("--version", "number", type=click.IntRange(1, MANY), help="The one that was changed; else the last one.")
@json_option
def diff(article: str, number: int | None, *, as_json: bool) -> None:
    """Show what changed between an earlier version of an article and the next one.

    Removed is red and struck out, added is green; without a terminal they are [-removed-] and {+added+}.
    """
    with open_archive() as archive:
        found = article_of(archive, article)
        versions = {version["number"]: version for version in archive.versions(found["id"])}
    if not versions:
        raise ConfigError(f"article {found['id']} has not changed since it was first stored")
    chosen = number or max(versions)
    if chosen not in versions:
        raise ConfigError(f"article {found['id']} has no version {chosen}; it has {', '.join(map(str, versions))}")
    from scheduler.changes import Edition

    edition = Edition.of(versions[chosen], versions.get(chosen + 1), found)
    if as_json:
        echo_json(edition.presented())
    else:
        print_long(edition.shown(is_terminal=sys.stdout.isatty()))


@articles.command(
    "export",
    cls=WordsCommand,
    epilog="""\b
    winnow articles export all.parquet           every accepted article
    winnow articles export port.csv 港口 --since 30d --bom
    winnow articles export - --format jsonl --status any | zstd > all.jsonl.zst
    """,
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@query_options
@click.option("--limit", type=click.IntRange(0, MANY), default=0, help="At most so many; 0 is all.")
@click.option("--format", "form", type=click.Choice(tuple(FORMS)), help="How to write them; else as FILE ends.")
@click.option("--bom", "with_mark", is_flag=True, help="Begin CSV with the mark by which Excel knows UTF-8.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def export(words: tuple[str, ...], path: Path, form: str | None, *, with_mark: bool, force: bool, **asked: Any) -> None:
    """Write articles with all WORDS to FILE as CSV, JSON lines, Parquet or Atom; `-` is standard output.

    FILE is there when it is whole. In CSV a cell that a spreadsheet would run has an apostrophe before it.
    """
    known = form_of(path, form)
    query, about = query_of(words, **asked), about_search(" ".join(words), now())
    with target(path, is_forced=force) as file, searchable() as archive, bars() as show_done:
        count = archive.count(query)
        told = _Told(archive.find(query), min(count, query.limit or count), show_done)
        write_articles(told, known, file, about, with_mark=with_mark)
    if path != STDOUT:
        click.echo(f"{path}: {told.done:,} articles", err=True)


class _Told:
    """Articles that a bar is told of as they go by."""

    def __init__(self, found: Iterable[Record], total: int, tell: Callable[[str, int, int], None]) -> None:
        self.done = 0
        self._found = found
        self._total = total
        self._tell = tell

    def __iter__(self) -> Iterator[Record]:
        for article in self._found:
            yield article
            self.done += 1
            if self.done % _TOLD == 0:
                self._tell("exporting", self.done, self._total)
        self._tell("exporting", self.done, self.done)


def _pieces(found: Iterable[Record], form: str, text: str) -> Iterator[str]:
    match form:
        case "csv":
            return csv_lines(found, FIELDS)
        case "jsonl":
            return json_lines(found)
        case "atom":
            from scheduler.feeds import atom

            return atom(found, about_search(text, now()))
        case _:
            return json_array(found)


def _list(found: Iterable[Record], query: Query) -> None:
    from scheduler.article_list import facts, rows, tabbed

    if not sys.stdout.isatty():
        write(tabbed(map(facts, found)))
        return
    console = stdout()
    for row in rows(found, query.words, console.width, with_verdicts=query.status != "accepted"):
        console.print(row, no_wrap=True)


def _total(total: int, query: Query) -> str:
    shown = min(total, query.limit) if query.limit else total
    more = "; --limit 0 shows all" if shown < total else ""
    return f"{shown} of {total} articles{more}" if total else "no article matches"
