"""The log of a run, which is a file beside those of the others: its end, and what was written since."""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MOST = 256 * 1024  # bytes that are told at once


@dataclass(slots=True, frozen=True)
class Piece:
    """A piece of a log; `end` is the byte that it ends at, where what is written later begins."""

    text: str
    end: int


def last_piece(logs: Path, run: str) -> Piece | None:
    """Return the end of a run's log, from the start of a line; None if it is not there."""
    path = _path(logs, run)
    if path is None:
        return None
    size = path.stat().st_size
    piece = _read(path, max(0, size - MOST))
    return Piece(piece.text.partition("\n")[2], piece.end) if size > MOST else piece


def piece_from(logs: Path, run: str, start: int) -> Piece | None:
    """Return what a run's log has from a byte on, `MOST` of it; None if it is not there."""
    path = _path(logs, run)
    return _read(path, min(start, path.stat().st_size)) if path else None


def _path(logs: Path, run: str) -> Path | None:
    path = logs / f"{run}.log"
    return path if path.parent == logs and path.is_file() else None


def _read(path: Path, start: int) -> Piece:
    """Read without the beginning of a character whose rest is not written yet."""
    with path.open("rb") as file:
        file.seek(start, os.SEEK_SET)
        read = file.read(MOST)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(read)
    unread, _ = decoder.getstate()
    return Piece(text, start + len(read) - len(unread))
