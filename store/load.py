"""Brings a dump back into a database that is empty, or replaced by it.

A mark in `meta` stands from the first change to the last, so that nobody works on half a database: whoever finds it
says so, and the same load done again with `replace` makes the database whole.
"""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from bson.raw_bson import RawBSONDocument
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import BulkWriteError

from store import articles, commands, leases, manifest, migrations, reviews, sequence
from store.errors import ConfigError, SiteBusy, WinnowError
from store.processes import is_here, this_process
from store.runs import INTERRUPTED, RUNNING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from bson import CodecOptions
    from pymongo.database import Database

    from store.manifest import Manifest

    Progress = Callable[[str, int, int], None]

Record = dict[str, Any]

_BATCH = 8 << 20  # bytes of documents in one insertion
_CLOCKS = timedelta(hours=1)  # by which those of machines that review and dump may differ
_KEPT = ("meta", "leases")  # hold nothing that a dump brings back


def is_empty(database: Database[Record]) -> bool:
    """Whether there is no document that a load would replace, and no load was cut off."""
    _, mark = commands.run(database, migrations.marks())
    names = set(database.list_collection_names()).difference(_KEPT)
    return not mark and all(database[name].find_one({}, {"_id": 1}) is None for name in names)


def load(
    database: Database[Record], folder: Path, dumped: Manifest, *, replace: bool, now: datetime, on_progress: Progress
) -> list[str]:
    """Load a dump whose files were verified, bring it up to date, and return which migrations that took.

    `on_progress` is called with a collection, its documents so far and how many the dump has.

    Raises:
        ConfigError: the dump is of a newer Winnow, or the database is not empty and not to be replaced.
        SiteBusy: a crawl or another load is under way.
        WinnowError: not every document arrived.
    """
    if dumped.version > migrations.VERSION:
        known = migrations.VERSION
        raise ConfigError(f"the dump is of version {dumped.version}, this Winnow knows {known}; upgrade Winnow")
    if not replace and not is_empty(database):
        raise ConfigError(f"the database {database.name} is not empty; --replace drops what it holds")
    _mark(database, folder, now)
    _clear(database)
    for name in dumped.documents:
        if name not in _KEPT:
            _load_documents(database, name, folder, dumped, on_progress)
    _settle(database, dumped)
    migrated = commands.run(database, migrations.raised(dumped.version))
    commands.run(database, migrations.mended())
    reviews.replay(database, dumped.at - _CLOCKS)
    _settle_stories(database)
    database["meta"].delete_one({"_id": "load"})
    return migrated


def _mark(database: Database[Record], folder: Path, now: datetime) -> None:
    """Say that a load is under way. Crawls that start from now on refuse; one that is under way is not disturbed."""
    _, mark = commands.run(database, migrations.marks())
    if mark and is_here(mark["holder"]):
        raise SiteBusy(f"process {mark['holder']['pid']} is loading {mark['folder']} into this database")
    ours = {"folder": str(folder.absolute()), "at": now, "holder": this_process()}
    database["meta"].replace_one({"_id": "load"}, ours, upsert=True)
    for lease in leases.living(database):
        if not mark:
            database["meta"].delete_one({"_id": "load"})
        raise SiteBusy(f"{lease['_id']} is being crawled by run {lease['run']}; stop the service and crawls first")


def _clear(database: Database[Record]) -> None:
    for name in database.list_collection_names(filter={"name": {"$ne": "meta"}}):
        if not name.startswith("system."):
            database.drop_collection(name)


def _load_documents(
    database: Database[Record], name: str, folder: Path, dumped: Manifest, on_progress: Progress
) -> None:
    raw: CodecOptions[RawBSONDocument] = database.codec_options.with_options(document_class=RawBSONDocument)
    collection, done, total = database[name].with_options(codec_options=raw), 0, dumped.documents[name]
    database.create_collection(name)
    with gzip.open(folder / manifest.data_file(dumped.database, name)) as file:
        for batch in _batches(file):
            try:
                collection.insert_many(batch, ordered=False)
            except BulkWriteError as error:
                reason = error.details["writeErrors"][0]["errmsg"]
                raise WinnowError(f"{name}: the server refused a document: {reason[:300]}") from None
            done += len(batch)
            on_progress(name, done, total)
    arrived = database[name].count_documents({})
    if arrived != total:
        raise WinnowError(f"{name}: the dump has {total} documents, {arrived} arrived")


def _batches(file: BinaryIO | gzip.GzipFile) -> Iterator[list[RawBSONDocument]]:
    batch, size = [], 0
    while head := file.read(4):
        document = head + file.read(int.from_bytes(head, "little") - 4)
        batch.append(RawBSONDocument(document))
        size += len(document)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _settle(database: Database[Record], dumped: Manifest) -> None:
    """End what was under way when the dump was made: nobody goes on with it."""
    database["meta"].replace_one({"_id": "schema"}, {"version": dumped.version}, upsert=True)
    database["meta"].delete_one({"_id": "search"})  # an index of what was here before is none of this
    last = database["articles"].find_one({"seq": {"$exists": True}}, {"seq": 1}, sort=[("seq", DESCENDING)])
    commands.run(database, sequence.stay_above(last["seq"] if last else sequence.BEFORE_NUMBERS))
    end = {"state": INTERRUPTED, "reason": "it was under way when the dump was made", "cause": "stopped"}
    database["runs"].update_many({"state": RUNNING}, {"$set": end | {"ended_at": dumped.at}})
    database["schedule"].update_many({}, {"$unset": {"wanted_by": "", "wanted_at": ""}})


def _settle_stories(database: Database[Record]) -> None:
    """Let the earliest article stand for its story where one that had given way was saved as it stood before."""
    heads: list[Record] = [
        {"$match": {"status": "accepted", "story": {"$gte": ""}}},
        {"$sort": {"sort_at": ASCENDING}},
        {"$group": {"_id": "$story", "ids": {"$push": "$_id"}}},
        {"$match": {"ids.1": {"$exists": True}}},
    ]
    for story in database["articles"].aggregate(heads, allowDiskUse=True):
        first, *others = story["ids"]
        number = commands.run(database, sequence.rise())
        database["articles"].bulk_write(
            [write(number) for other in others for write in articles.give_way(story["_id"], other, first)]
        )
