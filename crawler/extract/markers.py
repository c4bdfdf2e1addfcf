"""What a class, an id or a heading says of the part of the page that bears it. The words are in markers.toml."""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate
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


_ZONES = [Zone(kind) for kind in _TABLE["zones"] if kind != "none"]
_KINDS: dict[str, str] = {word: kind for kind, words in _TABLE["zones"].items() for word in words.split()}
# The entries by their first two letters, longest first.
_ENTRIES = {
    start: sorted((word for word in _KINDS if word.startswith(start)), key=lambda word: -len(word.rstrip("*")))
    for start in {word[:2] for word in _KINDS}
}
_STARTS = {word[:size] for word in _KINDS for size in (1, 2, 3)}
_HEADINGS = {Zone(kind): _any(patterns) for kind, patterns in _TABLE["headings"].items()}
_IGNORED = _any(_TABLE["ignored"])
_FURNITURE = _any(_TABLE["lines"]["furniture"])
_POINTERS = _any(_TABLE["lines"]["pointers"])
_WORD = re.compile(r"(?<!\d)(?:[A-Z]*[a-z]+|[A-Z]+)")  # letters after a digit are a hash
_JOINED = 3  # words that may make up one of the table
_APPEALS = re.compile("|".join(_TABLE["lines"]["appeals"]))
_PAGE = ("html", "body", "main")  # named after what is in them
_APPEAL_WORDS = _TABLE["lines"]["appeal_words"]
_LONGEST_APPEAL = 400
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
_LONGEST_HEADING = 80


def zone_of(tag: str, names: str, role: str | None = None) -> Zone | None:
    """Return the zone that an element's class and id (`names`), its ARIA role or its tag declares."""
    for name in names.split() if tag not in _PAGE else ():
        if zone := _zone_of_name(name):
            return zone
    return _ROLES.get(role or "") or _TAGS.get(tag)


@lru_cache(maxsize=20_000)
def _zone_of_name(name: str) -> Zone | None:
    """Look up each word of a name, alone and with those after it: `read-more`, `readMore` and `readmore` are one."""
    words = _WORD.findall(name)
    said = {kind for place, word in enumerate(words) if word[:3].lower() in _STARTS and (kind := _at(words, place))}
    if not said:
        return None
    zone = next((zone for zone in _ZONES if zone in said), None)
    return None if zone is None or _IGNORED.search(name.lower()) else zone


def _at(words: list[str], place: int) -> str | None:
    """Return what the longest entry of the table says that begins here; the words of an exception count no more."""
    joined = "".join(words[place : place + _JOINED]).lower()
    for entry in _ENTRIES.get(joined[:2], ()):
        if joined.startswith(entry.rstrip("*")) and (entry[-1] == "*" or _ends_word(entry, words[place:])):
            if _KINDS[entry] == "none":
                words[place:] = [""] * (len(words) - place)
            return _KINDS[entry]
    return None


def _ends_word(entry: str, words: list[str]) -> bool:
    return len(entry) in accumulate(map(len, words[:_JOINED]))


@lru_cache(maxsize=5_000)
def zone_of_heading(text: str) -> Zone | None:
    """Return the zone that a heading opens.

    >>> zone_of_heading("相关文章：")
    <Zone.RELATED: 'related'>
    """
    if len(text) > _LONGEST_HEADING:
        return None
    text = text.strip(_HEADING_EDGES)
    return next((zone for zone, pattern in _HEADINGS.items() if pattern.fullmatch(text)), None)


def is_furniture(text: str) -> bool:
    """Tell a line that serves the page (print, share, next page) from one that belongs to a text."""
    return len(text) <= 220 and _FURNITURE.fullmatch(text) is not None


def is_pointer(text: str) -> bool:
    """Tell a line that only leads to another page ("Related: …"), as far as its words go."""
    return _POINTERS.fullmatch(text) is not None


def is_appeal(text: str) -> bool:
    """Tell a line that asks the reader for something: to subscribe, to follow, to consent."""
    if len(text) > _LONGEST_APPEAL:
        return False
    lowered = text.lower()
    return any(word in lowered for word in _APPEAL_WORDS) and _APPEALS.search(lowered) is not None
