"""Articles written to a file of a form that other programs read. A file is there when it is whole, or not at all."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from scheduler.feeds import About, atom
from scheduler.forms import csv_lines, json_lines
from store.errors import ConfigError
from store.queries import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    Record = dict[str, Any]

FORMS = {"csv": ".csv", "jsonl": ".jsonl", "parquet": ".parquet", "atom": ".atom"}
STDOUT = Path("-")
_MARK = "\ufeff"  # by which Excel knows that a CSV file is UTF-8


def form_of(path: Path, form: str | None) -> str:
    """Return the form that is said, or that the ending of a file's name says.

    Raises:
        ConfigError: neither says one, or it can't be written there.
    """
    known = form or next((name for name, ending in FORMS.items() if path.suffix.lower() == ending), None)
    if known is None:
        raise ConfigError(f"{path}: say how to write it: --format {'|'.join(FORMS)}, or a name that ends like one")
    if known == "parquet" and path == STDOUT and sys.stdout.isatty():
        raise ConfigError("Parquet is not for a terminal: name a file, or pipe it into a program")
    return known


def about_search(text: str, updated: datetime) -> About:
    """Return what a feed of a search says of itself; it belongs to no page, so its names are no addresses."""
    name = f"urn:winnow:articles:{quote(text, safe='')}"
    return About(title=f"Winnow: {text or 'articles'}", url=name, feed_url=name, updated=updated)


def write_articles(articles: Iterable[Record], form: str, file: IO[bytes], about: About, *, with_mark: bool) -> None:
    """Write articles in one of `FORMS`, in constant memory."""
    if form == "parquet":
        from scheduler.parquet import write_parquet  # takes a third of a second to import

        write_parquet(articles, file)
        return
    if form == "csv" and with_mark:
        file.write(_MARK.encode())
    pieces = {"csv": csv_lines(articles, FIELDS), "jsonl": json_lines(articles), "atom": atom(articles, about)}[form]
    for piece in pieces:
        file.write(piece.encode())


@contextmanager
def target(path: Path, *, is_forced: bool) -> Iterator[IO[bytes]]:
    """Open a file to be written, under another name until it is whole; "-" is standard output.

    Raises:
        ConfigError: there is such a file already and nobody said to replace it, or it can't be written.
    """
    if path == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.is_file() and not is_forced:
        raise ConfigError(f"{path} is there already; --force replaces it")
    whole = path.resolve()
    draft = whole.with_name(f".{whole.name}.{os.getpid()}.part")
    is_device = whole.exists() and not whole.is_file()  # a pipe too: what is written is gone at once
    try:
        with (whole if is_device else draft).open("wb") as file:
            yield file
            if not is_device:
                file.flush()
                os.fsync(file.fileno())
                draft.replace(whole)
    except OSError as error:
        raise ConfigError(f"{path} can't be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            draft.unlink()
