"""Signs of a spun text that a reader can see, each with the passage that shows it. Pure.

They explain; the model decides. What they have in common is not a topic but a manner: a text that speaks to its reader, promises, and reports nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.items import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH = 24  # characters of a quoted passage

# Code, what to look for, weight. One sentence of each kind may stand in a genuine text, so none is enough by itself.
_SIGNS = (
    (
        "speaks-to-reader",
        re.compile(
            r"你有没有(?:想过|听说|发现)|(?:你|您|你们)(?:是否|是不是|可曾|知道吗|还在)|亲爱的(?:读者|朋友|小伙伴|网友|书友|用户)"
            r"|小伙伴们?|各位(?:看官|书友|朋友|老铁)|have you ever|are you (?:looking|tired|ready)"
            r"|dear readers|look no further",
            re.IGNORECASE,
        ),
        1.0,
    ),
    (
        "takes-along",
        re.compile(
            r"(?:带|陪)(?:你|您|大家|着你)|一探究竟|让我们一起|跟(?:着|随)(?:小编|我)|(?:小编|我)(?:就)?(?:来|给|为)(?:你|您|大家)"
            r"|揭开.{0,12}面纱|一起(?:来看看|探索|走进|揭)|let'?s dive|in this (?:article|guide),? (?:we|you)",
            re.IGNORECASE,
        ),
        1.0,
    ),
    (
        "promises",
        re.compile(
            r"免费(?:下载|观看|阅读|领取|在线)|在线(?:观看|阅读|播放)|(?:一网打尽|大呼过瘾|欲罢不能|不容错过|停不下来|应有尽有|大饱眼福)"
            r"|(?:高清|全集|完整版|无广告|破解版|最新版)(?:下载|免费|观看)?|free download|watch .{0,30}online|100% (?:working|free)"
            r"|mod apk|no (?:deposit|survey)",
            re.IGNORECASE,
        ),
        1.0,
    ),
    (
        "sections",
        re.compile(r"一、.{2,40}?(?:二、|$)|第一步[，,:：].{2,60}第二步", re.DOTALL),
        0.5,
    ),
)
_TITLE = re.compile(r"^([^，,!！?？:：]{3,20})[，,!！?？:：](.{4,})$")
_REPORTS = re.compile(
    r"\d{1,2}(?:月\d{1,2})?日[电讯，(（ ]|记者|通讯员|报道|[0-9]{4}年|据[^，。]{2,12}(?:报|称|消息|介绍)|\bsaid\b|reported"
)


def find_signs(title: str, text: str) -> tuple[Reason, ...]:
    """Return what speaks for spam, the strongest first; nothing where nobody could point at anything."""
    return tuple(sorted(_find(title, text), key=lambda reason: -reason.weight))


def _find(title: str, text: str) -> Iterator[Reason]:
    for code, pattern, weight in _SIGNS:
        whole = f"{title}\n{text}"
        if found := pattern.search(whole):
            yield Reason(code=code, detail=_passage(whole, found.start()), weight=weight)
    parts = _TITLE.match(title.strip())
    times = text.count(parts.group(1)) if parts else 0
    if parts and times >= 2:
        yield Reason(code="repeats-keyword", detail=f"「{parts.group(1)}」 {times} times", weight=0.8)
    if len(text) > 400 and not _REPORTS.search(text):
        yield Reason(code="reports-nothing", detail="no date, no reporter, no source in the whole text", weight=0.5)


def _passage(text: str, at: int) -> str:
    return text[max(0, at - 4) : at + _WIDTH].replace("\n", " ").strip()
