"""The two languages of the pages: which one a browser asks for, and the words in it.

Templates and pages say what they say in English; a file of `zh/` for each noun has the same in Chinese.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

ENGLISH, CHINESE = "en", "zh"
_CATALOGS = Path(__file__).parent / "zh"


def language_of(accepted: str) -> str:
    """Return the language of ours that an Accept-Language header likes best.

    >>> language_of("zh-CN,zh;q=0.9,en;q=0.8"), language_of("de, en;q=0.7, zh;q=0.3"), language_of("")
    ('zh', 'en', 'en')
    """
    best, liked = ENGLISH, 0.0
    for choice in accepted.split(","):
        name, _, quality = choice.partition(";")
        language = name.strip().lower().partition("-")[0]
        likes = _quality(quality)
        if language in (ENGLISH, CHINESE) and likes > liked:
            best, liked = language, likes
    return best


def _quality(said: str) -> float:
    name, _, value = said.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def words(language: str) -> dict[str, str]:
    """Return what is said in a language for each English text; of English nothing, since it is said as it is."""
    if language == ENGLISH:
        return {}
    said: dict[str, str] = {}
    for path in sorted(_CATALOGS.glob("*.toml")):
        said |= tomllib.loads(path.read_text(encoding="utf-8"))
    return said
