"""Saves a database in a folder, laid out as by `mongodump --gzip`, while crawls go on.

A crawl writes what a document refers to before the document, and deletes none of it. So the order of reading makes a
dump whole: what says that something is stored is read before what it says so of.

    runs, sources    say that all which a source announced is stored: read later than the articles, they would keep
                     the next crawl from fetching what the dump has not got
    pending          what is still to be fetched; it goes when its article or verdict is stored
    verdicts
    articles
    reviews          stand before what they change of articles; a load carries out those that came in between
    versions, fingerprints, pages    what articles and reviews refer to

An article that became a copy while the articles were read may stand in the dump as it was before, beside the one that
took its place; a load sees to that. Leases are left out: their holders are not in the dump.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from bson import json_util

from store import commands, manifest, migrations
from store.commands import documents
from store.errors import ConfigError
from store.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from pymongo.database import Database

    Progress = Callable[[str, int, int], None]

Record = dict[str, Any]

_ORDER = ("schedule", "runs", "sources", "pending", "verdicts", "articles", "reviews", "versions", "fingerprints",
          "pages")  # fmt: skip
_LEFT_OUT = ("leases", "meta")  # what goes on, and the key that signs sessions: nothing to bring back
_LEVEL = 1  # level 6 takes 2.6 times as long for a seventh less; pages are compressed already
_BATCH = 200  # documents that are read at once: 2 MB of articles
_MANY = 10_000  # more collections or indexes than there ever are: one batch holds them all


def dump(database: Database[Record], folder: Path, *, now: datetime, on_progress: Progress) -> Manifest:
    """Save all collections in a new folder, which appears when it is complete and on the disk.

    `on_progress` is called with a collection, its documents so far and about how many it has. The folder is readable by
    its owner only: it holds the hashes of passwords and tokens.

    Raises:
        ConfigError: the folder is there already, or can't be written.
    """
    folder = folder.absolute()
    if folder.exists():
        raise ConfigError(f"{folder} is there already; a dump makes a new folder")
    with _made(folder) as partial:
        made = _save(database, partial, now, on_progress)
        with _file(partial / manifest.NAME) as file:
            file.write(made.to_json().encode())
        _sync(partial)
        partial.rename(folder)
        _sync(folder.parent)
    return made


@contextmanager
def _made(folder: Path) -> Iterator[Path]:
    """Make the folder under another name, and leave nothing of it behind when it does not become whole."""
    partial = folder.with_name(f"{folder.name}.partial")
    try:
        partial.mkdir(mode=0o700)
    except FileExistsError:
        raise ConfigError(f"{partial} is there: another dump is under way, or was killed; remove it") from None
    except OSError as error:
        raise ConfigError(f"{partial}: {error.strerror}") from None
    try:
        yield partial
    except OSError as error:
        raise ConfigError(f"{error.filename or partial}: {error.strerror}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _save(database: Database[Record], partial: Path, now: datetime, on_progress: Progress) -> Manifest:
    schema, _ = commands.run(database, migrations.marks())
    (partial / database.name).mkdir(mode=0o700)
    counts, sums = {}, {}
    for collection in sorted(_collections(database), key=_place):
        name = collection["name"]
        counts[name], sums[manifest.data_file(database.name, name)] = _save_documents(
            database, name, partial, on_progress
        )
        sums[manifest.metadata_file(database.name, name)] = _save_metadata(database, collection, partial)
    _sync(partial / database.name)
    version = schema.get("version", 0)
    return Manifest(at=now, database=database.name, version=version, documents=counts, sha256=sums)


def _collections(database: Database[Record]) -> list[Record]:
    wanted = {"listCollections": 1, "filter": {"type": "collection"}, "cursor": {"batchSize": _MANY}}
    found = documents(database.command(wanted))
    return [each for each in found if not each["name"].startswith("system.") and each["name"] not in _LEFT_OUT]


def _place(collection: Record) -> int:
    """Return when a collection is read; one that is not in the order refers to nothing."""
    return _ORDER.index(collection["name"]) + 1 if collection["name"] in _ORDER else 0


def _save_documents(database: Database[Record], name: str, partial: Path, on_progress: Progress) -> tuple[int, str]:
    done, total = 0, database[name].estimated_document_count()
    with _packed(partial / manifest.data_file(database.name, name)) as (file, digested):
        for batch in cast("Iterator[bytes]", database[name].find_raw_batches(batch_size=_BATCH)):
            file.write(batch)
            done += _count(batch)
            on_progress(name, done, total)
    return done, digested.sha256()


def _save_metadata(database: Database[Record], collection: Record, partial: Path) -> str:
    name = collection["name"]
    metadata = {
        "options": collection["options"],
        "indexes": documents(database.command("listIndexes", name, cursor={"batchSize": _MANY})),
        "uuid": collection["info"]["uuid"].hex(),
        "collectionName": name,
        "type": "collection",
    }
    with _packed(partial / manifest.metadata_file(database.name, name)) as (file, digested):
        file.write(json_util.dumps(metadata, json_options=json_util.CANONICAL_JSON_OPTIONS).encode())
    return digested.sha256()


def _count(batch: bytes) -> int:
    """Count the documents that stand one after the other, each headed by its length."""
    count = position = 0
    while position < len(batch):
        position += struct.unpack_from("<i", batch, position)[0]
        count += 1
    return count


class _Digested:
    """A file that keeps the checksum of what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def sha256(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def _packed(path: Path) -> Iterator[tuple[gzip.GzipFile, _Digested]]:
    """Write a compressed file; its checksum is known when it is closed."""
    with _file(path) as plain:
        digested = _Digested(plain)
        # Without name and time, equal documents make equal files.
        with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=digested, mtime=0) as file:
            yield file, digested


@contextmanager
def _file(path: Path) -> Iterator[BinaryIO]:
    """Write a file of the owner's that is on the disk when it is closed."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Have the names in a folder on the disk too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
