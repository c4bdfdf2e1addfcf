"""The passage of a text that shows why it was found. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(slots=True, frozen=True)
class Fragment:
    """A part of a text, and whether it is what was looked for."""

    text: str
    is_hit: bool = False


def mark(text: str, words: Sequence[str]) -> list[Fragment]:
    """Return a text in fragments, with the words of a query marked; joined they are the text."""
    for word in words:
        before, found, after = text.partition(word)
        if found:
            return [Fragment(before), Fragment(word, is_hit=True), Fragment(after)]
    return [Fragment(text)]


def excerpt(text: str, words: Sequence[str], length: int = 160) -> list[Fragment]:
    """Return about `length` characters of a text around the first place where most of the words are, marked."""
    return mark(text[:length], words)
