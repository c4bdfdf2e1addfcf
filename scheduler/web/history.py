"""The last events of live progress, for those who were away for a moment. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

KEPT = 500


@dataclass(slots=True, frozen=True)
class Event:
    """One event as it goes over the wire; `data` is JSON."""

    id: int
    name: str
    data: str

    def encode(self) -> bytes:
        r"""Return the event in the form that browsers know.

        >>> Event(7, "end", "{}").encode()
        b'id: 7\nevent: end\ndata: {}\n\n'
        """
        return f"id: {self.id}\nevent: {self.name}\ndata: {self.data}\n\n".encode()


class History:
    """Numbers events upwards from `start`, and keeps the last `KEPT`."""

    def __init__(self, start: int) -> None:
        self.last = start
        self._kept: deque[Event] = deque(maxlen=KEPT)

    def add(self, name: str, data: str) -> Event:
        self.last += 1
        event = Event(self.last, name, data)
        self._kept.append(event)
        return event

    def since(self, seen: int | None) -> list[Event] | None:
        """Return what came after the event that was seen last; None if that is not known any more."""
        first = self._kept[0].id if self._kept else self.last + 1
        if seen is None or not first - 1 <= seen <= self.last:
            return None
        return [event for event in self._kept if event.id > seen]

    def forget(self) -> None:
        """Drop what is kept, since something was missed after it; numbers go on."""
        self._kept.clear()
        self.last += 1
