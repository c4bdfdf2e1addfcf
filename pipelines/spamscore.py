"""Whether a text was spun for search engines: a score, a verdict, and reasons that a reader understands. Pure.

A small linear model over runs of characters gives the score (`tests/quality/train_spam.py` trains it); signs that a
person can see give the reasons. Nothing is rejected by the model alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import zstandard

from crawler.items import Reason, Status
from pipelines.spamsigns import find_signs
from pipelines.spamtext import fold, grams, windows

WEIGHTS = Path(__file__).with_name("spamscore.zst")
HAS_TEXT = "\x01"  # the feature that says there is a text beside the title

# Log-odds, of a mix in which spam and genuine texts are even. Of 6,500 genuine headlines and teasers held out in
# cross-validation one lies above the first; none of 450 genuine articles lies above -1.
QUARANTINE = 0.0
REJECT = 1.5
_PASSAGE = 14  # characters of the passage that is quoted as the model's reason


@dataclass(frozen=True, slots=True)
class SpamScore:
    """`value` is in log-odds: above `QUARANTINE` doubtful, above `REJECT`, with a sign that a reader sees, spam."""

    value: float
    status: Status
    reasons: tuple[Reason, ...]


def score_teaser(title: str, excerpt: str) -> SpamScore:
    """Judge a title with the excerpt beside it, which may be empty."""
    return _judged(_log_odds(title, excerpt), title, excerpt)


def score_article(title: str, text: str) -> SpamScore:
    """Judge an article by the mean of its beginning, middle and end."""
    values = [_log_odds(title, window) for window in windows(text)]
    return _judged(sum(values) / len(values), title, text)


def _judged(value: float, title: str, text: str) -> SpamScore:
    if value < QUARANTINE:
        return SpamScore(value, Status.ACCEPTED, ())
    signs = find_signs(title, text)
    status = Status.REJECTED if value >= REJECT and signs else Status.QUARANTINED
    wording = Reason(code="wording", detail=_strongest(text or title), weight=round(value, 2))
    return SpamScore(value, status, (*signs, wording))


def _log_odds(title: str, text: str) -> float:
    weights = _weights()
    value = weights[""] + _field("t", title) + (_field("x", text) + weights.get(HAS_TEXT, 0.0) if text else 0.0)
    return value / 100


def _field(name: str, text: str) -> float:
    weights = _weights()
    runs = grams(fold(text))
    return sum(weights.get(name + run, 0) for run in runs) / math.sqrt(len(runs)) if runs else 0.0


def _strongest(text: str) -> str:
    """Return the passage whose wording speaks most for spam."""
    weights, shown = _weights(), text.replace("\n", " ")
    starts = range(max(1, min(len(shown), 2000) - _PASSAGE))

    def weight(at: int) -> float:
        return sum(weights.get("x" + run, 0) for run in grams(fold(shown[at : at + _PASSAGE])))

    at = max(starts[::3], key=weight)
    return shown[at : at + _PASSAGE]


@lru_cache(maxsize=1)
def _weights() -> dict[str, int]:
    """The weights in hundredths of a log-odd, by field and run of characters; the empty name is the intercept."""
    text = zstandard.decompress(WEIGHTS.read_bytes(), 1 << 24).decode("utf-8")
    return {name: int(weight) for name, _, weight in (line.rpartition("\t") for line in text.split("\n"))}
