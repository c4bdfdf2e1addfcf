"""The search index: made from the articles, and brought up to date with them before each answer. Never a source."""

from __future__ import annotations

import logging
import secrets
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from tantivy import Index

from store import commands, sequence
from store.errors import ConfigError, IndexBusy
from store.search import answers, news
from store.search.files import Progress, SearchFiles, State
from store.search.schema import FORM, NEEDED, document, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pymongo.database import Database
    from tantivy import Searcher

logger = logging.getLogger(__name__)
T = TypeVar("T")
Record = dict[str, Any]

_A_READ = 500  # articles that are read from the database at once
_A_COMMIT = 20_000  # articles in one commit of many
_MEMORY = 64_000_000  # bytes of the writer that indexes all; 128 MB are no faster
_FEW = 2_000  # articles of which an index is made while somebody waits for the answer


class SearchIndex:
    """The index in a data folder, of one database at a time; several processes and threads may use it.

    `patience` is how many seconds an answer may wait for whoever changes the index, None: for ever. With one, making an
    index of many articles is left to `refresh`. `on_progress` is told the articles indexed so far, and of how many.
    """

    def __init__(
        self, data: Path, *, patience: float | None = None, on_progress: Callable[[int, int], None] | None = None
    ) -> None:
        self._files = SearchFiles(data, patience)
        self._patience = patience
        self._tell = on_progress
        self._mutex = threading.Lock()
        self._opened: tuple[str, Index] | None = None
        self._is_building = False

    def is_made(self, database: Database[Record]) -> bool:
        """Whether there is an index of this database; it may need what came in since."""
        return _fits(self._files.read(), _origin(database))

    def answer(self, database: Database[Record], ask: Callable[[Searcher], T]) -> T:
        """Ask an index that holds all that is stored now. If it turns out to be damaged it is made anew first.

        Raises:
            IndexBusy: the index is being made or changed, and that takes longer than the patience; or the disk is full.
            ConfigError: the index is as it should be, and can't answer that.
        """
        searcher = self._sound(database, is_waited_for=True)
        try:
            return ask(searcher)
        except ValueError as error:
            if not self._is_damaged():
                raise ConfigError(f"the search index can't answer that: {error}") from error
            self._give_up(error)
            return ask(self._current(database, is_waited_for=True))

    def refresh(self, database: Database[Record]) -> None:
        """Bring the index up to date however long it takes, so that answers need not.

        Raises:
            IndexBusy: another process does it, or the disk is full.
        """
        self._sound(database, is_waited_for=False)

    def rebuild(self, database: Database[Record]) -> int:
        """Make the index anew, beside the one that is in use meanwhile; return how many articles it has.

        Raises:
            IndexBusy: another process does it.
        """
        with self._files.building():
            self._build(database, _origin(database))
        return self._current(database, is_waited_for=False).num_docs

    def _sound(self, database: Database[Record], *, is_waited_for: bool) -> Searcher:
        """Return what searches all that is stored now, from a new index if the one that is there can't be used."""
        try:
            return self._current(database, is_waited_for=is_waited_for)
        except ValueError as error:  # tantivy has no other, and does not say of what
            self._files.check_room()
            self._give_up(error)
            return self._current(database, is_waited_for=is_waited_for)
        except OSError:
            self._files.check_room()
            raise

    def _give_up(self, error: ValueError) -> None:
        logger.warning("the search index is damaged and will be made anew: %s", error)
        self._files.forget()

    def _is_damaged(self) -> bool:
        """Whether questions that any index can answer are not answered."""
        try:
            state = self._files.read()
            if state:
                answers.probe(Index.open(str(self._files.path(state))).searcher())
        except ValueError:
            return True
        return state is None

    def _current(self, database: Database[Record], *, is_waited_for: bool) -> Searcher:
        origin = _origin(database)
        with self._alone(is_waited_for=is_waited_for):
            while True:
                state = self._files.read()
                if state is None or not _fits(state, origin):
                    state = self._make(database, origin, is_waited_for=is_waited_for)
                index = self._open(state)
                if not news.has_any(database, state, index) or self._take_in(database, origin):
                    return self._open(state).searcher()

    def _take_in(self, database: Database[Record], origin: str) -> bool:
        """Bring the index up to date; False if it was replaced by that of another database meanwhile.

        Its parts are merged while the answer is on its way, under the same lock.
        """
        with ExitStack() as held:
            held.enter_context(self._files.writing())
            state = self._files.read()
            if state is None or not _fits(state, origin):
                return False
            index = self._open(state)
            writer = held.enter_context(news.writing(index))
            news.take_in(database, state, index, writer, self._files)
            threading.Thread(target=held.pop_all().close, name="search-index-merge").start()
        return True

    def _make(self, database: Database[Record], origin: str, *, is_waited_for: bool) -> State:
        """Make the first index of a database, or the first in this form, unless another process has just done it."""
        if self._patience is not None and is_waited_for and database["articles"].estimated_document_count() > _FEW:
            raise IndexBusy(f"the search index is being made{self._files.so_far()}; try again soon")
        self._is_building = self._patience is not None
        try:
            with self._files.building():
                state = self._files.read()
                if state is None or not _fits(state, origin):
                    state = self._build(database, origin)
                return state
        finally:
            self._is_building = False

    def _build(self, database: Database[Record], origin: str) -> State:
        """Index all articles in a new folder, and take it into use. What is stored meanwhile is news to it."""
        present = self._files.read()
        self._files.sweep(*[present.folder] if present else [])
        state = State(
            origin=origin, form=FORM, folder=self._files.new_folder(), until=commands.run(database, sequence.rise())
        )
        index = Index(schema(), str(self._files.path(state)))
        total, done = database["articles"].estimated_document_count(), 0
        with (
            news.writing(index, _MEMORY) as writer,
            database["articles"].find({}, NEEDED, batch_size=_A_READ) as articles,
        ):
            for done, article in enumerate(articles, 1):
                writer.add_document(document(article))
                news.note_recent(state, article)
                if done % _A_READ == 0:
                    self._note(done, total)
                if done % _A_COMMIT == 0:
                    writer.commit()
            writer.commit()
        self._note(done, total)
        with self._files.writing():
            self._files.write(state)
            self._files.sweep(state.folder)
        return state

    def _open(self, state: State) -> Index:
        if self._opened is None or self._opened[0] != state.folder:
            self._opened = state.folder, Index.open(str(self._files.path(state)))
        _, index = self._opened
        index.reload()
        return index

    def _note(self, done: int, total: int) -> None:
        self._files.note(Progress(done, max(done, total)))
        if self._tell:
            self._tell(done, max(done, total))

    @contextmanager
    def _alone(self, *, is_waited_for: bool) -> Iterator[None]:
        """Let no other thread of this process do the same; while one makes a new index, nobody waits for that."""
        patience = 0.0 if is_waited_for and self._is_building else self._patience
        if not self._mutex.acquire(timeout=-1 if patience is None else patience):
            raise IndexBusy(
                f"the search index is being made or brought up to date{self._files.so_far()}; try again soon"
            )
        try:
            yield
        finally:
            self._mutex.release()


def _fits(state: State | None, origin: str) -> bool:
    return state is not None and (state.origin, state.form) == (origin, FORM)


def _origin(database: Database[Record]) -> str:
    """Return what tells this database from others, and from what it was before another was loaded into it."""
    if known := database["meta"].find_one({"_id": "search"}):
        return str(known["origin"])
    new = {"$setOnInsert": {"origin": secrets.token_hex(8)}}
    database["meta"].update_one({"_id": "search"}, new, upsert=True)
    return _origin(database)  # perhaps another process was first
