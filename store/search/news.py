"""What the search index has not got yet: articles that came in, changed or went since it was last looked at."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING
from tantivy import Query

from store import commands, sequence
from store.search.schema import NEEDED, document
from store.sequence import OVERLAP
from store.urls import KEYS_BEGIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pymongo.database import Database
    from tantivy import Index, IndexWriter

    from store.search.files import SearchFiles, State

Record = dict[str, Any]

_A_READ = 500  # articles that are read at once
_A_COMMIT = 5_000  # articles after which what was done is made to last
_MEMORY = 15_000_000  # bytes of the writer: the least that it takes


def note_recent(state: State, article: Mapping[str, Any]) -> None:
    """Note that an article was indexed, if it would otherwise be looked at again."""
    if article.get("seq", 0) > state.until - OVERLAP:
        state.recent[article["_id"]] = article["seq"]


def has_any(database: Database[Record], state: State, index: Index) -> bool:
    """Whether the index lacks anything, has anything that is gone, or looks at what can't show late any more."""
    if state.recent and sequence.clock(database) > state.until + OVERLAP:
        return True
    return any(_unseen(database, state)) or _stored(database) != index.searcher().num_docs + state.surplus


@contextmanager
def writing(index: Index, memory: int = _MEMORY) -> Iterator[IndexWriter]:
    """Write to an index; at the end its parts are merged, what was not committed is given up, and its lock is free.

    Files that a killed writer left are removed first: a new one would give its own the same names.
    """
    writer = index.writer(memory, 1)
    try:
        writer.garbage_collect_files()
        yield writer
    finally:
        writer.wait_merging_threads()


def take_in(database: Database[Record], state: State, index: Index, writer: IndexWriter, files: SearchFiles) -> None:
    """Bring the index up to date. The state is written after each commit: what a crash parts is done again.

    With nothing but articles coming in, the index has at least as many as were stored before, and at most as many as
    are stored after. If not, some were removed, or brought in without a number.
    """
    before, number = _stored(database), commands.run(database, sequence.rise())
    unseen = _unseen(database, state)
    while some := list(islice(unseen, _A_COMMIT)):
        _index(database, writer, state, some)
        writer.commit()
        files.write(state)
    _advance(state, number)
    files.write(state)
    index.reload()
    if not before <= index.searcher().num_docs + state.surplus <= _stored(database):
        _compare(database, writer, index)
        writer.commit()
        index.reload()
        state.surplus = _stored(database) - index.searcher().num_docs
        files.write(state)


def _unseen(database: Database[Record], state: State) -> Iterator[tuple[str, int]]:
    """Yield id and number of what was written since, in the order of the numbers."""
    since = {"seq": {"$gt": state.until - OVERLAP}}
    with database["articles"].find(since, {"seq": 1}).sort([("seq", ASCENDING), ("_id", ASCENDING)]) as found:
        for article in found:
            if state.recent.get(article["_id"]) != article["seq"]:
                yield article["_id"], article["seq"]


def _index(database: Database[Record], writer: IndexWriter, state: State, some: list[tuple[str, int]]) -> None:
    for at in range(0, len(some), _A_READ):
        _put(database, writer, [article for article, _ in some[at : at + _A_READ]])
    state.recent |= dict(some)
    _advance(state, some[-1][1])


def _advance(state: State, number: int) -> None:
    """Note that all up to a number was seen, but for what may show late."""
    state.until = max(state.until, number)
    state.recent = {article: each for article, each in state.recent.items() if each > state.until - OVERLAP}


def _put(database: Database[Record], writer: IndexWriter, articles: Iterable[str]) -> None:
    """Index articles as they are stored; one that is gone is taken out."""
    ids = list(articles)
    for article in ids:
        writer.delete_documents_by_term("id", article)
    for record in database["articles"].find({"_id": {"$in": ids}}, NEEDED):
        writer.add_document(document(record))


def _compare(database: Database[Record], writer: IndexWriter, index: Index) -> None:
    """Look at every id on both sides, some at a time, and mend what differs."""
    searcher = index.searcher()
    for first in KEYS_BEGIN:
        span = {"_id": {"$gte": first, "$lt": chr(ord(first) + 1)}}
        stored = {article["_id"] for article in database["articles"].find(span, {"_id": 1})}
        held = {article for article, _ in searcher.terms_with_prefix("id", first, Query.all_query())}
        differing = sorted(stored ^ held)
        for at in range(0, len(differing), _A_READ):
            _put(database, writer, differing[at : at + _A_READ])


def _stored(database: Database[Record]) -> int:
    return database["articles"].estimated_document_count()
