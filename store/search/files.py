"""The files of the search index in the data folder: where it is, how far it has got, and who may write to it.

    search/state.json     which folder holds the index, and what it knows; replaced whole, after each commit
    search/index-…/       the index itself
    search/write.lock     held while the index is brought up to date
    search/build.lock     held while a new one is made beside it

A crash leaves locks free, and a state that is behind its index: what is indexed again is the same.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from store.errors import IndexBusy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROOM = 100 << 20  # bytes; with less, whatever goes wrong is put down to that
_POLL = 0.02  # seconds between two tries to get a lock


@dataclass(slots=True, kw_only=True)
class State:
    """What an index holds: of which database (`origin`), in which `form`, in which `folder` of the files.

    `until` is the highest number it has seen, `recent` the numbers of the articles that it may see anew, because they
    are within the overlap below that. `surplus` is by how much the server's own count, which is an estimate, was found
    to differ from the true one.
    """

    origin: str
    form: int
    folder: str
    until: int = 0
    recent: dict[str, int] = field(default_factory=dict)
    surplus: int = 0


@dataclass(slots=True, frozen=True)
class Progress:
    """How far the making of an index has got, in articles."""

    done: int
    total: int


class SearchFiles:
    """The files below a data folder. `patience` is how many seconds are spent waiting for a lock, None: for ever."""

    def __init__(self, data: Path, patience: float | None = None) -> None:
        self.root = data / "search"
        self._patience = patience

    def path(self, state: State) -> Path:
        return self.root / state.folder

    def read(self) -> State | None:
        """Return the state; None if there is no index, or none that says of itself what it is."""
        try:
            return State(**json.loads((self.root / "state.json").read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, state: State) -> None:
        """Replace the state."""
        self._replace("state.json", {name: getattr(state, name) for name in State.__slots__})

    def forget(self) -> None:
        """Let there be no index."""
        (self.root / "state.json").unlink(missing_ok=True)

    def new_folder(self) -> str:
        """Make an empty folder for an index, and return its name."""
        name = f"index-{secrets.token_hex(4)}"
        (self.root / name).mkdir()
        return name

    def sweep(self, *kept: str) -> None:
        """Remove the indexes that are not in use, and states that a crash left half written.

        Who still reads an index keeps it until he lets go.
        """
        for path in self.root.glob("index-*"):
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)
        for path in self.root.glob("state.json.*"):
            path.unlink(missing_ok=True)

    def note(self, progress: Progress) -> None:
        """Say how far a new index has got, for others who wait for it."""
        self._replace("progress.json", {"done": progress.done, "total": progress.total})

    def progress(self) -> Progress | None:
        """Return how far the new index of another process has got."""
        try:
            return Progress(**json.loads((self.root / "progress.json").read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def check_room(self) -> None:
        """See whether the disk has room for an index to be changed.

        Raises:
            IndexBusy: it has not.
        """
        free = shutil.disk_usage(self.root).free
        if free < _ROOM:
            raise IndexBusy(
                f"there is no room for the search index: {free >> 20} MiB are free on the disk of {self.root}"
            )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only one who changes the index.

        Raises:
            IndexBusy: another one does, and goes on for longer than the patience.
        """
        with self._locked("write.lock", "the search index is being brought up to date"):
            yield

    @contextmanager
    def building(self) -> Iterator[None]:
        """Be the only one who makes a new index.

        Raises:
            IndexBusy: another one does, and goes on for longer than the patience.
        """
        with self._locked("build.lock", "the search index is being made"):
            yield
            (self.root / "progress.json").unlink(missing_ok=True)

    @contextmanager
    def _locked(self, name: str, what: str) -> Iterator[None]:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.root / name).open("wb") as file:
            deadline = None if self._patience is None else time.monotonic() + self._patience
            while not _lock(file.fileno()):
                if deadline is not None and time.monotonic() >= deadline:
                    raise IndexBusy(f"{what}{self.so_far()}; try again soon")
                time.sleep(_POLL)
            yield

    def so_far(self) -> str:
        """Say how far the making of an index has got, where one is being made."""
        progress = self.progress()
        return f", {progress.done:,} of {progress.total:,} articles" if progress else ""

    def _replace(self, name: str, value: object) -> None:
        partial = self.root / f"{name}.{os.getpid()}.{secrets.token_hex(2)}"
        partial.write_text(json.dumps(value))
        partial.replace(self.root / name)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
