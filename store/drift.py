"""How a database differs from the declared schema, and what mends it. Reading it is one piece of work, judging pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from store.commands import COLLECTION_EXISTS, NO_SUCH_COLLECTION, NO_SUCH_INDEX, Command, Work, documents
from store.schema import COLLECTIONS, Collection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Record = dict[str, Any]

MISSING, CHANGED, SURPLUS = "is missing", "is not as declared", "is not Winnow's"
_STRICT = {"validationLevel": "strict", "validationAction": "error"}
_INCIDENTAL = ("v", "name", "ns", "background")  # what two indexes that do the same may differ in
_MANY = 10_000  # more collections or indexes than there ever are: one batch holds them all


@dataclass(slots=True, frozen=True)
class Found:
    """A collection as the server describes it."""

    options: Record
    indexes: Sequence[Record]


@dataclass(slots=True, kw_only=True, frozen=True)
class Drift:
    """One difference: `what` of a `collection`, `how` it differs, and the commands that mend it."""

    collection: str
    what: str
    how: str
    mend: tuple[Command, ...]

    def __str__(self) -> str:
        return f"{self.collection}: {self.what} {self.how}"


def read() -> Work[dict[str, Found]]:
    """Ask the server for the declared collections that it has."""
    wanted = {"listCollections": 1, "filter": {"name": {"$in": list(COLLECTIONS)}}, "cursor": {"batchSize": _MANY}}
    found = {}
    for collection in documents((yield Command(wanted))):
        name = collection["name"]
        asked = Command({"listIndexes": name, "cursor": {"batchSize": _MANY}}, (NO_SUCH_COLLECTION,))
        found[name] = Found(collection["options"], documents((yield asked)))
    return found


def differences(found: Mapping[str, Found]) -> Iterator[Drift]:
    """Compare what the server has with what is declared."""
    for name, declared in COLLECTIONS.items():
        there = found.get(name)
        if there is None:
            mend = (Command({"create": name}, (COLLECTION_EXISTS,)), *_shape(name, declared))
            yield Drift(collection=name, what="the collection", how=MISSING, mend=mend)
        else:
            yield from _of_validator(name, declared, there)
            yield from _of_indexes(name, declared, there)


def _shape(name: str, declared: Collection) -> Iterator[Command]:
    yield _set_validator(name, declared)
    if declared.indexes:
        yield Command({"createIndexes": name, "indexes": [index.document for index in declared.indexes]})


def _set_validator(name: str, declared: Collection) -> Command:
    return Command({"collMod": name, "validator": declared.validator(), **_STRICT})


def _of_validator(name: str, declared: Collection, there: Found) -> Iterator[Drift]:
    wanted = {"validator": declared.validator(), **_STRICT}
    if any(there.options.get(option, _STRICT.get(option)) != value for option, value in wanted.items()):
        how = CHANGED if there.options.get("validator") else MISSING
        mend = (_set_validator(name, declared),)
        yield Drift(collection=name, what="the validator", how=how, mend=mend)


def _of_indexes(name: str, declared: Collection, there: Found) -> Iterator[Drift]:
    wanted = [index.document for index in declared.indexes]
    strangers = [index for index in there.indexes if index["name"] != "_id_" and not _is_among(index, wanted)]
    for index in wanted:
        if _is_among(index, there.indexes):
            continue
        rivals = [other for other in strangers if _is_rival(index, other)]
        strangers = [other for other in strangers if other not in rivals]
        drops = [_drop(name, rival) for rival in rivals]
        mend = (*drops, Command({"createIndexes": name, "indexes": [index]}))
        yield Drift(collection=name, what=f"index {index['name']}", how=CHANGED if rivals else MISSING, mend=mend)
    for index in strangers:
        yield Drift(collection=name, what=f"index {index['name']}", how=SURPLUS, mend=(_drop(name, index),))


def _drop(name: str, index: Record) -> Command:
    return Command({"dropIndexes": name, "index": index["name"]}, (NO_SUCH_INDEX, NO_SUCH_COLLECTION))


def _is_among(index: Record, others: Sequence[Record]) -> bool:
    return any(_essence(index) == _essence(other) for other in others)


def _is_rival(index: Record, other: Record) -> bool:
    """Whether the server takes `index` only when `other` is gone."""
    return bool(index["name"] == other["name"] or list(index["key"].items()) == list(other["key"].items()))


def _essence(index: Record) -> Record:
    return {name: value for name, value in index.items() if name not in _INCIDENTAL} | {
        "key": list(index["key"].items())
    }
