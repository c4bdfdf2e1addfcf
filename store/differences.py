"""What changed between two versions of a text: by paragraphs, and within changed ones by words. Pure.

Chinese is compared by characters. The cost is bounded: of texts that have little in common, or are made to take long,
the rest is told as replaced.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Run = tuple[int, int, int]  # the same in both: where it starts before and after, and how long it is
    Pairs = list[tuple[int, int]]
    Reach = array[int]

Kind = Literal["same", "removed", "added"]
_STEPS = 500_000  # of comparing in all, about a quarter of a second; enough for some thousand changes
_PARAGRAPH = re.compile(r"[^\n]*\n|[^\n]+")
_SINGLE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # written without spaces
)
_WORD = re.compile(rf"[^\W{_SINGLE}]+|[^\S\n]+|.", re.DOTALL)


@dataclass(slots=True, frozen=True)
class Change:
    """A piece of text. The "same" and "added" ones make up the later text, "same" and "removed" ones the earlier."""

    kind: Kind
    text: str


def difference(before: str, after: str) -> list[Change]:
    """Return how `before` became `after`, what was removed in front of what came in its place.

    >>> [(change.kind, change.text) for change in difference("吞吐量为67万标箱。", "吞吐量突破68万标箱。")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('same', '吞吐量'), ('removed', '为67'), ('added', '突破68'), ('same', '万标箱。')]
    """
    comparison = _Comparison(before, after)
    whole = (0, len(before)), (0, len(after))
    runs: list[Run] = []
    for run in (*comparison.runs(_PARAGRAPH, *whole), (len(before), len(after), 0)):
        gap = _gap(runs, run)
        runs += [*_islands_merged(comparison.runs(_WORD, *gap), *gap), run]
    return list(_changes(before, after, runs))


class _Comparison:
    """Two texts, and the steps that comparing them may still take."""

    def __init__(self, before: str, after: str) -> None:
        self._before = before
        self._after = after
        self._steps = _STEPS

    def runs(self, pieces: re.Pattern[str], before: tuple[int, int], after: tuple[int, int]) -> list[Run]:
        """Return what is the same in a stretch of each text, cut into such pieces."""
        if self._steps <= 0:
            return []
        numbers: dict[str, int] = {}  # of pieces, but for the end of a line: the last one of a text may have none
        old = [(found.start(), numbers.setdefault(found[0].rstrip("\n"), len(numbers)), len(found[0]))
               for found in pieces.finditer(self._before, *before)]  # fmt: skip
        new = [(found.start(), numbers.setdefault(found[0].rstrip("\n"), len(numbers)), len(found[0]))
               for found in pieces.finditer(self._after, *after)]  # fmt: skip
        in_both = {number for _, number, _ in old} & {number for _, number, _ in new}
        old = [piece for piece in old if piece[1] in in_both]  # another piece is no part of what is the same
        new = [piece for piece in new if piece[1] in in_both]
        pairs = self._pairs([piece[1] for piece in old], [piece[1] for piece in new])
        return _joined((old[one][0], new[other][0], min(old[one][2], new[other][2])) for one, other in pairs)

    def _pairs(self, old: Sequence[int], new: Sequence[int]) -> Pairs:
        """Return the places of a longest common subsequence, or of a part of one when the steps are used up."""
        head = _alike(old, new)
        rest = min(len(old), len(new)) - head
        tail = min(_alike(old[::-1], new[::-1]), rest)
        middle = self._shortest(old[head : len(old) - tail], new[head : len(new) - tail])
        ends = ((len(old) - each, len(new) - each) for each in range(tail, 0, -1))
        return [*((each, each) for each in range(head)), *((one + head, other + head) for one, other in middle), *ends]

    def _shortest(self, old: Sequence[int], new: Sequence[int]) -> Pairs:
        """Find the way with the fewest edits: E. Myers, An O(ND) difference algorithm, 1986."""
        if not old or not new:
            return []
        rounds = [self._further(old, new, None)]
        while not _is_over(rounds[-1], old, new) and self._steps > 0:
            rounds.append(self._further(old, new, rounds[-1]))
        return _way_back(rounds, _furthest(rounds[-1], old, new))

    def _further(self, old: Sequence[int], new: Sequence[int], before: Reach | None) -> Reach:
        """Return how far one edit more reaches in `old`: at place p of round r it is 2p - r ahead of `new`."""
        edits = len(before) if before else 0
        reach: Reach = array("i")
        for place in range(edits + 1):
            start = _entry(before, place) if before else 0
            diagonal = 2 * place - edits
            x, end = start, min(len(old), len(new) + diagonal, start + max(self._steps, 0))
            while x < end and old[x] == new[x - diagonal]:
                x += 1
            reach.append(x)
            self._steps -= 1 + x - start
        return reach


def _entry(before: Reach, place: int) -> int:
    """Return where a diagonal is entered: by an addition, or by the removal of one piece if that is further."""
    by_removal = before[place - 1] + 1 if place else -1
    by_addition = before[place] if place < len(before) else -1
    return max(by_removal, by_addition)


def _is_over(reach: Reach, old: Sequence[int], new: Sequence[int]) -> bool:
    place, is_half = divmod(len(old) - len(new) + len(reach) - 1, 2)
    return not is_half and 0 <= place < len(reach) and reach[place] >= len(old)


def _furthest(reach: Reach, old: Sequence[int], new: Sequence[int]) -> int:
    """Return the place of the diagonal that got on most, outside of both texts aside."""
    behind = [x - (2 * place - len(reach) + 1) for place, x in enumerate(reach)]
    return max(
        range(len(reach)),
        key=lambda place: (
            reach[place] + behind[place] if reach[place] <= len(old) and behind[place] <= len(new) else -1
        ),
    )


def _way_back(rounds: list[Reach], place: int) -> Pairs:
    """Return the pairs of equal pieces on the way to this place of the last round."""
    pairs: Pairs = []
    for edits in range(len(rounds) - 1, -1, -1):
        diagonal = 2 * place - edits
        entry = _entry(rounds[edits - 1], place) if edits else 0
        pairs += [(x, x - diagonal) for x in range(rounds[edits][place] - 1, entry - 1, -1)]
        if edits and place and rounds[edits - 1][place - 1] + 1 == entry:
            place -= 1
    return pairs[::-1]


def _alike(old: Sequence[int], new: Sequence[int]) -> int:
    """Return how many pieces at the start are the same."""
    return next((place for place, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
                min(len(old), len(new)))  # fmt: skip


def _joined(pieces: Iterator[Run]) -> list[Run]:
    """Join what follows one another in both texts."""
    runs: list[Run] = []
    for old, new, length in pieces:
        if runs and (runs[-1][0] + runs[-1][2], runs[-1][1] + runs[-1][2]) == (old, new):
            runs[-1] = (*runs[-1][:2], runs[-1][2] + length)
        else:
            runs.append((old, new, length))
    return runs


def _islands_merged(runs: list[Run], before: tuple[int, int], after: tuple[int, int]) -> list[Run]:
    """Leave out what is the same by chance: what is shorter than the changes on both sides of it.

    Leaving one out makes its neighbours' changes longer, so they are looked at again.
    """
    kept: list[Run] = [(before[0], after[0], 0)]
    for run in (*runs, (before[1], after[1], 0)):
        while len(kept) > 1 and kept[-1][2] <= min(_changed(kept[-2], kept[-1]), _changed(kept[-1], run)):
            kept.pop()
        kept.append(run)
    return [run for run in kept if run[2]]


def _changed(run: Run, following: Run) -> int:
    """Return how long the longer side of the change between two runs is."""
    (old, new), length = run[:2], run[2]
    return max(following[0] - old - length, following[1] - new - length)


def _gap(runs: list[Run], following: Run) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the stretches of both texts between the last run and the one that follows."""
    old, new, length = runs[-1] if runs else (0, 0, 0)
    return (old + length, following[0]), (new + length, following[1])


def _changes(before: str, after: str, runs: list[Run]) -> Iterator[Change]:
    old = new = 0
    for start, other, length in _joined(iter(runs)):
        pieces: tuple[tuple[Kind, str], ...]
        pieces = ("removed", before[old:start]), ("added", after[new:other]), ("same", after[other : other + length])
        yield from (Change(kind, text) for kind, text in pieces if text)
        old, new = start + length, other + length
