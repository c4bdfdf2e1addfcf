"""Copies of one text: fingerprints to find them by, and the comparison that decides. Pure.

A fingerprint is looked up, here in an `Index` or in the store; what comes back are candidates, and only the comparison
of the texts themselves makes one a match. Fingerprints are stored: whatever changes their numbers is a migration.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Codes = NDArray[np.uint32]
    Hashes = NDArray[np.uint64]
    Marks = NDArray[np.bool_]

BANDS, ROWS = 64, 3
MIN_LETTERS = 60  # a shorter text is a caption or a stub: too little to tell a copy from a formula
MAX_LETTERS = 20_000  # the rest of a longer text is not compared; its exact hash is of the whole
SHINGLE_LETTERS, SHINGLE_WORDS = 5, 3
# Letters of the shortest passage that counts as shared, in Chinese and in spaced scripts, where a letter tells less.
TEXT_PASSAGE, TITLE_PASSAGE = (8, 16), (4, 8)

# What two texts must share to be copies: the least parts of the shorter and of the longer one in shared passages.
EXCERPT = (0.80, 0.15)  # an excerpt is nearly all in its original; less of the original is a stub with a formula
REWRITE = (0.62, 0.45)  # a round-up holds much of one short article, but little of it is that article
TITLED = (0.38, 0.27)  # a rewrite under a like title: without one, two texts that quote one passage share as much
MEMBER = (0.62, 0.62)  # with a copy that is not its story's first article, so that weak links make no chain
SAME_TITLE = 0.5  # part of the shorter title that the longer has too; numbers must agree as in texts
SAME_NUMBERS = 0.93  # of the digits in passages alike but for digits: bulletins of two days share far fewer

_NOT_LETTERS = re.compile(r"[\W_]+")
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # splitmix64's increment and first multiplier
_MIX = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a text is found by.

    `exact` is a signed 64-bit number, a band a signed 32-bit one: short in an index. `size` counts letters and digits.
    Any band of two texts is equal with the cube of their likeness (Jaccard, over shingles) as its probability. A text
    too short for near copies has no bands.
    """

    exact: int
    bands: tuple[int, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An earlier article that shares something with a text. `story` is the id of the first article of its story."""

    id: str
    story: str
    title: str
    text: str
    exact: int


@dataclass(frozen=True, slots=True)
class Match:
    """The article a text is a copy of. `containment` is the part of the shorter of the two that both have."""

    id: str
    story: str
    kind: Literal["exact", "near"]
    containment: float
    detail: str


def fingerprint(title: str, text: str) -> Fingerprint:
    """Return the fingerprint of a text; punctuation, white space, case and width of letters don't change it.

    The title counts only with a text that is too short to tell it from others: "watch the video" stands on many pages.
    """
    words = _fold(text)
    joined = words.replace(" ", "")
    is_short = len(joined) < MIN_LETTERS
    whole = f"{_fold(title).strip()}\n{joined}" if is_short else joined
    digest = hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    bands = () if is_short else _bands(_shingles(words, _codes(joined)))
    return Fingerprint(int.from_bytes(digest, "big", signed=True), bands, len(joined))


def _fold(text: str) -> str:
    """Return words with a space between, in one case and width; marks go first, as most need the slow folding."""
    return unicodedata.normalize("NFKC", _NOT_LETTERS.sub(" ", text).casefold())


def _codes(joined: str) -> Codes:
    encoded = joined[:MAX_LETTERS].encode("utf-32-le", "surrogatepass")
    return np.frombuffer(encoded, dtype="<u4")


def _is_spaced(codes: Codes) -> bool:
    """Tell a script that parts its words by spaces: fewer than a quarter are Chinese characters or kana."""
    return bool(np.count_nonzero((codes >= 0x2E80) & (codes < 0xA000)) * 4 < len(codes))


def _shingles(words: str, codes: Codes) -> Hashes:
    if not _is_spaced(codes):
        return _runs(codes, SHINGLE_LETTERS)
    hashed = [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words[:MAX_LETTERS].split()]
    return _runs(np.array(hashed, np.uint32), SHINGLE_WORDS)


def _runs(values: NDArray[np.integer], length: int) -> Hashes:
    """Hash every run of so many values; the low 32 bits are well mixed too."""
    count = max(0, len(values) - length + 1)
    wide = values.astype(np.uint64)
    hashes = np.zeros(count, np.uint64)
    for offset in range(length):
        hashes = hashes * _GOLDEN + wide[offset : offset + count]
    return _mixed(hashes)


def _mixed(hashes: Hashes) -> Hashes:
    hashes = (hashes ^ (hashes >> np.uint64(29))) * _MIX
    return hashes ^ (hashes >> np.uint64(32))


_FACTORS = _mixed(np.arange(1, BANDS * ROWS + 1, dtype=np.uint64) * _GOLDEN).astype(np.uint32) | np.uint32(1)
_BAND_SEEDS = _mixed(np.arange(1, BANDS + 1, dtype=np.uint64))


def _bands(shingles: Hashes) -> tuple[int, ...]:
    """MinHash: the least of the shingles in each of `BANDS * ROWS` orders, and one number for each band of them."""
    if not len(shingles):
        return ()
    short = shingles.astype(np.uint32)
    minima = np.full(BANDS * ROWS, 0xFFFFFFFF, np.uint32)
    for start in range(0, len(short), 1024):  # bounds the memory, and a block stays in the cache
        np.minimum(minima, (short[start : start + 1024] * _FACTORS[:, None]).min(axis=1), out=minima)
    keys = _BAND_SEEDS
    for row in minima.reshape(BANDS, ROWS).T:
        keys = _mixed(keys * _GOLDEN + row)
    return tuple(keys.astype(np.uint32).view(np.int32).tolist())


def best_match(title: str, text: str, own: Fingerprint, candidates: Iterable[Candidate]) -> Match | None:
    """Return the candidate that the text, of fingerprint `own`, is a copy of: the likest if there are several."""
    candidates = list(candidates)
    for candidate in candidates:
        if candidate.exact == own.exact:
            return Match(candidate.id, candidate.story, "exact", 1.0, "the same letters and digits throughout")
    if not own.bands:
        return None
    heading, body = _Letters(title), _Letters(text)
    near = [
        (likeness, candidate)
        for candidate in candidates
        if (likeness := _compare(body, _Letters(candidate.text), TEXT_PASSAGE)).is_copy(
            _compare(heading, _Letters(candidate.title), TITLE_PASSAGE), first=candidate.id == candidate.story
        )
    ]
    if not near:
        return None
    likeness, candidate = max(near, key=lambda pair: pair[0].of_shorter + pair[0].of_longer)
    return Match(candidate.id, candidate.story, "near", likeness.of_shorter, likeness.detail)


class _Letters:
    """The letters and digits of a text, and `masked` the same with every digit a nought."""

    __slots__ = ("codes", "digits", "masked", "spaced")

    def __init__(self, text: str) -> None:
        self.codes = _codes(_fold(text).replace(" ", ""))
        self.spaced = _is_spaced(self.codes)
        self.digits = (self.codes >= ord("0")) & (self.codes <= ord("9"))
        self.masked = np.where(self.digits, np.uint32(ord("0")), self.codes)

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class _Likeness:
    """What two texts share: the parts of both in shared passages, and the marks of the shorter one's letters there."""

    shorter: _Letters
    longer: _Letters
    passage: int
    shared: Marks
    of_shorter: float
    of_longer: float

    def is_copy(self, titles: _Likeness, *, first: bool) -> bool:
        same_title = titles.of_shorter >= SAME_TITLE and titles.has_same_numbers()
        ways = (EXCERPT, TITLED if same_title else REWRITE) if first else (MEMBER,)
        enough = any(self.of_shorter >= shorter and self.of_longer >= longer for shorter, longer in ways)
        return enough and self.has_same_numbers()

    def has_same_numbers(self) -> bool:
        """Tell if the digits agree where longer passages are alike but for digits."""
        numbers = _numbers(self.shorter, self.longer, self.passage * 3 // 2)
        same = np.count_nonzero(numbers & self.shared)
        return bool(same >= np.count_nonzero(numbers) * SAME_NUMBERS)

    @property
    def detail(self) -> str:
        return f"{self.of_shorter:.0%} of the shorter text is in the longer, {self.of_longer:.0%} of the longer in it"


def _compare(one: _Letters, other: _Letters, passages: tuple[int, int]) -> _Likeness:
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    length = passages[one.spaced and other.spaced]
    small, large = _shared(shorter.codes, longer.codes, length)
    return _Likeness(shorter, longer, length, small, _part(small), _part(large))


def _part(marks: Marks) -> float:
    return float(marks.mean()) if len(marks) else 0.0


def _shared(one: Codes, other: Codes, length: int) -> tuple[Marks, Marks]:
    """Mark the letters of both texts that lie in a passage both have."""
    runs, others = _runs(one, length), _runs(other, length)
    common = np.intersect1d(runs, others)
    mine, theirs = np.isin(runs, common), np.isin(others, common)
    return _spread(mine, length, len(one)), _spread(theirs, length, len(other))


def _numbers(one: _Letters, other: _Letters, length: int) -> Marks:
    """Mark the digits of one text whose passage the other has too, but for the digits.

    Only passages that both have just once answer to each other for sure, and only if they are more than digits.
    """
    runs, others = _runs(one.masked, length), _runs(other.masked, length)
    once, first, times = np.unique(runs, return_index=True, return_counts=True)
    other_once, other_times = np.unique(others, return_counts=True)
    starts = np.zeros(len(runs), bool)
    starts[first[(times == 1) & np.isin(once, other_once[other_times == 1])]] = True
    if len(runs):
        starts &= np.convolve(one.digits, np.ones(length, np.int16), "valid") * 2 <= length
    return _spread(starts, length, len(one)) & one.digits


def _spread(starts: Marks, length: int, size: int) -> Marks:
    """Mark every letter, of so many, of the passages that start at the marks."""
    return np.convolve(starts, np.ones(length, np.int16)) > 0 if len(starts) else np.zeros(size, bool)


class Index:
    """Fingerprints in memory: of articles that the store does not have yet, so that they are found all the same."""

    def __init__(self) -> None:
        self._articles: dict[str, tuple[Candidate, Fingerprint]] = {}
        self._ids: dict[int, dict[str, None]] = {}

    def __len__(self) -> int:
        return len(self._articles)

    def add(self, candidate: Candidate, own: Fingerprint) -> None:
        """Take an article in; one with the same id is replaced."""
        self.forget([candidate.id])
        self._articles[candidate.id] = candidate, own
        for key in (own.exact, *own.bands):
            self._ids.setdefault(key, {})[candidate.id] = None

    def forget(self, ids: Iterable[str]) -> None:
        """Drop articles, which the store has by now; unknown ids are passed over."""
        for id_ in ids:
            _, own = self._articles.pop(id_, (None, None))
            for key in (own.exact, *own.bands) if own else ():
                self._ids[key].pop(id_, None)
                if not self._ids[key]:
                    del self._ids[key]

    def get(self, article: str) -> Candidate | None:
        """Return the article of an id, if it is here."""
        found = self._articles.get(article)
        return found[0] if found else None

    def of_story(self, story: str) -> list[str]:
        """Return the ids of the articles of a story."""
        return [id_ for id_, (candidate, _) in self._articles.items() if candidate.story == story]

    def candidates(self, own: Fingerprint, *, exclude: str = "", limit: int = 20) -> list[Candidate]:
        """Return the articles that share bands with a fingerprint, exact copies first, then by bands shared."""
        shared = Counter(id_ for key in own.bands for id_ in self._ids.get(key, ()))
        for id_ in self._ids.get(own.exact, ()):
            shared[id_] += 1 + BANDS
        del shared[exclude]
        return [self._articles[id_][0] for id_, _ in shared.most_common(limit)]
