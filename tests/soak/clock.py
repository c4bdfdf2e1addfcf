"""The wall clock of the service and its crawls: it can be set without touching the machine's.

`clock.c` is loaded into them; the monotonic clock is left alone. (faketime does the same, but where threads share a
clock that is set at run time, their sleeps fail now and then.)
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_SOURCE = Path(__file__).with_name("clock.c")


@dataclass(slots=True, frozen=True)
class Era:
    """From `begin`, in seconds of the soak, the clock was `ahead` by so many seconds."""

    begin: float
    ahead: float


class Clock:
    """Counts the seconds of the soak, and sets the others' clock."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._library = folder / "clock.so"
        self._zero = time.monotonic()
        self._wall = time.time()
        self.eras = [Era(0.0, 0.0)]
        self._file.write_bytes(bytes(8))
        if can_be_set():
            subprocess.run(
                ["cc", "-O2", "-fPIC", "-shared", "-o", str(self._library), str(_SOURCE), "-ldl"], check=True
            )

    def now(self) -> float:
        """Return the seconds since the soak began."""
        return time.monotonic() - self._zero

    def set(self, ahead: int) -> None:
        """Put the service's clock ahead of the true one by so many seconds, or behind it."""
        with self._file.open("r+b") as file:  # in place: others have it mapped
            file.write(ahead.to_bytes(8, sys.byteorder, signed=True))
        self.eras.append(Era(self.now(), float(ahead)))

    def true(self, recorded: datetime, seen: float) -> float:
        """Return the second of the soak at which a moment was recorded, that was `seen` soon after."""
        return true_moment(recorded.timestamp() - self._wall, seen, self.eras)

    def environ(self) -> dict[str, str]:
        """Return the variables that let a process and its children live by this clock; none if it can't be set."""
        return {"LD_PRELOAD": str(self._library), "SOAK_CLOCK": str(self._file)} if can_be_set() else {}


def can_be_set() -> bool:
    """Whether there is a compiler for the library that sets it."""
    return shutil.which("cc") is not None


def true_moment(recorded: float, seen: float, eras: Sequence[Era]) -> float:
    """Return when a moment was recorded by a clock that was set: of those possible the one nearest to `seen`.

    The eras are an hour apart or more, and what is recorded is seen within a minute.

    >>> true_moment(3612.0, 12.5, [Era(0, 0), Era(10, 3600)])
    12.0
    """
    return min((recorded - era.ahead for era in eras), key=lambda moment: abs(moment - seen))
