"""How pages write numbers, times and what the service says of itself, in either language. Pure."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from markupsafe import Markup, escape

from scheduler import spans
from scheduler.web.language import CHINESE, ENGLISH, Said, heard, said, told, words
from scheduler.web.legible import legible
from store.runs import STATES
from store.schema import STATUSES

_UNITS = {ENGLISH: spans.UNITS, CHINESE: ("天", "小时", "分", "秒")}
_DROPPED = re.compile(r"(article|teaser) (\w+): (.+)", re.DOTALL)
_EVERY = re.compile(r"every ([\d.e+]+)([dhms])")  # as `scheduler.jobs` writes it
_NAMED = re.compile(r"%\(|\w+:")
_LETTERS = {"d": "天", "h": "小时", "m": "分钟", "s": "秒"}

# What `live.js` says
_LIVE = (
    *(said("now"), said("in %(time)s"), said("%(time)s ago"), said("connection lost; trying again")),
    *(said("The service does not answer."), said("%(item)s %(verdict)s: %(code)s"), said("article"), said("teaser")),
    *STATUSES,
    *STATES,
)


def live_words(language: str) -> str:
    """Return as JSON what the script of the pages says, and the units it counts time in."""
    known = {text: told(text, language) for text in _LIVE}
    return json.dumps({"units": _UNITS[language], "said": known}, ensure_ascii=False)


def duration(seconds: float, language: str = ENGLISH) -> str:
    """Write how long something took, as `scheduler.spans` does.

    >>> duration(75), duration(75, CHINESE)
    ('1 min 15 s', '1 分 15 秒')
    """
    return spans.duration(seconds, _UNITS[language])


def moment(at: datetime | None) -> Markup:
    """Write a moment: local time of the service, which the page's script turns into that of its reader."""
    if at is None:
        return Markup("")
    iso = at.astimezone(UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(iso, f"{at.astimezone():%Y-%m-%d %H:%M:%S}")


def distance(at: datetime, now: datetime, language: str = ENGLISH) -> Markup:
    """Write how far a moment is, with the moment itself at hand.

    >>> from datetime import timedelta
    >>> start = datetime(2025, 1, 1, tzinfo=UTC)
    >>> distance(start, start + timedelta(hours=3)).striptags()
    '3 h ago'
    >>> distance(start, start + timedelta(hours=3), CHINESE).striptags()
    '3 小时前'
    """
    return _distance(at, (at - now).total_seconds(), "", language)


def due(at: datetime, now: datetime, language: str = ENGLISH) -> Markup:
    """Write how far off what is due is: one that is late is due now, however long it has waited.

    >>> from datetime import timedelta
    >>> start = datetime(2025, 1, 1, tzinfo=UTC)
    >>> due(start, start + timedelta(hours=3)).striptags(), due(start + timedelta(hours=3), start).striptags()
    ('now', 'in 3 h')
    """
    return _distance(at, max(0.0, (at - now).total_seconds()), "data-due ", language)


def _distance(at: datetime, seconds: float, mark: str, language: str) -> Markup:
    time = duration(abs(seconds), language)
    if abs(seconds) < 1:
        words = said("now")
    else:
        words = said("in %(time)s", time=time) if seconds > 0 else said("%(time)s ago", time=time)
    iso = at.astimezone(UTC).isoformat(timespec="seconds")
    return Markup('<time data-distance {}datetime="{}" title="{}">{}</time>').format(
        mark, iso, f"{at.astimezone():%Y-%m-%d %H:%M:%S %Z}", told(words, language)
    )


def schedule(text: str, language: str = ENGLISH) -> str:
    """Write a schedule, which the service tells in English.

    >>> schedule("every 30m, not 23:00-06:00", CHINESE), schedule("0 6 * * *", CHINESE), schedule("every 1h")
    ('每 30 分钟，23:00-06:00 除外', '0 6 * * *', 'every 1h')
    """
    often, _, quiet = text.partition(", not ")
    every = _EVERY.fullmatch(often)
    if every and language == CHINESE:
        often = f"每 {every[1]} {_LETTERS[every[2]]}"
    often = told(often, language)
    return told(said("%(often)s, not %(quiet)s", often=often, quiet=quiet), language) if quiet else often


def dropped(reason: str, language: str = ENGLISH) -> str:
    """Write why a run dropped something, as its counts name it: what it was, its verdict and the code of a reason.

    >>> dropped("teaser rejected: hook", CHINESE), dropped("teaser rejected: hook")
    ('链接拒绝：hook', 'teaser rejected: hook')
    """
    parts = _DROPPED.fullmatch(reason)
    if parts is None:
        return reason
    item, verdict = told(parts[1], language), told(parts[2], language)
    return told(said("%(item)s %(verdict)s: %(code)s", item=item, verdict=verdict, code=parts[3]), language)


def reason(detail: str, language: str = ENGLISH) -> str:
    """Write what a reason says of a text, and the passage that it cites as it is.

    >>> reason("repeats the title's words 4 times: 「壁纸」", CHINESE), reason("no running text", CHINESE)
    ('标题词重复 4 次：「壁纸」', '没有成段的正文')
    """
    sentence, colon, passage = detail.partition(": 「")
    known = heard(sentence, "reasons")
    if known is None or language == ENGLISH:
        return detail
    return f"{told(known, language)}：「{passage}" if colon else told(known, language)


def refusal(text: str, language: str = ENGLISH, *, opens: bool = False) -> Markup:
    """Write what is wrong; where there are no words for it but English ones, that is marked.

    With `opens` it begins a sentence, in a capital unless with what was filled in or the name of a parameter.

    >>> refusal("it is rejected by now; look at it again", CHINESE), refusal("out of paper", CHINESE)
    (Markup('现在的判定是拒绝，请重新查看'), Markup('<span lang="en">out of paper</span>'))
    """
    known = text if isinstance(text, Said) else heard(text, "refusals")
    if known is None and text in words(CHINESE):
        known = Said(text, {})
    if known is None:
        return (
            escape(legible(text)) if language == ENGLISH else Markup('<span lang="en">{}</span>').format(legible(text))
        )
    said_so = legible(told(known, language))
    return escape(said_so[:1].upper() + said_so[1:] if opens and not _NAMED.match(known.text) else said_so)


def number(value: float) -> str:
    """Write a number with its thousands set apart.

    >>> number(1234567)
    '1,234,567'
    """
    return f"{value:,}"


def address(url: str) -> str:
    """Write an address as short as it can be told.

    >>> address("https://www.example.com/")
    'www.example.com'
    """
    return url.partition("://")[2].removesuffix("/")
