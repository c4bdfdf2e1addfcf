"""Articles as a Parquet file, written in groups of rows, so that a million takes no more memory than two thousand."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from store.queries import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Record = dict[str, Any]

_ROWS = 2_000  # in a group
_MEMORY = 30_000_000  # bytes of a group; articles may be very long, and so may what they relate to
_OBJECT = 50  # bytes that a value takes at least
_MOMENT = pa.timestamp("ms", tz="UTC")
_WORDS = pa.list_(pa.string())
_REASONS = pa.list_(pa.struct({"code": pa.string(), "detail": pa.string(), "weight": pa.float64()}))
_RELATED = pa.list_(
    pa.struct(
        {"url": pa.string(), "title": pa.string(), "excerpt": pa.string(), "status": pa.string(), "reasons": _REASONS}
    )
)
_TYPES = {
    "published_at": _MOMENT, "modified_at": _MOMENT, "fetched_at": _MOMENT, "authors": _WORDS, "tags": _WORDS,
    "images": _WORDS, "versions": pa.int32(), "reasons": _REASONS, "related": _RELATED,
}  # fmt: skip
SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in FIELDS])


def write_parquet(articles: Iterable[Record], file: IO[bytes]) -> None:
    """Write articles to a file, which need not be one that can be wound back."""
    with ParquetWriter(pa.PythonFile(file, mode="w"), SCHEMA, compression="zstd") as writer:
        for group in _groups(articles):
            writer.write_batch(pa.RecordBatch.from_pylist(group, schema=SCHEMA))


def _groups(articles: Iterable[Record]) -> Iterator[list[Record]]:
    group: list[Record] = []
    size = 0
    for article in articles:
        group.append(article)
        size += _size(article)
        if len(group) == _ROWS or size > _MEMORY:
            yield group
            group, size = [], 0
    if group:
        yield group


def _size(value: Any) -> int:
    """Return about how many bytes of memory a value takes."""
    if isinstance(value, dict):
        return _OBJECT + sum(map(_size, value.values()))
    if isinstance(value, list):
        return _OBJECT + sum(map(_size, value))
    return _OBJECT + len(value) if isinstance(value, str) else _OBJECT
