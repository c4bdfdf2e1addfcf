"""What a service told of MongoDB's absence, without MongoDB: who knows of it, and who still lacks word of its return.

A notice that fails is tried again as those of other alerts are, ever later. A restart forgets whom to tell of a return.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.alerts.judgement import span
from scheduler.alerts.notify import Letter
from store.alerts import LONGEST_CLAIM, PATIENCE, wait_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from scheduler.alerts.judgement import Alert
    from scheduler.alerts.notify import Delivery, Target


@dataclass(slots=True)
class Absence:
    """The absence that was told last. `told` are the targets that believe MongoDB to be away."""

    since: datetime | None = None
    back_at: datetime | None = None
    told: list[Target] = field(default_factory=list)
    tries: int = 0
    try_at: datetime | None = None

    def begin(self, since: datetime) -> bool:
        """Note that MongoDB is away; False if that is known."""
        is_new = self.since is None or self.back_at is not None
        if is_new:
            self.since, self.back_at, self.tries, self.try_at = since, None, 0, None
        return is_new

    def end(self, now: datetime) -> bool:
        """Note that MongoDB answers; False if that is known."""
        is_new = self.since is not None and self.back_at is None
        if is_new:
            self.back_at, self.tries, self.try_at = now, 0, None
        return is_new

    def letters_away(self, targets: Sequence[Target], alert: Alert, now: datetime) -> list[Letter]:
        """Write to those that do not know that MongoDB is away, if it is time for it."""
        text = f"{alert.subject} · {alert.kind}: {alert.message}"
        missing = [target for target in targets if target not in self.told]
        return self._write(missing, "Winnow: MongoDB is away", text, now)

    def letters_back(self, host: str, now: datetime) -> list[Letter]:
        """Write to those that do not know that MongoDB answers, if it is time for it; after a day nobody cares."""
        if self.since is None or self.back_at is None:
            return []
        if abs(now - self.back_at) > PATIENCE:
            self.told = []
        text = f"MongoDB answers {host} again, after {span(self.back_at - self.since)}"
        return self._write(self.told, "Winnow: MongoDB is back", text, now)

    def note(self, deliveries: Iterable[Delivery]) -> None:
        """Note who was told."""
        for delivery in deliveries:
            if not delivery.problem and self.back_at is None:
                self.told.append(delivery.target)
            elif not delivery.problem:
                self.told.remove(delivery.target)

    def _write(self, targets: Sequence[Target], title: str, text: str, now: datetime) -> list[Letter]:
        is_early = self.try_at is not None and now < self.try_at <= now + LONGEST_CLAIM  # later: a clock was ahead
        if not targets or is_early:
            return []
        self.try_at = now + wait_after(self.tries)
        self.tries += 1
        return [Letter(target=target, title=title, text=text) for target in targets]
