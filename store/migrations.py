"""Brings a database to what this program works with: its version first, then collections, validators and indexes.

A crawl, the service and `winnow db migrate` do it when they start. Every step may be repeated and may be cut off at any
moment, so two processes that do it at once need no lock: the second finds each thing done, or does it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from store import commands, drift
from store.commands import COLLECTION_DROPPED, NO_SUCH_COLLECTION, NO_SUCH_INDEX, Command, Work, documents
from store.errors import ConfigError
from store.schedule import TRIES
from store.schema import digest
from store.sequence import BEFORE_NUMBERS
from store.urls import KEYS_BEGIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

Record = dict[str, Any]

BEFORE_SCHEDULES = "before-schedules"  # the run of a firing of which only the moment was kept
_FORMER_INDEXES = {
    "articles": ("status_1_sort_at_-1__id_-1", "site_1_status_1_sort_at_-1__id_-1"),
    "verdicts": ("site_1_at_-1",),
    "runs": ("state_1",),
}
# The server keeps one log, so that what has reached it carries all that was written before.
_SAFE = {"j": True}


@dataclass(slots=True, frozen=True)
class Migration:
    """One step from a version to the next. Its work is idempotent and says whether there was anything to do."""

    does: str
    work: Callable[[], Work[bool]]


def _turn_fires_into_schedules() -> Work[bool]:
    """`fires` kept the moment of each site's last firing; what `schedule` says of a site is newer, and stays."""
    fields = {"run": BEFORE_SCHEDULES, "due_at": "$at", "fired_at": "$at", "tries": {"$literal": TRIES}}
    stays = [{"$replaceWith": {"$mergeObjects": ["$$new", "$$ROOT"]}}]
    pipeline = [{"$project": fields}, {"$merge": {"into": "schedule", "whenMatched": stays}}]
    kept = yield Command(
        {"aggregate": "fires", "pipeline": pipeline, "cursor": {}, "writeConcern": _SAFE}, (COLLECTION_DROPPED,)
    )
    if not kept["ok"]:  # another process kept them, and dropped them meanwhile
        return False
    dropped = yield Command({"drop": "fires"}, (NO_SUCH_COLLECTION,))
    return bool(dropped["ok"] and "ns" in dropped)


def _number_articles() -> Work[bool]:
    """Articles were written without a number. They get it by parts: all at once takes longer than a client waits."""
    ends = [*KEYS_BEGIN, chr(ord(KEYS_BEGIN[-1]) + 1)]
    parts: list[Record] = [{"_id": {"$gte": start, "$lt": end}} for start, end in pairwise(ends)]
    parts.append({"$or": [{"_id": {"$not": {"$gte": ends[0]}}}, {"_id": {"$gte": ends[-1]}}]})  # whatever else there is
    numbered = 0
    for part in parts:
        update = {"q": part | {"seq": {"$exists": False}}, "u": {"$set": {"seq": BEFORE_NUMBERS}}, "multi": True}
        reply = yield Command({"update": "articles", "updates": [update], "writeConcern": _SAFE})
        numbered += reply["nModified"]
    return numbered > 0


def _drop_former_indexes() -> Work[bool]:
    """Longer indexes that begin with the same fields have taken their place."""
    has_dropped = False
    for collection, names in _FORMER_INDEXES.items():
        for name in names:
            reply = yield Command({"dropIndexes": collection, "index": name}, (NO_SUCH_INDEX, NO_SUCH_COLLECTION))
            has_dropped |= bool(reply["ok"])
    return has_dropped


# A database of version N has seen the first N.
MIGRATIONS = (
    Migration("the moments in `fires` are kept in `schedule`", _turn_fires_into_schedules),
    Migration("articles carry a number", _number_articles),
    Migration("indexes that longer ones have replaced are gone", _drop_former_indexes),
)
VERSION = len(MIGRATIONS)


async def prepare(database: AsyncDatabase[Record]) -> None:
    """Bring the database of a crawl up to date; one that is costs a single read.

    Raises:
        ConfigError: as `fit` says.
    """
    await commands.run_async(database, _prepared())


def migrate(database: Database[Record], *, drop_surplus: bool = False) -> list[str]:
    """Bring a database up to date, whatever it says of itself, and return what was done.

    Raises:
        ConfigError: as `fit` says.
    """
    return commands.run(database, _migrated(drop_surplus=drop_surplus))


def fit() -> Work[Record]:
    """Return what the database says of its schema: `version`, `digest`.

    Raises:
        ConfigError: a newer Winnow made it, or a load was cut off in the middle of it.
    """
    schema, load = yield from marks()
    version = schema.get("version", 0)
    if version > VERSION:
        raise ConfigError(f"the database is of version {version}, this Winnow knows {VERSION}; upgrade Winnow")
    if load:
        folder = load["folder"]
        raise ConfigError(f"the database is half loaded; finish with: winnow db load {folder} --replace")
    return schema


def marks() -> Work[tuple[Record, Record]]:
    """Return what `meta` holds of the schema and of a load under way; empty where there is nothing."""
    found = yield Command({"find": "meta", "filter": {"_id": {"$in": ["schema", "load"]}}})
    by_name = {record["_id"]: record for record in documents(found)}
    return by_name.get("schema", {}), by_name.get("load", {})


def raised(version: int) -> Work[list[str]]:
    """Do the migrations after `version`, and return what they did."""
    done = []
    for number, migration in enumerate(MIGRATIONS[version:], version + 1):
        if (yield from migration.work()):
            done.append(f"migrated to version {number}: {migration.does}")
        yield _note({"$max": {"version": number}})
    return done


def mended(*, drop_surplus: bool = False) -> Work[list[str]]:
    """Bring collections, validators and indexes to what is declared, and return what was not."""
    done = []
    for found in drift.differences((yield from drift.read())):
        if found.how != drift.SURPLUS or drop_surplus:
            for command in found.mend:  # noqa: UP028 - a tuple can't be sent the replies
                yield command
            done.append(f"mended: {found}")
    yield _note({"$set": {"digest": digest()}})
    return done


def _prepared() -> Work[None]:
    schema = yield from fit()
    if schema.get("digest") != digest() or schema.get("version", 0) < VERSION:
        yield from _migrated(drop_surplus=False)


def _migrated(*, drop_surplus: bool) -> Work[list[str]]:
    schema = yield from fit()
    migrated = yield from raised(schema.get("version", 0))
    return migrated + (yield from mended(drop_surplus=drop_surplus))


def _note(update: Record) -> Command:
    change = {"q": {"_id": "schema"}, "u": update, "upsert": True}
    return Command({"update": "meta", "updates": [change], "writeConcern": _SAFE})
