"""The passage of a text that shows why it was found, with what was looked for marked. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from store.search.folding import composed, fold_with_places
from store.search.terms import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST = 20_000  # characters of a text that are looked through
_BEFORE = 3  # one part in so many of an excerpt stands before the first mark
Span = tuple[int, int]


@dataclass(slots=True, frozen=True)
class Fragment:
    """A part of a text, and whether it is what was looked for."""

    text: str
    is_hit: bool = False


def mark(text: str, words: Sequence[str]) -> list[Fragment]:
    """Return a text in fragments that joined are the text, composed, with the words of a query marked.

    >>> mark("臺灣的Café", ["台湾", "cafe"])
    [Fragment(text='臺灣', is_hit=True), Fragment(text='的', is_hit=False), Fragment(text='Café', is_hit=True)]
    """
    whole = composed(text)
    return list(_cut(whole, _spans(whole, words), 0, len(whole)))


def excerpt(text: str, words: Sequence[str], length: int = 160) -> list[Fragment]:
    """Return about `length` characters of a text, as one line: where most of the words are near each other, marked.

    >>> "".join(each.text for each in excerpt("开头。" * 100 + "这里有台湾二字。", ["臺灣"], 20))
    '…开头。开头。开头。开头。这里有台湾二字。'
    """
    line = " ".join(composed(text[:LONGEST]).split())
    spans = _spans(line, words)
    start = max(0, min(_densest(spans, length) - length // _BEFORE, len(line) - length))
    end = min(len(line), start + length)
    found = list(_cut(line, spans, start, end))
    return [*([Fragment("…")] if start else []), *found, *([Fragment("…")] if end < len(line) else [])]


def _spans(text: str, words: Sequence[str]) -> list[Span]:
    """Return where words stand, from first to last, none within another."""
    folded, places = fold_with_places(text)
    found = sorted(
        (places[hit.start()], places[hit.end() - 1] + 1)
        for expression in map(pattern, words)
        if expression
        for hit in expression.finditer(folded)
    )
    apart: list[Span] = []
    for start, end in found:
        if apart and start < apart[-1][1]:
            apart[-1] = apart[-1][0], max(end, apart[-1][1])
        else:
            apart.append((start, end))
    return apart


def _densest(spans: list[Span], length: int) -> int:
    """Return the start of the mark that has most others behind it within the length; the first of several."""
    best, most, last = 0, 0, 0
    for first, (start, _) in enumerate(spans):
        while last < len(spans) and spans[last][1] <= start + length:
            last += 1
        if last - first > most:
            best, most = start, last - first
    return best


def _cut(text: str, spans: list[Span], start: int, end: int) -> Iterator[Fragment]:
    at = start
    for first, behind in spans:
        left, right = max(first, at), min(behind, end)
        if left < right:
            if at < left:
                yield Fragment(text[at:left])
            yield Fragment(text[left:right], is_hit=True)
            at = right
    if at < end:
        yield Fragment(text[at:end])
