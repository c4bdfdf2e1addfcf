"""The language of a text, by its script; where a script serves many languages, by what the page declares."""

from __future__ import annotations

import re

_SCRIPTS = {
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
}
# Languages that share a script with the one it stands for above.
_SHARED = {"ru": {"uk", "bg", "sr", "be", "mk", "kk"}, "ar": {"fa", "ur", "ps", "ckb"}, "hi": {"mr", "ne"}}
_SAMPLE = 1_000
_SHARE = 0.2  # Japanese texts have at least this share of kana


def language_of(text: str, declared: str | None) -> str | None:
    """Return the two-letter code of a text's language. `declared` is the page's own word, as in `<html lang>`."""
    sample = text[:_SAMPLE]
    letters = sum(map(str.isalpha, sample)) or 1
    said = (declared or "").lower().replace("_", "-").partition("-")[0] or None
    for code, pattern in _SCRIPTS.items():
        if len(pattern.findall(sample)) >= letters * _SHARE:
            return said if said in _SHARED.get(code, ()) else code
    return None if said in _SCRIPTS else said
