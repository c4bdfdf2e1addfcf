"""Who wrote an article, who reported it first (来源), and the section it stands in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.document import text_of
from crawler.extract.evidence import Candidate
from crawler.extract.metadata import strings
from crawler.extract.outline import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crawler.extract.info import Info, Mark
    from crawler.extract.metadata import Metadata
    from crawler.extract.outline import Line

_GAP = (
    r"(?=\s{2,}|\s*[|｜丨\]】）)（(【\[,;，；。]|\s*(?:作\s*者|记\s*者|来\s*源|编\s*辑|责\s*编|责任|发布|时间|日期|点击"
    r"|浏览|阅读|字号|审核|校对|\d{4})|$)"
)
_NAME = rf"(?P<name>[^\s:：|｜/][^:：|｜\n]{{0,50}}?(?:\s?[（(][A-Za-z][A-Za-z .'-]+[)）])?){_GAP}"
_AUTHOR = re.compile(
    rf"(?:作\s*者|撰\s*文|撰稿|文\s*[/／]|(?<![\w])文\s*[|｜丨:：]|原作者|发布者|发布人|楼主)\s*[:：/／|｜丨]?\s*{_NAME}"
)
_REPORTER = re.compile(rf"(?:记\s*者|通讯员|供稿)\s*[:：/／|｜丨]?\s*{_NAME}")
_EDITOR = re.compile(rf"(?:责任编辑|责\s*编|编\s*辑|编\s*审|小编)\s*[:：/／|｜丨]\s*{_NAME}")
_SOURCE = re.compile(rf"(?:来\s*源\s*(?:于|自)?|信息来源|稿源|转自|摘自|出\s*处)\s*[:：/|]\s*{_NAME}")
_BY = re.compile(
    r"^\s*(?:(?:written|posted|published|reported|words|story|review(?:ed)?)\s+)?(?:by|por|par|von|di|door|av|af|przez)[:\s]"
    r"\s*(?P<name>[^\d|•·]{3,80}?)(?=\s{2,}|\s*[|•·–—(]|\s+-\s|\s+(?:(?:on|in)\s|(?:updated|published|posted|last)\b)|,?\s*\+?\d"
    r"|,\s+(?:staff|senior|contribut|editor|reporter|the\b)|$)",
    re.IGNORECASE,
)
_IN_TEXT = re.compile(
    r"[（(](?:[^()（）]{0,12}?)(?:记者|通讯员|作者|撰文|文)\s*[:：/]?\s*(?P<name>[\u4e00-\u9fff·、，,\s和]{2,40})[)）]"
)
_AUTHOR_NAMES = re.compile(
    r"(?<![a-z])(author|byline|writer|zuozhe|user|nickname|contributor|creator|editor|fn)s?"
    r"(?![a-z]*(bio|desc|image|avatar|info-text))",
    re.IGNORECASE,
)
_SOURCE_NAMES = re.compile(r"(?<![a-z])(source|laiyuan|origin|media)(?![a-z])", re.IGNORECASE)
_SECTION_NAMES = re.compile(
    r"(?<![a-z])(cat(?:e|egory|egories|-links)?|section|channel|column|lanmu|kicker|eyebrow)(?![a-z])", re.IGNORECASE
)
_TAG_NAMES = re.compile(r"(?<![a-z])(tags?|tag-?links|keywords?|biaoqian)(?![a-z])", re.IGNORECASE)
_NOISE = re.compile(
    r"https?://\S+|\S+@\S+|^\s*(?:by|von|por|par|written by|posted by|author|作者|记者|编辑|来源|文)\s*[:：/]?\s+"
    r"|^\s*(?:作者|记者|编辑|来源)\s*[:：]\s*|\s*[（(][^()（）]*$|\s*(?:\||•|·(?!\S))\s*.*$|\s+\d{4}.*$"
    r"|\s*(?:的博客|的个人主页)$",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:[,;、，；&/／|]|\band\b|\by\b|\bund\b|\bet\b|\s{2,}|[\n])\s*", re.IGNORECASE)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_AUTHOR_PATH = re.compile(
    r"/(authors?|by|people|profiles?|contributors?|writers?|staff|columnists?|bios?|experts?)/[^/?#]+", re.IGNORECASE
)
_WRITTEN = re.compile(
    r"\b(?:(?:written|posted|published|reported|reporting|produced|story)(?:\s+on\s[^|]{4,40}?)?\s+by|as told to)\s+"
    r"(?P<name>[A-Z][^\d|•·,;:]{2,50}?)(?=\s{2,}|\s*[|•·–—(,;]|\.?$|\.\s)"
)
_LATIN_NAME = re.compile(r"[A-Z][\w'’.-]+(?: (?:[A-Z][\w'’.-]*|de|van|von|der|al|bin|la)){1,3}")
_NO_NAME = re.compile(
    r"[=<>{}\"“”《》。！？!?；]"
    r"|^(?:by|posted by|articles? by.*|written by|published by|edited by|reviewed by|more by.*|fact checked.*|follow.*"
    r"|(?:learn|read|see|view) (?:more|all).*|share.*|about.*|contact.*|comments?|subscribe|sign (?:up|in)|rss|bluesky"
    r"|twitter|facebook|linkedin|instagram|youtube|mastodon|threads|updated.*|published.*|.*min(?:ute)? read"
    r"|(?:head|director|chief|vice president|senior|licensed)\b.*|MD|PhD|M\.?[AD]\..*|(?:[ECMP][SD]T|GMT|UTC|IST|BST)"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d+)$"
    r"|\b(?:by|from|with|the)$|记者|编辑|来源|时间|点击|阅读|浏览|^[我你他她它这那]",
    re.IGNORECASE,
)
_LONGEST_HAN = 8  # characters of a Chinese name or pen name; longer ones are offices and houses
_OFFICE = re.compile(
    r"(?:社|报|网|台|频道|工作室|工作组|委|委员会|办|办公室|局|厅|部|院|政府|中心|公司|集团|大学|杂志|周刊|评论员|小组)$"
)
_ALONE = re.compile(
    r"(?P<zh>作者|文)\s*[:：]?|(?P<en>(?:written |words |posted |story )?by|author|authors)\s*:?", re.IGNORECASE
)
_JOINED = {"zh": "作者：", "en": "by "}
_META_AUTHOR = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "byl",
    "cxenseparse:author",
)
# The commonest surnames of China; few people bear another.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖"
    "石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
_LABEL = 60  # a line of the text this short may be a byline
_HOME = frozenset({"首页", "主页", "网站首页", "home", "homepage", "首頁", "start", "inicio"})
_CRUMB = re.compile(r"(?:位置|首页|home)\s*[:：>›»/]|[>›»]", re.IGNORECASE)


def author_candidates(info: Info, data: Metadata) -> Iterator[Candidate[list[str]]]:
    """Yield the authors that each place names, most trusted first; the house itself only where no person is named."""
    signed = _all_names(_labelled(_AUTHOR, _head(info)) + _labelled(_BY, _head(info)))
    house = {fold(name) for name in (*data.names("publisher"), data.first("og:site_name") or "") if name}
    late = []
    for source, texts in _author_places(info, data):
        names = _all_names(texts)
        if 0 < len(names) < len(signed) and all(any(name in other for other in signed) for name in names):
            yield Candidate(signed, f"a signature beside the headline, {source} names some")
        if names and all(fold(name) in house for name in names):
            late.append(Candidate(names, source))
        elif names:
            yield Candidate(names, source)
    yield from late


def _all_names(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for raw in texts for name in _names(raw)))


def _head(info: Info) -> list[str]:
    return list(_with_labels((*info.head, *info.before)))


def _author_places(info: Info, data: Metadata) -> Iterator[tuple[str, Iterable[str]]]:
    head = _head(info)
    edges = [line.printed for line in (*info.opening, *info.closing)]
    tail = [line.printed for line in info.tail] + [text for text in edges if len(text) <= _LABEL]
    marks, named = info.marks, [mark for mark in info.marks if _AUTHOR_NAMES.search(mark.names)]
    yield "JSON-LD", (name for name in data.names("author") if not name.lstrip().startswith((",", "@")))
    yield "作者 beside the headline", _labelled(_AUTHOR, head)
    yield "a signature beside the headline", _labelled(_BY, head)
    yield "a link to the author", _first_names(mark.text for mark in marks if _is_author_link(mark))
    yield "meta", filter(None, [data.first(*_META_AUTHOR)])
    yield "a class name beside the headline", _first_names(mark.text for mark in named)
    yield "记者", [*_labelled(_REPORTER, head), *_labelled(_REPORTER, tail)]
    yield "作者 under the text", _labelled(_AUTHOR, tail)
    yield "a signature under the text", _labelled(_BY, tail)
    yield "a signature in the text", [*_labelled(_IN_TEXT, edges), *_labelled(_WRITTEN, (*head, *tail, *edges))]
    yield "JSON-LD creator", strings(data.linked.get("creator"))
    yield "编辑", [*_labelled(_EDITOR, head), *_labelled(_EDITOR, tail)]
    lines = (*info.head, *info.before, *info.opening[:2], *info.closing[:1])
    yield "a name on a line of its own", [line.text for line in lines if _is_bare_name(line.text)]
    yield "来源", [text for text in _labelled(_SOURCE, (*head, *tail)) if _is_bare_name(text)]
    yield "a name that is printed again under the text", _repeated(info)


def _first_names(texts: Iterable[str]) -> list[str]:
    """Return the first text that holds a name."""
    return next(([text] for text in texts if any(_names(text))), [])


def _repeated(info: Info) -> Iterator[str]:
    """Yield the lines beside the headline that are a Latin name with which a line under the text begins too."""
    below = [line.text for line in (*info.tail, *info.closing)]
    for line in info.head:
        if _LATIN_NAME.fullmatch(line.text) and any(text.startswith(line.text) for text in below):
            yield line.text


def _with_labels(lines: Iterable[Line]) -> Iterator[str]:
    """Yield the lines, a label that stands alone ("Author") joined to the line after it."""
    label = ""
    for line in lines:
        text = line.printed
        yield label + text
        alone = _ALONE.fullmatch(line.text)
        label = _JOINED[alone.lastgroup or ""] if alone else ""


def _is_author_link(mark: Mark) -> bool:
    leads = mark.element.tag == "a" and _AUTHOR_PATH.search(mark.element.get("href") or "")
    return "author" in mark.rel.split() or mark.prop == "author" or bool(leads)


def _is_bare_name(text: str) -> bool:
    """Tell a line that is a Chinese personal name and nothing else: old pages print the author so."""
    return 2 <= len(text) <= 4 and all(map(_HAN.match, text)) and text[0] in _SURNAMES


def find_source(info: Info, data: Metadata) -> str | None:
    """Return who reported it first, as printed."""
    head = [line.printed for line in (*info.head, *info.before)]
    tail = [line.printed for line in (*info.tail, *info.closing)]
    printed = (
        *_labelled(_SOURCE, head),
        *_marked(info.marks, lambda mark: bool(_SOURCE_NAMES.search(mark.names)) and mark.above),
        data.first("source", "mediaid", "og:article:source") or "",
        *_labelled(_SOURCE, tail),
    )
    names = (_NOISE.sub("", text).strip(" :：|/") for text in printed)
    return next((name for name in names if 1 < len(name) <= 40), None)


def find_category(info: Info, data: Metadata, crumbs: list[str]) -> str | None:
    """Return the section: what the page links as its category, else the last step of its path, else what it says."""
    places = (
        [mark.text for mark in info.marks if "category" in mark.rel.split()],
        [mark.text for mark in info.marks if _SECTION_NAMES.search(mark.names) and not mark.moment],
        crumbs[-1:],
        strings(data.linked.get("articleSection"))[:1],
        [data.first("article:section", "section", "og:category") or ""],
    )
    names = (text.strip(" #>/|：:[]【】") for texts in places for text in texts)
    return next((name for name in names if 1 < len(name) <= 40 and not _is_dated(name)), None)


def find_tags(info: Info, data: Metadata) -> list[str]:
    """Return the article's tags: its tag links, else its keywords."""
    named = (link for mark in info.marks if _TAG_NAMES.search(mark.names) for link in mark.element.iter("a"))
    linked = [mark.text for mark in info.marks if mark.rel.split() == ["tag"]] or [text_of(link) for link in named]
    said = strings(data.linked.get("keywords")) or [data.first("news_keywords", "keywords") or ""]
    tags = linked or [part for text in said for part in re.split(r"\s*[,，;；、|]\s*", text)]
    return list(dict.fromkeys(tag.strip(" #") for tag in tags if 0 < len(tag.strip(" #")) <= 40))[:20]


def find_crumbs(lines: Iterable[Line], title: str) -> list[str]:
    """Return the linked steps of the path printed above the headline, the home page left out."""
    for line in lines:
        if line.linked and len(line.text) <= 120 and _CRUMB.search(line.text):
            steps = [text_of(a) for a in line.box.element.iter("a")]
            return [step for step in steps if step and step != title and step.casefold() not in _HOME]
    return []


def _labelled(pattern: re.Pattern[str], texts: Iterable[str]) -> list[str]:
    return [match["name"] for text in texts for match in pattern.finditer(text)]


def _marked(marks: Iterable[Mark], accepts: Callable[[Mark], bool]) -> list[str]:
    """Return the texts of the accepted marks, those inside another accepted one left out."""
    texts = [mark.text for mark in marks if mark.text and accepts(mark)]
    return texts[:1] if texts else []


def _names(raw: str) -> Iterator[str]:
    raw = _NOISE.sub("", " ".join(raw.split()) if not _HAN.search(raw) else raw)
    for part in _SPLIT.split(raw):
        name = part.strip(" \t.:：-–—·*@（）[]【】\"'“”")
        name = name if "(" in name else name.rstrip(")")
        words = name.split()
        if _HAN.search(name) and len(words) > 1 and all(len(word) <= 4 and _HAN.match(word) for word in words):
            yield from words
        elif 1 < len(name) <= 40 and len(words) <= 6 and _may_be_name(name):
            yield name


def _may_be_name(name: str) -> bool:
    """Tell a name from a date, a label and a piece of a sentence."""
    if name.isdigit() or _is_dated(name) or _NO_NAME.search(name):
        return False
    return len(_HAN.findall(name)) <= _LONGEST_HAN or bool(_OFFICE.search(name))


def _is_dated(text: str) -> bool:
    return bool(re.search(r"\d{4}|\d+\s*(?:分钟|小时|天|周|个月|年)前|\bago\b|\d:\d\d", text))
