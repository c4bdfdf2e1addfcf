"""Judges how much a teaser or an article reads like text spun for search engines, and says why.

Pure: a linear model over character and word n-grams, whose weights lie beside this module, gives the value; a table
of signals that a reader can check gives the reasons, and no text is rejected unless two of them agree.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import sqrt
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from crawler.items import Reason, Status
from pipelines.spamsignals import SENTENCE, Signal, clip, signals

if TYPE_CHECKING:
    from collections.abc import Mapping

WEIGHTS = Path(__file__).with_suffix(".tsv")
WINDOW = 200  # characters: a long excerpt; teasers and windows of articles must look alike to the model
REJECT = 2.5  # log-odds above the quarantine cut; genuine texts held out of training stay below 0.8
AGREE = 2  # signals that a reader can check, before a text is lost for good
SCALE = 100  # the file keeps weights as whole hundredths

_PUNCTUATION = str.maketrans("。、“”‘’「」『』《》【】—…_", '.,""\'\'""""<>[]-. ')
_DIGITS = re.compile(r"\d+")
_REPEATED = re.compile(r"([.\-!?])\1+")
_WORD = re.compile(r"[a-z][a-z']*")


@dataclass(frozen=True, slots=True)
class SpamScore:
    """`value` is in log-odds: 0 is the quarantine cut, and genuine news lies around -6."""

    value: float
    status: Status
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the grams of a title and of a text, in log-odds, and the value of an empty page."""

    bias: float
    title: Mapping[str, float]
    text: Mapping[str, float]


def score_teaser(title: str, excerpt: str, model: Model | None = None) -> SpamScore:
    """Judge a teaser; without an excerpt the title alone decides, and seldom suffices."""
    return _judge(model or _trained(), title, excerpt, [excerpt[:WINDOW]])


def score_article(title: str, text: str, model: Model | None = None) -> SpamScore:
    """Judge an article by the mean of three windows, so that no one paragraph decides."""
    return _judge(model or _trained(), title, text, windows(text))


def windows(text: str) -> list[str]:
    """Return the head, middle and tail of a text, or all of a short one."""
    spare = len(text) - WINDOW
    if spare <= WINDOW // 5:
        return [text[:WINDOW]]
    return [text[start : start + WINDOW] for start in (0, spare // 2, spare)]


def fold(text: str) -> str:
    """Level what says nothing about spam: width, case, style of punctuation, the digits of a number.

    >>> fold("２０２５年，“ＡＢＣ”！！")
    '0年,"abc"!'
    """
    text = unicodedata.normalize("NFKC", text.translate(_PUNCTUATION)).lower()
    return _REPEATED.sub(r"\1", _DIGITS.sub("0", " ".join(text.split())))


def grams(text: str) -> set[str]:
    """Return the character 1-3-grams of a text; Latin words count whole, alone and in pairs, marked by `_`."""
    folded = fold(text)
    words = _WORD.findall(folded)
    found = {"_" + word for word in words}
    found.update(f"_{first} {second}" for first, second in pairwise(words))
    rest = _WORD.sub("w", folded) if words else folded
    found.update(rest)
    found.update(map("".join, pairwise(rest)))
    found.update(map("".join, zip(rest, rest[1:], rest[2:], strict=False)))
    return found


def _judge(model: Model, title: str, text: str, parts: list[str]) -> SpamScore:
    value = model.bias + _share(model.title, grams(title)) + fmean(_share(model.text, grams(part)) for part in parts)
    if value < 0:
        return SpamScore(value, Status.ACCEPTED)
    found = signals(title, text)
    status = Status.REJECTED if value >= REJECT and len(found) >= AGREE else Status.QUARANTINED
    return SpamScore(value, status, _reasons(model, found, title, parts))


def _share(weights: Mapping[str, float], found: set[str], size: int = 0) -> float:
    """Return what grams add to the value; `size` grams make the whole, lest a long one weigh more than a short."""
    return sum(map(weights.__getitem__, found & weights.keys())) / sqrt(size or len(found) or 1)


def _reasons(model: Model, found: list[Signal], title: str, parts: list[str]) -> tuple[Reason, ...]:
    size = len(grams(parts[0]))

    @cache
    def weigh(passage: str) -> float:
        return round(_share(model.text, grams(passage), size) / len(parts), 2)

    passages = [clip(match) for part in parts for match in SENTENCE.findall(part)] or [clip(title)]
    strongest = max(passages, key=weigh)
    model_says = Reason(
        code="search-text", detail=f"reads like search-engine text: 「{strongest}」", weight=weigh(strongest)
    )
    seen = [Reason(code=each.code, detail=each.detail, weight=weigh(each.passage)) for each in found]
    return tuple(sorted([*seen, model_says], key=lambda reason: -reason.weight))


@cache
def _trained() -> Model:
    return read_model(WEIGHTS.read_text(encoding="utf-8"))


def read_model(table: str) -> Model:
    """Read lines of `field<TAB>hundredths<TAB>grams`, the grams run together by their length, words by commas."""
    bias, *rows = table.split("\n")
    fields: dict[str, dict[str, float]] = {"title": {}, "text": {}}
    for row in filter(None, rows):
        field, length, weight, joined = row.split("\t", 3)
        size = int(length)
        found = [joined[i : i + size] for i in range(0, len(joined), size)] if size else joined.split(",")
        fields[field].update(dict.fromkeys(found, int(weight) / SCALE))
    return Model(bias=float(bias), **fields)
