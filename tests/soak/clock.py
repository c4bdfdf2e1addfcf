"""The wall clock of the service and its crawls: it can be set without touching the machine's.

faketime's library reads the offset from a file at every look at the clock; the monotonic clock is left alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


@dataclass(slots=True, frozen=True)
class Era:
    """From `begin`, in seconds of the soak, the clock was `ahead` by so many seconds."""

    begin: float
    ahead: float


class Clock:
    """Counts the seconds of the soak, and sets the others' clock."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._zero = time.monotonic()
        self._wall = time.time()
        self.eras = [Era(0.0, 0.0)]
        self._write(0)

    def now(self) -> float:
        """Return the seconds since the soak began."""
        return time.monotonic() - self._zero

    def set(self, ahead: int) -> None:
        """Put the service's clock ahead of the true one by so many seconds, or behind it."""
        self._write(ahead)
        self.eras.append(Era(self.now(), float(ahead)))

    def true(self, recorded: datetime, seen: float) -> float:
        """Return the second of the soak at which a moment was recorded, that was `seen` soon after."""
        return true_moment(recorded.timestamp() - self._wall, seen, self.eras)

    def environ(self) -> dict[str, str]:
        """Return the variables that let a process and its children live by this clock; none if it can't be set."""
        if not can_be_set():
            return {}
        return {
            "LD_PRELOAD": str(_LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",  # the age of a file is that of the true clock
        }

    def _write(self, ahead: int) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(f"{ahead:+d}\n")
        new.replace(self._file)  # a reader must not find it empty


def can_be_set() -> bool:
    """Whether faketime's library is there (Debian: `faketime`)."""
    return bool(_LIBRARIES)


def true_moment(recorded: float, seen: float, eras: Sequence[Era]) -> float:
    """Return when a moment was recorded by a clock that was set: of those possible the one nearest to `seen`.

    The eras are an hour apart or more, and what is recorded is seen within a minute.

    >>> true_moment(3612.0, 12.5, [Era(0, 0), Era(10, 3600)])
    12.0
    """
    return min((recorded - era.ahead for era in eras), key=lambda moment: abs(moment - seen))
