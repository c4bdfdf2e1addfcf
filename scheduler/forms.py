"""Records as text that programs read: JSON, JSON lines, CSV. Written piece by piece, so that any number is little."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from scheduler.harmless import cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Record = dict[str, Any]

# In JSON: what a terminal obeys beside what JSON escapes anyway, what turns the direction of text, and lone surrogates
_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def to_json(value: Any, *, indent: int | None = None) -> str:
    """Return JSON with times as ISO 8601 with zone, Chinese as it is, and nothing a terminal would obey."""
    said = json.dumps(value, default=_encode, ensure_ascii=False, indent=indent)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", said)


def json_array(records: Iterable[Record]) -> Iterator[str]:
    """Yield a JSON array, a record a line."""
    separator = "[\n"
    for record in records:
        yield separator + to_json(record)
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def json_lines(records: Iterable[Record]) -> Iterator[str]:
    """Yield a line of JSON for each record."""
    return (to_json(record) + "\n" for record in records)


def csv_lines(records: Iterable[Record], names: Iterable[str]) -> Iterator[str]:
    """Yield CSV with a head line. Words in a list are joined by semicolons, other lists are JSON; formulas disarmed."""
    columns = list(names)
    written: list[str] = []
    writer = csv.writer(_Pieces(written))
    writer.writerow(columns)
    for record in records:
        writer.writerow([_cell(record[name]) for name in columns])
        yield "".join(written)
        written.clear()
    yield "".join(written)


class _Pieces:
    """What `csv` writes to."""

    def __init__(self, pieces: list[str]) -> None:
        self.write = pieces.append


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return value.isoformat()
        case list() if all(isinstance(each, str) for each in value):
            return cell("; ".join(value))
        case list():
            return cell(to_json(value))
        case str():
            return cell(value)
        case _:
            return str(value)


def _encode(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not JSON: {type(value).__name__}")
