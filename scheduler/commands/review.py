"""`winnow review`: the quarantine, worked from a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from scheduler.article_list import facts, rows, tabbed
from scheduler.clock import now
from scheduler.commands.groups import ListGroup
from scheduler.commands.parameters import MANY, json_option
from scheduler.harmless import line
from scheduler.output import stderr, stdout, write, write_json
from scheduler.person import person
from store import review_queries, reviews
from store.errors import ConfigError, Conflict
from store.queries import NEWEST, OLDEST, Query, open_archive
from store.review_queries import History

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from store.queries import Archive, Record

_LONGEST = 500  # characters of a cell
_SHOWN = ("article", "site", "title", "deed", "by", "at", "undone_at", "undone_by")


@click.group(cls=ListGroup)
def review() -> None:
    """List what is quarantined, and decide: restore it, condemn it, or undo that.

    \b
    winnow review                    what waits, and why
    winnow review restore 3fq6 x7ab  it is news; starts of ids are enough
    winnow review condemn 3fq6       it is bait; its copies go with it
    winnow review undo               the last that you did
    winnow review history            what everyone did

    What a person decided stays when the article is crawled again.
    """  # noqa: D301 - the backspace is how click is told to keep the lines


@review.command(
    "list",
    epilog="""\b
    winnow review list | cut -f 1                a pipe gets id, time, site, verdict, title, reason, by tabs
    """,
)
@click.option("--site", help="Only of this site.")
@click.option("--reason", metavar="CODE", help="Only those with a reason of this code.")
@click.option("--oldest", is_flag=True, help="The oldest first.")
@click.option("--limit", type=click.IntRange(0, MANY), default=50, show_default=True, help="At most so many; 0 is all.")
@json_option
def list_queue(site: str | None, reason: str | None, limit: int, *, oldest: bool, as_json: bool) -> None:
    """List the quarantined articles with the reason that weighs most, newest first."""
    with open_archive() as archive:
        order = OLDEST if oldest else NEWEST
        wanted = Query(status=reviews.WAITING, site=site, reason=reason, order=order, limit=limit)
        found = archive.find(wanted)
        if as_json:
            write_json(found)
            return
        total = archive.count(wanted)
        _list(map(_heaviest_first, found))
    shown = min(total, limit) if limit else total
    more = "; --limit 0 shows all" if shown < total else ""
    stderr().print(f"{shown} of {total} articles{more}" if total else "nothing is waiting")


@review.command("restore")
@click.argument("articles", metavar="ID...", nargs=-1, required=True)
@json_option
def restore(articles: tuple[str, ...], *, as_json: bool) -> None:
    """Accept quarantined or rejected articles: ID is an id, a start of it, or an address."""
    from scheduler.reviewing import fingerprint  # here, because numpy takes a while and other commands do without

    given: dict[str, Any] = {"by": person(), "now": now()}
    _do(articles, lambda archive, own: reviews.restore(archive.database, own, fingerprint, **given), as_json=as_json)


@review.command("condemn")
@click.argument("articles", metavar="ID...", nargs=-1, required=True)
@json_option
def condemn(articles: tuple[str, ...], *, as_json: bool) -> None:
    """Reject quarantined or accepted articles, and their copies with them."""
    given: dict[str, Any] = {"by": person(), "now": now()}
    _do(articles, lambda archive, own: reviews.condemn(archive.database, own, **given), as_json=as_json)


@review.command("undo")
@click.argument("review", metavar="[REVIEW]", required=False)
@json_option
def undo(review: str | None, *, as_json: bool) -> None:
    """Put back what was before a review; without one, before the last of yours that stands."""
    by = person()
    with open_archive() as archive:
        last = None if review else review_queries.last_of(archive.database, by)
        if review is None and last is None:
            raise ConfigError(f"there is no review by {by} to undo; `winnow review history` shows all")
        done = reviews.undo(archive.database, review or (last or {})["_id"], by=by, now=now())
    if done is None:
        raise ConfigError(f"no review {review!r}; `winnow review history` shows all")
    _tell([done], as_json=as_json)


@review.command("history")
@click.option("--by", metavar="NAME", help="Only by this person.")
@click.option("--site", help="Only of this site.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many.")
@json_option
def history(by: str | None, site: str | None, limit: int, *, as_json: bool) -> None:
    """List what people decided, newest first. A pipe gets review, time, person, deed and title, by tabs."""
    with open_archive() as archive:
        found, _ = review_queries.page_of_history(archive.database, History(by=by, site=site, limit=limit))
    if as_json:
        write_json(map(_present, found))
        return
    if not sys.stdout.isatty():
        write(tabbed(_told(each, each["at"].isoformat()) for each in found))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("review", "when", "by", "deed", "title"):
        table.add_column(name, no_wrap=name != "title")
    for each in found:
        table.add_row(*map(_text, _told(each, f"{each['at'].astimezone():%Y-%m-%d %H:%M}")))
    if found:
        stdout().print(table)


def _do(articles: tuple[str, ...], deed: Callable[[Archive, str], Record | None], *, as_json: bool) -> None:
    """Do it to each; what does not fit is told, and the others are done all the same (exit code 1)."""
    done, has_failed = [], False
    with open_archive() as archive:
        found = [(name, archive.get(name)) for name in articles]
        if unknown := [name for name, article in found if article is None]:
            raise ConfigError(f"no article {unknown[0]!r}; `winnow review` lists ids")
        for article in (article for _, article in found if article):
            try:
                review = deed(archive, article["id"])
            except Conflict as conflict:
                has_failed = True
                click.echo(f"winnow: {article['id']}: {conflict}", err=True)
            else:
                done += [review] if review else []
    _tell(done, as_json=as_json)
    if has_failed:
        sys.exit(Conflict.exit_code)


def _tell(done: list[Record], *, as_json: bool) -> None:
    if as_json:
        write_json(map(_present, done))
        return
    for review in done:
        copies = len(review["before"]) - 1
        what = "put back" if review["undone_at"] else reviews.DONE[review["deed"]]
        more = f" with {copies} {'copy' if copies == 1 else 'copies'}" if copies and not review["undone_at"] else ""
        stderr().print(_text(f"{what}{more}: {review['title']}"))
        if not review["undone_at"]:
            stderr().print(Text(f"winnow review undo {review['_id']}", style="dim"))


def _list(found: Iterable[Record]) -> None:
    """Write articles with their heaviest reason, or lines for the next program as `winnow articles` does."""
    if not sys.stdout.isatty():
        write(tabbed(map(facts, found)))
        return
    console = stdout()
    for row in rows(found, (), console.width, with_verdicts=True):
        console.print(row, no_wrap=True)


def _heaviest_first(article: Record) -> Record:
    reasons = sorted(article["reasons"] or (), key=lambda reason: -float(reason.get("weight", 0)))
    return article | {"reasons": reasons}


def _told(review: Record, at: str) -> tuple[str, ...]:
    deed = "undone" if review["undone_at"] else reviews.DONE[review["deed"]]
    return review["_id"], at, review["by"], deed, review["title"]


def _text(said: str) -> Text:
    """Return a cell or line in which nothing is obeyed by a terminal."""
    return Text(line(said, _LONGEST))


def _present(review: Record) -> Record:
    return {"id": review["_id"]} | {name: review[name] for name in _SHOWN} | {"copies": len(review["before"]) - 1}
