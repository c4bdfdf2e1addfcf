"""What a person types to search, turned into a Query. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from store.errors import ConfigError
from store.search.terms import phrase

if TYPE_CHECKING:
    from store.queries import Query

LONGEST = 500  # characters of a word, and of a phrase
MOST = 50  # words in one query
_PART = re.compile(r'(?P<not>-)?(?:(?P<name>site|author|tag|before|after):)?(?:"(?P<phrase>[^"]*)"|(?P<word>\S*))')
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "『": '"', "』": '"', "：": ":", "－": "-"}
)
_DAY = re.compile(r"\d{4}(-\d\d){0,2}")
_AGE = re.compile(r"(\d+)([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 24 * 7}


def parse(text: str, base: Query, now: datetime) -> Query:
    """Return `base` with what the text says: words, "phrases", -words, site: author: tag: before: after:.

    `now` is what an age such as `after:7d` counts from; a time without a zone is in that of `now`. Quotes may be
    Chinese ones, and colons of full width.

    >>> from datetime import UTC
    >>> from store.queries import Query
    >>> parse('人工智能 "machine learning" -广告 site:news.example.com', Query(), datetime.now(UTC))
    ... # doctest: +NORMALIZE_WHITESPACE, +ELLIPSIS
    Query(words=('人工智能', 'machine learning'), without=('广告',), site='news.example.com', ...)

    Raises:
        ConfigError: the text can't be understood; the message says what is wrong.
    """
    words, without = list(base.words), list(base.without)
    fields: dict[str, Any] = {}
    for part in _PART.finditer(text.translate(_QUOTES)):
        said = (part["phrase"] if part["phrase"] is not None else part["word"]).strip()
        if part["name"]:
            name, value = _field(part["name"], said, now, is_negated=bool(part["not"]))
            fields[name] = value
        elif said:
            (without if part["not"] else words).append(_looked_for(said))
    if len(words) + len(without) > MOST or sum(map(len, (*words, *without))) > 2 * LONGEST:
        raise ConfigError(f"a search has {MOST} words of {2 * LONGEST:,} characters together at most")
    return replace(base, words=tuple(words), without=tuple(without), **fields)


def moment(said: str, now: datetime) -> datetime | date:
    """Return a moment that is written as ISO 8601 or as an age; of a day, month or year the first date.

    >>> from datetime import UTC
    >>> start = datetime(2025, 3, 10, 12, tzinfo=UTC)
    >>> [str(moment(said, start)) for said in ("2025-02-03", "2025-02", "2024")]
    ['2025-02-03', '2025-02-01', '2024-01-01']
    >>> [str(moment(said, start)) for said in ("2025-02-03T08:00", "36h")]
    ['2025-02-03 08:00:00+00:00', '2025-03-09 00:00:00+00:00']

    Raises:
        ValueError: it is none of these.
    """
    try:
        if age := _AGE.fullmatch(said):
            return now - timedelta(hours=int(age[1]) * _HOURS[age[2]])
        if _DAY.fullmatch(said):
            return date.fromisoformat(said + "-01-01"[(len(said) - 4) // 3 * 3 :])
        found = datetime.fromisoformat(said)
        return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{said[:40]!r} is no moment: write 2025-09-18, 2025-09, 2025-09-18T12:00+08:00 or an age such as 7d"
        ) from None


def _field(name: str, said: str, now: datetime, *, is_negated: bool) -> tuple[str, str | datetime | date]:
    if is_negated:
        raise ConfigError(f"-{name}: can't be excluded; only words and phrases can")
    if not said:
        raise ConfigError(f"{name}: says nothing; write for example {_EXAMPLES[name]}")
    if name in ("before", "after"):
        try:
            return {"before": "until", "after": "since"}[name], moment(said, now)
        except ValueError as error:
            raise ConfigError(f"{name}: {error}") from None
    return name, said if name == "site" else _looked_for(said)


def _looked_for(said: str) -> str:
    if len(said) > LONGEST:
        raise ConfigError(f"a word to search for has {LONGEST} characters at most")
    if phrase(said) is None:
        raise ConfigError(f"there is nothing to search for in {said!r}: no letter, digit or character")
    return said


_EXAMPLES = {
    "site": "site:news.example.com",
    "author": "author:陆晓棠",
    "tag": "tag:财经",
    "before": "before:2025-09-18",
    "after": "after:7d",
}
