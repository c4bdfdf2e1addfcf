"""What a page offers for a field, and where: finders yield candidates, most trusted first, and the first one wins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


@dataclass(slots=True, frozen=True)
class Candidate(Generic[T]):
    """A value for a field. `source` says where it was found, in words for a reader."""

    value: T
    source: str


def winner(candidates: Iterable[Candidate[T]]) -> T | None:
    """Return the value of the first candidate; those after it are not even looked for."""
    return next((candidate.value for candidate in candidates), None)
