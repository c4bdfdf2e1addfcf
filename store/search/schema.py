"""How an article stands in the search index: its fields, and its place in a list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tantivy import Document, SchemaBuilder

from store.places import milliseconds
from store.search.terms import indexed
from store.urls import KEYS_BEGIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tantivy import Schema

# To be raised when what stands in the index changes: every index of another form is made anew.
FORM = 2
# What has to be read of an article to index it
NEEDED = dict.fromkeys(
    ("title", "text", "authors", "source", "tags", "category", "site", "status", "reasons.code", "sort_at",
     "published_at", "published_offset", "stored_at", "seq"), 1
)  # fmt: skip
_ID_BITS = 15  # of the id in a place: its first three characters


def schema() -> Schema:
    """Return the fields. Words are cut by `store.search.terms`; tantivy only splits at the spaces."""
    built = SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title", "text", "author", "tag"):
        built = built.add_text_field(name, tokenizer_name="whitespace")
    for name in ("site", "status", "reason"):
        built = built.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
    for name in ("place", "day", "stored"):
        built = built.add_unsigned_field(name, fast=True)
    return built.build()


def document(article: Mapping[str, Any]) -> Document:
    """Return what is indexed of a stored article."""
    made = Document()
    made.add_text("id", article["_id"])
    made.add_text("title", indexed(article["title"]))
    made.add_text("text", indexed(article["text"]))
    made.add_text("author", _listed(article.get("authors") or (), article.get("source")))
    made.add_text("tag", _listed(article.get("tags") or (), article.get("category")))
    made.add_text("site", article["site"])
    made.add_text("status", article["status"])
    for reason in article.get("reasons") or ():
        made.add_text("reason", reason["code"])
    made.add_unsigned("place", number_of(milliseconds(article["sort_at"]), article["_id"]))
    made.add_unsigned("day", day(article))
    made.add_unsigned("stored", milliseconds(article.get("stored_at") or article["sort_at"]))
    return made


def number_of(moment: int, article: str = "") -> int:
    """Return a number that orders articles as their moments do, and nearly all of one moment as their ids do.

    Without an article it is the lowest of its moment.

    >>> number_of(7, "abc") < number_of(7, "abd") < number_of(8), moment_of(number_of(7, "abc"))
    (True, 7)
    """
    return moment << _ID_BITS | _leading(article)


def moment_of(number: int) -> int:
    """Return the moment in such a number."""
    return number >> _ID_BITS


def day(article: Mapping[str, Any]) -> int:
    """Return the day of an article as `date.toordinal` gives it, in the publisher's zone where that is known."""
    moment: datetime = article["sort_at"]
    offset = article.get("published_offset") if article.get("published_at") else None
    try:
        return (moment + timedelta(minutes=offset or 0)).toordinal()
    except OverflowError:
        return moment.toordinal()


def _leading(article: str) -> int:
    found = 0
    for char in article[:3].ljust(3, KEYS_BEGIN[0]):
        found = found << 5 | max(0, KEYS_BEGIN.find(char))
    return found


def _listed(several: Any, one: str | None) -> str:
    """Return names with a mark between them that no text has, so that no phrase is found across two."""
    return " | ".join(indexed(name) for name in (*several, *([one] if one else [])))
