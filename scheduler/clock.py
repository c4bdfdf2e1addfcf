"""The moment, and whether the clock that tells it was set."""

from __future__ import annotations

import time
from datetime import UTC, datetime

_JUMP = 2.0  # seconds between two looks that are no drift any more


def now() -> datetime:
    """Return the moment, to the millisecond that MongoDB keeps."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class ClockWatch:
    """Tells when the wall clock and the monotonic one part: it was set, or the machine slept."""

    def __init__(self) -> None:
        self._apart = time.time() - time.monotonic()

    def jump(self) -> float:
        """Return by how many seconds the clock jumped since the last look; 0 if it did not."""
        apart = time.time() - time.monotonic()
        jump, self._apart = apart - self._apart, apart
        return jump if abs(jump) > _JUMP else 0.0
