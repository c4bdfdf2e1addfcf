"""How results are written: tables for people, JSON for programs."""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Record = dict[str, Any]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that starts so


def stdout() -> Console:
    """Return the console for results; without a terminal it is plain and as wide as it needs."""
    return Console(width=None if sys.stdout.isatty() else 160, highlight=False)


def stderr() -> Console:
    """Return the console for everything that is no result."""
    return Console(stderr=True, highlight=False)


def to_json(value: Any, *, indent: int | None = None) -> str:
    """Return JSON with times as ISO 8601 with zone, Chinese as it is, and nothing a terminal would obey."""
    return json.dumps(value, default=_encode, ensure_ascii=False, indent=indent)


def write_json(records: Iterable[Record]) -> None:
    """Write a JSON array, a record a line, without holding it in memory."""
    separator = "[\n"
    for record in records:
        sys.stdout.write(separator + to_json(record))
        separator = ",\n"
    sys.stdout.write("[]\n" if separator == "[\n" else "\n]\n")


def write_jsonl(records: Iterable[Record]) -> None:
    """Write JSON lines."""
    sys.stdout.writelines(to_json(record) + "\n" for record in records)


def write_csv(records: Iterable[Record], names: Iterable[str]) -> None:
    """Write CSV with a head line; lists are joined by semicolons, formulas disarmed by an apostrophe."""
    writer = csv.writer(sys.stdout)
    columns = list(names)
    writer.writerow(columns)
    for record in records:
        writer.writerow(list(_cells(record, columns)))


def _cells(record: Record, columns: list[str]) -> Iterator[str]:
    for name in columns:
        value = record[name]
        if isinstance(value, list):
            value = "; ".join(each if isinstance(each, str) else to_json(each) for each in value)
        text = value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
        yield f"'{text}" if text.startswith(_FORMULA) else text


def _encode(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"not JSON: {type(value).__name__}")
