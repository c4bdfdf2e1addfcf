"""How often a secret may be guessed. Pure: the moment is handed in, in seconds of a steady clock."""

from __future__ import annotations

from collections import deque

PER_ADDRESS, IN_ALL = 5, 20  # failures within
WINDOW = 60.0  # seconds


class Attempts:
    """Counts attempts as failed until they are forgiven, so that many at once are not one. Never more than IN_ALL."""

    def __init__(self) -> None:
        self._made: deque[tuple[float, str]] = deque()

    def take(self, address: str, now: float) -> bool:
        """Count an attempt from an address; False if it has to wait."""
        while self._made and self._made[0][0] <= now - WINDOW:
            self._made.popleft()
        own = sum(made_by == address for _, made_by in self._made)
        if own >= PER_ADDRESS or len(self._made) >= IN_ALL:
            return False
        self._made.append((now, address))
        return True

    def forgive(self, address: str) -> None:
        """Take back an address's attempts: one was right."""
        self._made = deque(made for made in self._made if made[1] != address)
