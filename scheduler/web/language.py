"""The two languages of the pages: which one a browser asks for, and the words in it.

Templates and pages say what they say in English; a file of `zh/` for each noun has the same in Chinese. What is said to
programs stays English.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Self

ENGLISH, CHINESE = "en", "zh"
_CATALOGS = Path(__file__).parent / "zh"
_GAP = re.compile(r"%\((\w+)\)s")
_FILLS = {"by": r"\S+", "id": r"\S+", "status": r"\S+", "done": r"\S+"}  # where a sentence of others could stand else
_LONGEST = 1000  # characters of what is heard


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


class Said(str):
    """A text in English that can be told in another language, since it knows what was filled in where."""

    __slots__ = ("text", "values")

    text: str
    values: dict[str, Any]

    def __new__(cls, text: str, values: dict[str, Any]) -> Self:
        made = super().__new__(cls, text % values if values else text)
        made.text, made.values = text, values
        return made


def said(text: str, **values: Any) -> Said:
    """Return a text that a page says; with values, it has their names as `%(name)s`.

    >>> said("there is no run %(run)s", run="a-1")
    'there is no run a-1'
    """
    return Said(text, values)


def told(text: str, language: str) -> str:
    """Return a text in a language; one that there are no words for stays as it is.

    >>> told(said("%(time)s ago", time="3 小时"), CHINESE), told("demo", CHINESE)
    ('3 小时前', 'demo')
    """
    if not isinstance(text, Said):
        return words(language).get(text, text)
    known = words(language).get(text.text)
    if known is None or not text.values:
        return known or text
    return known % {
        name: told(each, language) if isinstance(each, Said) else each for name, each in text.values.items()
    }


def heard(text: str, catalog: str) -> Said | None:
    """Return what a layer beneath says, which knows English alone, as one of the texts of a catalog; None if it's none.

    >>> told(heard("ada has restored it already", "refusals"), CHINESE)
    'ada 已经收录过'
    """
    if text in _catalog(catalog):
        return Said(text, {})
    for pattern, known in _patterns(catalog) if len(text) <= _LONGEST else ():
        if found := pattern.fullmatch(text):
            return Said(known, {name: _filled(name, each, catalog) for name, each in found.groupdict().items()})
    return None


def _filled(gap: str, value: str, catalog: str) -> str:
    """Return what was filled in, to be told in turn where it is a sentence or a word of ours."""
    if gap in ("done", "status"):
        return Said(value, {})
    return (heard(value, catalog) or value) if gap == "problem" else value


@cache
def _patterns(catalog: str) -> list[tuple[re.Pattern[str], str]]:
    """Return what the texts of a catalog look like when filled in, those with most words of their own first."""
    texts = sorted((text for text in _catalog(catalog) if "%(" in text), key=lambda text: -len(_GAP.sub("", text)))
    return [(re.compile(_pattern(text), re.DOTALL), text) for text in texts]


def _pattern(text: str) -> str:
    parts = _GAP.split(text)  # in turn words and the name of a gap
    return "".join(
        f"(?P<{part}>{_FILLS.get(part, '.+?')})" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )


@cache
def words(language: str) -> dict[str, str]:
    """Return what is said in a language for each English text; of English nothing, since it is said as it is."""
    if language == ENGLISH:
        return {}
    known: dict[str, str] = {}
    for path in sorted(_CATALOGS.glob("*.toml")):
        known |= _catalog(path.stem)
    return known


@cache
def _catalog(noun: str) -> dict[str, str]:
    return tomllib.loads((_CATALOGS / f"{noun}.toml").read_text(encoding="utf-8"))
