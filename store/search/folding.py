"""Texts in the form in which they are compared: letter case, accents, width and traditional characters aside. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

# Half-width kana, kana with a voice mark behind them, and Hangul in letters
_IN_PARTS = re.compile("[\uff66-\uff9f]+|[\u3041-\u30ff][\u3099\u309a]|[\u1100-\u11ff]+")
_TRADITIONAL = Path(__file__).parent / "traditional.txt"
# Letters with a stroke or a hook of their own, which no decomposition takes off
_STROKED = str.maketrans({"ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ł": "l", "ŧ": "t", "æ": "ae", "œ": "oe"})
_ACCENTS = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x064B, 0x065F), (0x0670, 0x0670))  # Latin to Cyrillic, Hebrew, Arabic


def composed(text: str) -> str:
    """Return a text with kana and Hangul whole where they are written in parts; all else as it is.

    >>> composed("ｶﾞｽ") == composed("カ\u3099ス") == "ガス", composed("ＡＩ")
    (True, 'ＡＩ')
    """
    return _IN_PARTS.sub(lambda part: unicodedata.normalize("NFKC", part[0]), text)


def fold(text: str) -> str:
    """Return a text in the form in which it is compared. Each character is folded by itself, to none, one or more.

    >>> fold("Café ＡＩ臺灣的 Straße")
    'cafe ai台湾的 strasse'
    """
    return composed(text).translate(_folding())


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Return a folded text, and for each of its characters the place in `text`, which is composed, that it comes from.

    >>> fold_with_places("ﬁn")
    ('fin', [0, 0, 1])
    """
    parts = [char.translate(_folding()) for char in text]
    return "".join(parts), [place for place, part in enumerate(parts) for _ in part]


class _Folding(dict[int, str]):
    """Folds a character when it is met for the first time."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded(chr(code))
        return folded


@cache
def _folding() -> _Folding:
    return _Folding()


def _folded(char: str) -> str:
    wide = unicodedata.normalize("NFKC", char).casefold()
    letters = [part for part in unicodedata.normalize("NFD", wide) if not _is_silent(part)]
    plain = unicodedata.normalize("NFC", "".join(letters)).translate(_STROKED)
    return "".join(_simplified().get(part, part) for part in plain)


def _is_silent(char: str) -> bool:
    """Whether a character is an accent, or nothing that is seen: a joiner, a soft hyphen, a mark of direction."""
    return unicodedata.category(char) == "Cf" or any(first <= ord(char) <= last for first, last in _ACCENTS)


@cache
def _simplified() -> dict[str, str]:
    return {pair[0]: pair[1] for pair in _TRADITIONAL.read_text(encoding="utf-8").split()}
