"""Text as the spam model sees it: spelling folded, then runs of one to three characters. Pure, and never to drift
from what the weights were trained on.
"""

from __future__ import annotations

import re
import unicodedata

GRAMS = (1, 2, 3)  # characters
WINDOW = 300  # characters of an article that are read as a teaser's text is; three of them are

_DIGITS = re.compile(r"\d+")
_SPACES = re.compile(r"\s+")
# Marks that one site prints half width and another full width; a filter must not learn which.
_MARKS = str.maketrans(
    {"。": ".", "、": ",", "“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"', "—": "-", "–": "-", "…": "."}
)


def fold(text: str) -> str:
    """Return a text with width, case, digits, marks and white space folded.

    >>> fold("ＷＰＳ免费版2025,  第３名！")
    'wps免费版0,第0名!'
    """
    text = unicodedata.normalize("NFKC", text).casefold().translate(_MARKS)
    text = _DIGITS.sub("0", _SPACES.sub(" ", text).strip())
    return re.sub(r"(?<![a-z0-9]) | (?![a-z0-9])", "", text)


def grams(text: str) -> set[str]:
    """Return the runs of one to three characters of a folded text, each once."""
    padded = f"\x02{text}\x03"
    return {padded[at : at + size] for size in GRAMS for at in range(len(padded) - size + 1)}


def windows(text: str) -> list[str]:
    """Return the beginning, the middle and the end of a text, a short one as a whole.

    A spinner frames its sections with a hook and a call; news does not.
    """
    if len(text) <= WINDOW * 3:
        return [text[at : at + WINDOW] for at in range(0, max(1, len(text) - WINDOW // 2), WINDOW)]
    middle = (len(text) - WINDOW) // 2
    return [text[:WINDOW], text[middle : middle + WINDOW], text[-WINDOW:]]
