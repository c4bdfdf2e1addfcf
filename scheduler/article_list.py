"""Lists of articles: lines that fit a terminal, or lines with tabs for the next program."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from scheduler.cells import fitted
from scheduler.harmless import line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from rich.text import Text

    Record = dict[str, Any]

COLOURS = {"accepted": "green", "duplicate": "cyan", "quarantined": "yellow", "rejected": "red"}
HIT = "bold yellow"
_ID, _DAY, _STATUS = 16, 10, 11  # cells
_SITE = 5, 20  # cells of the column of sites, at least and at most
_FIRST = 50  # articles whose sites say how wide that column is
_TITLE = 500  # characters


def tabbed(found: Iterable[Record]) -> Iterator[str]:
    """Yield for each article id, publication, site, verdict, title and first reason, with tabs between."""
    for article in found:
        at = article["published_at"]
        cells = (article["id"], at.isoformat() if at else "", article["site"], article["status"],
                 line(article["title"], _TITLE), why(article["reasons"] or ()))  # fmt: skip
        yield "\t".join(map(line, cells)) + "\n"


def rows(found: Iterable[Record], words: Sequence[str], width: int, *, with_verdicts: bool) -> Iterator[Text]:
    """Yield a head and a line for each article, hits marked; with verdicts, a second line for those not accepted."""
    from rich.text import Text

    articles = iter(found)
    first = list(islice(articles, _FIRST))
    if not first:
        return
    site = _width_of_sites([article["site"] for article in first], width)
    yield Text(f"{'id':{_ID}}  {'published':{_DAY}}  {'site':{site}}  title", style="bold")
    for article in chain(first, articles):
        head = f"{article['id']:{_ID}}  {day(article['published_at']):{_DAY}}  {fitted(article['site'], site)}  "
        row = Text(head).append_text(marked(line(article["title"], _TITLE), words))
        row.truncate(width, overflow="ellipsis")
        yield row
        if with_verdicts and article["status"] != "accepted":
            yield _verdict(article, width)


def marked(text: str, words: Sequence[str]) -> Text:
    """Return a line of text with what was looked for marked."""
    from rich.text import Text

    if not words:
        return Text(text)
    from store.search.excerpts import mark

    return Text.assemble(*((part.text, HIT if part.is_hit else "") for part in mark(text, words)))


def why(reasons: Sequence[Record]) -> str:
    """Return the first reason as one line."""
    return reason(reasons[0]) if reasons else ""


def reason(given: Record) -> str:
    """Return a reason as one line."""
    return line(f"{given['code']}: {given['detail']}" if given["detail"] else str(given["code"]), _TITLE)


def day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "–"


def _verdict(article: Record, width: int) -> Text:
    from rich.text import Text

    status = article["status"]
    verdict = Text.assemble(
        f"{'':{_ID}}  ", (f"{status:{_STATUS}} ", COLOURS[status]), (why(article["reasons"] or ()), "dim")
    )
    verdict.truncate(width, overflow="ellipsis")
    return verdict


def _width_of_sites(names: Iterable[str], width: int) -> int:
    least, most = _SITE
    return max(least, min(most, width // 5, max(cell_len(line(name, most)) for name in names)))
