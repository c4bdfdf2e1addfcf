"""How large the database is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pymongo.database import Database

Record = dict[str, Any]


@dataclass(slots=True, kw_only=True, frozen=True)
class Size:
    """Of one collection: documents, and bytes of them, of them on the disk, and of the indexes."""

    name: str
    documents: int
    bytes: int
    on_disk: int
    indexes: int


@dataclass(slots=True, kw_only=True, frozen=True)
class Disk:
    """Bytes of the disk that the server keeps the database on."""

    free: int
    total: int


def sizes(database: Database[Record]) -> list[Size]:
    """Return the size of each collection, the largest first."""
    found = [_size(database, name) for name in database.list_collection_names()]
    return sorted(found, key=lambda size: size.on_disk + size.indexes, reverse=True)


def disk(database: Database[Record]) -> Disk:
    """Ask the server for its disk."""
    said = database.command("dbStats")
    return Disk(free=int(said["fsTotalSize"] - said["fsUsedSize"]), total=int(said["fsTotalSize"]))


def _size(database: Database[Record], name: str) -> Size:
    said = database.command("collStats", name)
    return Size(
        name=name,
        documents=said["count"],
        bytes=int(said["size"]),
        on_disk=int(said["storageSize"]),
        indexes=int(said["totalIndexSize"]),
    )
