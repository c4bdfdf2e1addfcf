"""What a reader can check of spun text: each signal with the passage that shows it. Pure, and no verdict of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTENCE = re.compile(r"[^\s。！？!?…][^。！？!?…\n]{3,}?(?:[。！？!?…\n]|\.(?=\s)|$)", re.MULTILINE)
_LONGEST = 40  # characters of a passage that a reason shows


class Signal(NamedTuple):
    """`passage` stands in the title or the text as it is; `detail` quotes it in words for a reader."""

    code: str
    detail: str
    passage: str


_PHRASES = {
    "second-person": (
        "speaks to the reader",
        re.compile(
            r"你(?:有没有|是不是|是否|还在|准备好|知道吗|想过|听说过)|(?:带|教|让|陪|为|给|告诉|帮|等着)[你您]|"
            r"[你您](?:一定|只需|只要|也能|还等|缺的|的梦|的青春|喜欢)|亲爱的|(?:小伙伴|姐妹|朋友|宝妈|家人)们|"
            r"\b(?:are you|do you|have you ever|if you|you(?:'ll| will| can| need| deserve| won't| have)|your)\b",
            re.IGNORECASE,
        ),
    ),
    "promise": (
        "promises something for nothing",
        re.compile(
            r"免费(?:观看|下载|阅读|领取|看|玩|版|提取|分享|进|好用|又)|(?:在线|永久|高清)?免费|破解版|无广告|一键|无需|不花|"
            r"一网打尽|应有尽有|轻松(?:搞定|点开|找到|到手)|随时随地|秒(?:变|到)|"
            r"\b(?:free|for free|unlock(?:s|ed)?|no (?:survey|deposit|sign ?up|hassle|ads)|"
            r"without spending|unlimited|instantly?)\b",
            re.IGNORECASE,
        ),
    ),
    "call": (
        "calls on the reader to go on",
        re.compile(
            r"(?:接着|继续|往|请)往?下(?:看|阅读|滑|拉|聊)|(?:让|跟|随)(?:我们|我|小编|着我)[^。！？!?]{0,6}(?:一起|一同|来|走进|看看|慢慢)|"
            r"一探究竟|(?:赶紧|赶快|快来|快快|别忘了|不妨|速来|千万别|一起来)|话不多说|(?:下面|接下来|今天)[,，]?(?:就|让|我)|"
            r"答案(?:就|是|马上|揭晓)|揭(?:开|秘|晓)|收藏(?:起来|本站|吧|再看)|点赞|拭目以待|且听|小编|"
            r"\b(?:let(?:'s| us)|read on|keep reading|look no further|click|scroll down|stick around|"
            r"don't miss|get started|bookmark|follow (?:our|these)|in this (?:article|post|guide)|"
            r"here(?:'s| is| you)|discover)\b",
            re.IGNORECASE,
        ),
    ),
    "numbered-sections": (
        "is cut into numbered sections",
        re.compile(
            r"(?:^|[\n。！？!?])\s*(?:[一二三四五六七八九]、|\d{1,2}\s?[.、．](?!\d))[^\n。！？!?]{2,24}", re.MULTILINE
        ),
    ),
}
_SOURCE = re.compile(
    r"\d{1,2}月\d{1,2}日|\d{1,2}日[,，]?(?:电|讯|从|在|上午|下午|晚|消息)|记者|通讯员|本报|(?:新华|中新)(?:社|网)|据[^。，,]{2,16}(?:报道|消息|通报)|"
    r"(?:介绍|表示|指出|透露|通报|发布|公布)|\b(?:said|says|told|reported|according to|announced|spokes\w+|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
    re.IGNORECASE,
)
_SLOGAN = re.compile(r"^[^,，]{3,20}[,，][^,，]{4,20}$")
_KEYWORD = range(24, 3, -1)  # lengths of a search word: longer ones are a whole headline
_OFTEN = 3  # of the same keyword: genuine reports rarely pass two in an excerpt
_TELLING = 40  # characters in which a report has named its source or date


def signals(title: str, text: str) -> list[Signal]:
    """Return at most one of each signal.

    >>> [found.code for found in signals("海量壁纸下载，美出新高度", "你有没有想过，海量壁纸下载其实很简单？")]
    ['second-person', 'slogan-title']
    """
    return list(_find(title, text))


def _find(title: str, text: str) -> Iterator[Signal]:
    for code, (words, pattern) in _PHRASES.items():
        if match := pattern.search(text):
            passage = _around(text, match.start(), match.end())
            yield Signal(code, f"{words}: 「{passage}」", passage)
    yield from _keyword_signals(title, text)
    if len(text) >= _TELLING and not _SOURCE.search(text):
        opening = clip(text)
        yield Signal("no-source", f"names no source, date or reporter: 「{opening}」", opening)


def clip(passage: str) -> str:
    """Return the head of a passage, short enough to be shown, as it stands in the text."""
    return passage.strip()[:_LONGEST]


def _keyword_signals(title: str, text: str) -> Iterator[Signal]:
    head, body = title.strip().lower(), text.lower()
    keyword = next((head[:size].strip() for size in _KEYWORD if size <= len(head) and head[:size] in body), "")
    if keyword and _SLOGAN.search(title):
        yield Signal("slogan-title", f"the title is a search word with a slogan: 「{clip(title)}」", clip(title))
    if keyword and (times := body.count(keyword)) >= _OFTEN:
        yield Signal("keyword-repeated", f"repeats the title's words {times} times: 「{keyword}」", keyword)


def _around(text: str, start: int, end: int) -> str:
    """Return the sentence that holds a match, cut around it."""
    sentence = next((m for m in SENTENCE.finditer(text) if m.start() <= end - 1 < m.end()), None)
    if sentence is None:
        return clip(text[start:end])
    return clip(text[max(sentence.start(), end - _LONGEST) : sentence.end()])
