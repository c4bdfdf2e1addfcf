"""What a class, an id or a heading says of the part of the page that bears it. The words are in markers.toml."""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from functools import lru_cache
from pathlib import Path


class Zone(StrEnum):
    """A part of the page that is not the article's text."""

    HIDDEN = "hidden"
    COMMENTS = "comments"
    RELATED = "related"
    ELSEWHERE = "elsewhere"
    SHARE = "share"
    NAVIGATION = "navigation"
    ASIDE = "aside"
    ADVERT = "advert"
    LEGAL = "legal"
    SERVICE = "service"
    BYLINE = "byline"


_TABLE = tomllib.loads(Path(__file__).with_name("markers.toml").read_text(encoding="utf-8"))


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_WORD = "(?<![a-z])"


def _names(patterns: list[str]) -> re.Pattern[str]:
    """Compile patterns for names; those that must begin a word share one look behind, which is many times quicker."""
    at_word = "|".join(pattern.removeprefix(_WORD) for pattern in patterns if pattern.startswith(_WORD))
    anywhere = [pattern for pattern in patterns if not pattern.startswith(_WORD)]
    return re.compile("|".join([*anywhere, f"{_WORD}(?:{at_word})"] if at_word else anywhere))


_ZONES = {Zone(kind): _names(patterns) for kind, patterns in _TABLE["zones"].items()}
_HEADINGS = {Zone(kind): _any(patterns) for kind, patterns in _TABLE["headings"].items()}
_IGNORED = _any(_TABLE["ignored"])
_FURNITURE = _any(_TABLE["lines"]["furniture"])
_POINTERS = _any(_TABLE["lines"]["pointers"])
_TAGS = {
    "nav": Zone.NAVIGATION,
    "aside": Zone.ASIDE,
    "footer": Zone.ASIDE,
    "form": Zone.SERVICE,
    "menu": Zone.NAVIGATION,
}
_ROLES = {
    "dialog": Zone.SERVICE,
    "alertdialog": Zone.SERVICE,
    "search": Zone.SERVICE,
    "navigation": Zone.NAVIGATION,
    "complementary": Zone.ASIDE,
    "contentinfo": Zone.ASIDE,
}
_HEADING_EDGES = " \t:：>»›…·|-–—【】[]■◆●▼★?？+"


def zone_of(tag: str, names: str, role: str | None = None) -> Zone | None:
    """Return the zone that an element's class and id (`names`), its ARIA role or its tag declares."""
    for name in names.split():
        if zone := _zone_of_name(name):
            return zone
    return _ROLES.get(role or "") or _TAGS.get(tag)


@lru_cache(maxsize=20_000)
def _zone_of_name(name: str) -> Zone | None:
    name = name.lower()
    if _IGNORED.search(name):
        return None
    return next((zone for zone, pattern in _ZONES.items() if pattern.search(name)), None)


@lru_cache(maxsize=5_000)
def zone_of_heading(text: str) -> Zone | None:
    """Return the zone that a heading opens.

    >>> zone_of_heading("相关文章：")
    <Zone.RELATED: 'related'>
    """
    if len(text) > 80:
        return None
    text = text.strip(_HEADING_EDGES)
    return next((zone for zone, pattern in _HEADINGS.items() if pattern.fullmatch(text)), None)


def is_furniture(text: str) -> bool:
    """Tell a line that serves the page (print, share, next page) from one that belongs to a text."""
    return len(text) <= 220 and _FURNITURE.fullmatch(text) is not None


def is_pointer(text: str) -> bool:
    """Tell a line that only leads to another page ("Related: …"), as far as its words go."""
    return _POINTERS.fullmatch(text) is not None
