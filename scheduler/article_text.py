"""One article for reading in a terminal: title, facts, text, related teasers, its story and its earlier versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from scheduler.article_list import COLOURS, day, reason
from scheduler.harmless import line, paragraphs
from scheduler.wrapping import wrap
from store.differences import difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    Record = dict[str, Any]

WIDTH = 88  # cells of a line of text; longer ones are hard to read
_MEMBERS = 20  # of a story are listed
_VERSIONS = 5  # are compared: a text can be long
_LONGEST = 500  # characters of a title or a fact
_NAME = 12  # cells before a fact


def article_text(article: Record, story: Sequence[Record], versions: Sequence[Record], width: int) -> Iterator[Text]:
    """Yield an article, `story` being all members of its story, `versions` its earlier ones, the oldest first."""
    yield from (Text(each, style="bold") for each in wrap(line(article["title"], _LONGEST), width))
    for name, value in _facts(article):
        yield from _fact(name, value, width)
    yield Text()
    for paragraph in paragraphs(article["text"]).splitlines():
        yield from map(Text, wrap(paragraph, width))
        yield Text()
    yield from _related(article["related"] or (), width)
    yield from _story(article, story, width)
    yield from _versions(article, versions)


def _fact(name: str, value: str, width: int) -> Iterator[Text]:
    first, *more = wrap(line(value, _LONGEST), max(width - _NAME, _NAME))
    yield Text.assemble((f"{name:>{_NAME - 2}}  ", "dim"), first)
    yield from (Text(" " * _NAME + each) for each in more)


def _related(teasers: Sequence[Record], width: int) -> Iterator[Text]:
    if teasers:
        yield Text("related", style="bold")
    for teaser in teasers:
        status = teaser["status"]
        first, *more = wrap(line(teaser["title"] or teaser["url"], _LONGEST), width - _NAME - 1)
        yield Text.assemble((f"{status:>11}  ", COLOURS[status]), first)
        whys = [each for given in teaser["reasons"] for each in wrap(reason(given), width - _NAME - 1)]
        yield from (Text(" " * (_NAME + 1) + each) for each in more)
        yield from (Text(" " * (_NAME + 1) + each, style="dim") for each in whys)
    if teasers:
        yield Text()


def _story(article: Record, story: Sequence[Record], width: int) -> Iterator[Text]:
    others = [member for member in story if member["id"] != article["id"]]
    if others:
        yield Text("other articles of this story", style="bold")
    for member in others[:_MEMBERS]:
        what = "copy" if member["copy_of"] else "first"
        facts = f"{member['id']}  {day(member['published_at'])}  {what:5}  {line(member['site'], 30)}  "
        row = Text(facts + line(member["title"], _LONGEST))
        row.truncate(width, overflow="ellipsis")
        yield row
    if len(others) > _MEMBERS:
        yield Text(f"and {len(others) - _MEMBERS} more", style="dim")
    if others:
        yield Text()


def _versions(article: Record, versions: Sequence[Record]) -> Iterator[Text]:
    """Say when each of the last versions gave way to the next, and by how much text."""
    if not versions:
        return
    yield Text("earlier versions", style="bold")
    followed = list(zip(versions, [*versions[1:], article], strict=True))
    if len(followed) > _VERSIONS:
        yield Text(f"{len(followed) - _VERSIONS} older ones", style="dim")
    for version, following in followed[-_VERSIONS:]:
        changes = [each for name in ("title", "text") for each in difference(version[name], following[name])]
        added, removed = (sum(len(each.text) for each in changes if each.kind == kind) for kind in ("added", "removed"))
        until = minute(version["replaced_at"])
        yield Text(f"{version['number']:>11}  until {until}, then +{added} −{removed} characters")
    yield Text(f"see: winnow articles diff {article['id']} --version {versions[-1]['number']}", style="dim")


def _facts(article: Record) -> list[tuple[str, str]]:
    reasons = "; ".join(map(reason, article["reasons"] or ()))
    facts = [
        ("id", article["id"]),
        ("verdict", article["status"] + (f" ({reasons})" if reasons else "")),
        ("copy of", article["copy_of"]),
        ("story", article["story"]),
        ("site", article["site"]),
        ("authors", ", ".join(article["authors"] or ())),
        ("source", article["source"]),
        ("published", _published(article)),
        ("category", article["category"]),
        ("tags", ", ".join(article["tags"] or ())),
        ("versions", str(article["versions"]) if article["versions"] else None),
        ("address", article["canonical_url"]),
        ("fetched", minute(article["fetched_at"])),
    ]
    return [(name, value) for name, value in facts if value]


def _published(article: Record) -> str | None:
    if not article["published_at"]:
        return None
    printed = f"  (as printed: {article['published_text']})" if article["published_text"] else ""
    is_exact = article["published_precision"] in ("second", "minute")
    return (minute if is_exact else day)(article["published_at"]) + printed


def minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M %z}"
