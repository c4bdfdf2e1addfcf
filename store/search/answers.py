"""A Query asked of the search index: which articles, in which order, and how many by site and day."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tantivy import FieldType, Occur, Order
from tantivy import Query as Search

from store.errors import ConfigError
from store.places import AfterArticle, milliseconds
from store.search.schema import moment_of, number_of, schema
from store.search.terms import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tantivy import Searcher

    from store.queries import Query
    from store.search.terms import Phrase

_SCHEMA = schema()
_TITLE = 3.0  # times that a word in the title counts
_ALIKE = 100  # more articles of one place than there ever are: of a million of one moment, some thirty have it
# How a pair may end whose first character is looked for: a phrase takes no expression that 16,384 terms or more fit
_SPANS = ((0x0E00, 0x3FFF), (0x4000, 0x7FFF), (0x8000, 0xBFFF), (0xC000, 0xFFFF))
_ASTRAL = tuple((first, first + 0x3FFF) for first in range(0x20000, 0x40000, 0x4000))
_ENDS = ("", *(f"[{chr(first)}-{chr(last)}]" for first, last in (*_SPANS, *_ASTRAL)))
_PROBED = 20  # terms and articles that are looked at to see whether an index is damaged
_MANY_SITES, _MANY_DAYS = 10_000, 50_000
_ESCAPED = str.maketrans({char: f"\\{char}" for char in r"\.+*?()|[]{}^$#&-~"})


def by_moment(
    searcher: Searcher, wanted: Search, limit: int, after: AfterArticle | None, *, oldest_first: bool = False
) -> list[AfterArticle]:
    """Return the ids and moments of so many articles in the order of moments; those behind a place if it is given."""
    start = (number_of(after.moment, after.article), after.article) if after else None
    if start:
        wanted = wanted.and_must_match(
            _within("place", start[0] if oldest_first else None, None if oldest_first else start[0])
        )
    order = Order.Asc if oldest_first else Order.Desc
    found = searcher.search(wanted, limit + _ALIKE, count=False, order_by_field="place", order=order).hits
    ranked = sorted(((place, _id(searcher, address)) for place, address in found), reverse=not oldest_first)
    behind = [each for each in ranked if start is None or (each > start if oldest_first else each < start)]
    return [AfterArticle(moment_of(place), article) for place, article in behind[:limit]]


def best(searcher: Searcher, wanted: Search, limit: int, stored_until: int | None) -> list[str]:
    """Return so many articles, the best first; only those stored until then, in milliseconds since the year 1."""
    if stored_until is not None:
        wanted = wanted.and_must_match(_within("stored", None, stored_until))
    found = [(-score, _id(searcher, address)) for score, address in searcher.search(wanted, limit, count=False).hits]
    return [article for _, article in sorted(found)]


def last_stored(searcher: Searcher) -> int:
    """Return when the article that came in last was stored, as `best` takes it."""
    found = searcher.search(Search.all_query(), 1, count=False, order_by_field="stored").hits
    return int(found[0][0]) if found else 0


def count(searcher: Searcher, wanted: Search) -> int:
    """Count the articles that fit."""
    return int(searcher.search(wanted, 1, count=True).count)  # type: ignore[attr-defined]


def by_site_and_day(searcher: Searcher, wanted: Search) -> tuple[dict[str, int], dict[date, int]]:
    """Count the articles that fit by site, most first, and by day, earliest first."""
    asked: dict[str, Any] = {
        "sites": {"terms": {"field": "site", "size": _MANY_SITES}},
        "days": {"terms": {"field": "day", "size": _MANY_DAYS}},
    }
    said = searcher.aggregate(wanted, asked)
    sites = {str(bucket["key"]): int(bucket["doc_count"]) for bucket in said["sites"]["buckets"]}
    days = {
        date.fromordinal(max(1, int(bucket["key"]))): int(bucket["doc_count"]) for bucket in said["days"]["buckets"]
    }
    return sites, dict(sorted(days.items()))


def probe(searcher: Searcher) -> None:
    """Ask something of every kind of file that an index has.

    Raises:
        ValueError: one of them can't be read.
    """
    for name in ("title", "text", "author", "tag"):
        for term, _ in searcher.terms_with_prefix(name, "", limit=_PROBED):
            searcher.search(Search.phrase_query(_SCHEMA, name, [term, term]), 1)
    found = searcher.search(Search.all_query(), _PROBED, order_by_field="place").hits
    for _, address in found:
        _id(searcher, address)
    by_site_and_day(searcher, Search.all_query())


def compiled(query: Query) -> Search:
    """Return what the index is asked for a query; order, limit and place in a list aside.

    Raises:
        ConfigError: there is a word with nothing in it to look for.
    """
    parts = [(Occur.Must, part) for part in _conditions(query)]
    parts += [(Occur.Must, _somewhere(word, ("title", "text"))) for word in query.words]
    parts += [(Occur.MustNot, _somewhere(word, ("title", "text"))) for word in query.without]
    return Search.boolean_query([(Occur.Must, Search.const_score_query(Search.all_query(), 0.0)), *parts])


def _conditions(query: Query) -> Iterator[Search]:
    """Yield what bounds the articles and says nothing of how good they are."""
    status = query.status if query.status != "any" else None
    for name, value in (("status", status), ("site", query.site), ("reason", query.reason)):
        if value:
            told = value.encode("utf-8", "replace").decode()  # bytes of an argument may be no text
            yield Search.const_score_query(Search.term_query(_SCHEMA, name, told), 0.0)
    for name, value in (("author", query.author), ("tag", query.tag)):
        if value:
            yield Search.const_score_query(_somewhere(value, (name,)), 0.0)
    for name, number in (("place", _place), ("day", _day)):
        lower, upper = number(query.since), number(query.until)
        if lower is not None or upper is not None:
            yield _within(name, lower, upper, includes_upper=upper is None)


def _place(bound: datetime | date | None) -> int | None:
    return number_of(milliseconds(bound)) if isinstance(bound, datetime) else None


def _day(bound: datetime | date | None) -> int | None:
    return bound.toordinal() if bound and not isinstance(bound, datetime) else None


def _within(name: str, lower: int | None, upper: int | None, *, includes_upper: bool = True) -> Search:
    """Bound a field, and say nothing of how good what is within is."""
    bounds = Search.range_query(_SCHEMA, name, FieldType.Unsigned, lower, upper, include_upper=includes_upper)
    return Search.const_score_query(bounds, 0.0)


def _somewhere(word: str, names: tuple[str, ...]) -> Search:
    """Look for a word in any of some fields."""
    found = phrase(word)
    if found is None:
        raise ConfigError(f"there is nothing to search for in {word!r}: no letter, digit or character")
    parts = [Search.boost_query(_in_field(name, found), _TITLE if name == "title" else 1.0) for name in names]
    return parts[0] if len(parts) == 1 else Search.boolean_query([(Occur.Should, part) for part in parts])


def _in_field(name: str, looked_for: Phrase) -> Search:
    *whole, last = looked_for.terms
    if looked_for.is_open and whole:
        ways = [Search.regex_phrase_query(_SCHEMA, name, [*map(_exact, whole), _exact(last) + end]) for end in _ENDS]
        return Search.boolean_query([(Occur.Should, way) for way in ways])
    if looked_for.is_open:
        return Search.regex_query(_SCHEMA, name, f"{_exact(last)}.*")
    if whole:
        return Search.phrase_query(_SCHEMA, name, [*whole, last])
    return Search.term_query(_SCHEMA, name, last)


def _exact(term: str) -> str:
    return term.translate(_ESCAPED)


def _id(searcher: Searcher, address: Any) -> str:
    return str(searcher.doc(address).get_first("id"))
