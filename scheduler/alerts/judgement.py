"""An alert, what is found of one, and how findings become alerts that hold or are over. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

_LONGEST_QUOTE = 200  # characters of a run's reason


@dataclass(slots=True, kw_only=True, frozen=True)
class Alert:
    """What someone should know, as one sentence to act on; of an alert that is over, what shows it.

    `about` tells apart what a kind may say of one subject several times: the field, the machine, what is missing.
    """

    kind: str
    subject: str
    message: str
    about: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, self.subject, self.about


@dataclass(slots=True)
class Judgement:
    """What holds, and what is shown to be over; of all else nothing is known."""

    holding: list[Alert] = field(default_factory=list)
    over: list[Alert] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class Finding:
    """An answer: it holds, or it is over; `sentence` shows it."""

    holds: bool
    sentence: str


def judgement(subject: str, findings: Sequence[tuple[str, str, Finding | None]]) -> Judgement:
    """Sort the findings of a subject (kind, what it is about, the answer if there is one)."""
    result = Judgement()
    for kind, about, finding in findings:
        if finding:
            alert = Alert(kind=kind, subject=subject, message=finding.sentence, about=about)
            (result.holding if finding.holds else result.over).append(alert)
    return result


def span(duration: timedelta) -> str:
    """Return a duration in its largest unit that makes two or more.

    >>> from datetime import timedelta
    >>> span(timedelta(hours=30)), span(timedelta(days=3, hours=5)), span(timedelta(seconds=61))
    ('30 hours', '3 days', '61 seconds')
    """
    seconds = int(duration.total_seconds())
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} seconds"


def one_line(text: str) -> str:
    """Return a text as it can stand in a message."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"
