"""What is wrong with a database, each with its remedy: its shape, documents that break it, references to nothing.

Crawls may run meanwhile: what looks wrong is looked at again before it is told, since what it lacks is written first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING

from store import commands, drift, leases, migrations
from store.runs import RUNNING
from store.schema import COLLECTIONS, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pymongo.database import Database

Record = dict[str, Any]

SHOWN = 3  # ids that are told of each finding
MIGRATE = "winnow db migrate"
_REFETCH = "winnow articles show ID names the URL, winnow crawl URL --refresh fetches it again"
_STRING = {"$gte": ""}  # any string, as an index has them; others can't be compared


@dataclass(slots=True, kw_only=True, frozen=True)
class Finding:
    """One thing that is wrong: `code` for programs, `what` for people; `count` documents, the first of them by id."""

    code: str
    what: str
    remedy: str
    count: int = 0
    ids: tuple[str, ...] = ()


def findings(database: Database[Record]) -> Iterator[Finding]:
    """Look at everything; the articles are read three times."""
    yield from _version(database)
    yield from map(_of_drift, drift.differences(commands.run(database, drift.read())))
    yield from _invalid(database)
    for reference in REFERENCES:
        yield from _dangling(database, reference)
    yield from _dead_runs(database)


def _version(database: Database[Record]) -> Iterator[Finding]:
    schema, load = commands.run(database, migrations.marks())
    version = schema.get("version", 0)
    if load:
        remedy = f"winnow db load {load['folder']} --replace"
        yield Finding(code="half-loaded", what="a load was cut off in the middle", remedy=remedy)
    if version > migrations.VERSION:
        what = f"the database is of version {version}, this Winnow knows {migrations.VERSION}"
        yield Finding(code="newer", what=what, remedy="upgrade Winnow")
    elif version < migrations.VERSION:
        what = f"the database is of version {version}, this Winnow's is {migrations.VERSION}"
        yield Finding(code="older", what=what, remedy=MIGRATE)
    elif schema.get("digest") != digest():
        what = "validators and indexes were last brought up to date by another Winnow"
        yield Finding(code="digest", what=what, remedy=MIGRATE)


def _of_drift(found: drift.Drift) -> Finding:
    is_surplus = found.how == drift.SURPLUS
    code = "surplus" if is_surplus else "missing" if found.how == drift.MISSING else "changed"
    return Finding(code=code, what=str(found), remedy=f"{MIGRATE} --drop-surplus" if is_surplus else MIGRATE)


def _invalid(database: Database[Record]) -> Iterator[Finding]:
    for name, collection in COLLECTIONS.items():
        broken = database[name].find({"$nor": [collection.validator()]}, {"_id": 1})
        remedy = "mend them by hand, or load a dump from before"
        what = f"{name}: documents that break the validator"
        yield from _told("invalid", what, remedy, (str(record["_id"]) for record in broken))


@dataclass(slots=True, kw_only=True, frozen=True)
class Reference:
    """Ids that must be found in collection `to`: `ids` yields them in ascending order, perhaps more than once."""

    code: str
    what: str
    remedy: str
    ids: Callable[[Database[Record]], Iterator[str]]
    to: str


def _dangling(database: Database[Record], reference: Reference) -> Iterator[Finding]:
    target = database[reference.to]
    lost = (
        each
        for each in missing(reference.ids(database), _ids(database, reference.to))
        if target.find_one({"_id": each}, {"_id": 1}) is None
    )
    yield from _told(reference.code, reference.what, reference.remedy, lost)


def missing(wanted: Iterable[str], there: Iterable[str]) -> Iterator[str]:
    """Yield what is wanted and not there, each once; both are in ascending order and read once.

    >>> list(missing(["a", "b", "b", "d"], ["a", "c", "d"]))
    ['b']
    """
    rest, last = iter(there), None
    current: str | None = ""
    for each in wanted:
        while current is not None and current < each:
            current = next(rest, None)
        if current != each and each != last:
            yield each
        last = each


def _ids(database: Database[Record], name: str) -> Iterator[str]:
    """Read the ids alone, from their index."""
    found = database[name].find({"_id": _STRING}, {"_id": 1}).sort("_id", ASCENDING)
    return (record["_id"] for record in found)


def _articles_with_story(database: Database[Record]) -> Iterator[str]:
    found = database["articles"].find({"story": _STRING, "_id": _STRING}, {"_id": 1}).sort("_id", ASCENDING)
    return (record["_id"] for record in found)


def _values(name: str, field: str) -> Callable[[Database[Record]], Iterator[str]]:
    """Read the different values of a field."""

    def read(database: Database[Record]) -> Iterator[str]:
        stages: list[Record] = [
            {"$match": {field: _STRING}},
            {"$group": {"_id": f"${field}"}},
            {"$sort": {"_id": ASCENDING}},
        ]
        return (group["_id"] for group in database[name].aggregate(stages, allowDiskUse=True))

    return read


REFERENCES = (
    Reference(
        code="no-page",
        what="articles without page",
        remedy=_REFETCH,
        ids=lambda database: _ids(database, "articles"),
        to="pages",
    ),
    Reference(
        code="no-fingerprint",
        what="articles of a story without fingerprint",
        remedy=_REFETCH,
        ids=_articles_with_story,
        to="fingerprints",
    ),
    Reference(
        code="no-story",
        what="stories whose first article is not there",
        remedy="load a dump that has them; the rest of a story stands without",
        ids=_values("articles", "story"),
        to="articles",
    ),
    Reference(
        code="no-original",
        what="articles that others are copies of, but that are not there",
        remedy="load a dump that has them",
        ids=_values("articles", "copy_of"),
        to="articles",
    ),
    Reference(
        code="no-article",
        what="articles that have versions, but that are not there",
        remedy="load a dump that has them",
        ids=_values("versions", "article"),
        to="articles",
    ),
    Reference(
        code="no-reviewed",
        what="articles that were reviewed, but that are not there",
        remedy="load a dump that has them",
        ids=_values("reviews", "article"),
        to="articles",
    ),
)


def _dead_runs(database: Database[Record]) -> Iterator[Finding]:
    seen = [run["_id"] for run in database["runs"].find({"state": RUNNING}, {"_id": 1})]
    held = {lease["run"] for lease in leases.living(database)}
    lost = (run for run in seen if run not in held and database["runs"].find_one({"_id": run, "state": RUNNING}))
    remedy = "a service marks them interrupted, or the next crawl of the site does"
    yield from _told("dead-run", "runs under way by their record, but without a lease", remedy, lost)


def _told(code: str, what: str, remedy: str, lost: Iterator[str]) -> Iterator[Finding]:
    ids = tuple(islice(lost, SHOWN))
    if ids:
        count = len(ids) + sum(1 for _ in lost)
        yield Finding(code=code, what=f"{what}: {count} ({', '.join(ids)})", remedy=remedy, count=count, ids=ids)
