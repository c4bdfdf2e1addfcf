"""Rules over addresses alone: which may be an article, which a list, which lead nowhere. Pure, knows no page."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urldefrag, urljoin, urlsplit

from tldextract import TLDExtract

MAX_LENGTH = 2000
_MAX_REPEATED = 8  # more segments that occurred before in the same path: a link that is appended to itself
_DEFAULT_PORTS = {"http": 80, "https": 443}
# No suffix list is fetched and nothing is written: the snapshot that comes with the package is used.
_split = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

_ASSET = re.compile(
    r"\.(jpe?g|png|gif|webp|avif|svg|ico|bmp|css|m?js|json|woff2?|ttf|mp[34]|m4[av]|avi|mov|wmv|flv|webm|wav|ogg"
    r"|pdf|docx?|xlsx?|pptx?|zip|rar|7z|gz|tgz|exe|apk|dmg|iso|xml|rss|atom)$",
    re.IGNORECASE,
)
_END = r"(?:[-_]?\d+)*(?:\.[a-z]{3,5})?"  # author-1_10.html is the tenth page of author 1
_JUNK_SEGMENT = re.compile(
    r"(?:tags?|authors?|users?|members?|profiles?|search(?:es)?|log-?(?:in|out)|sign-?(?:in|up|out)|register|passport"
    r"|account|subscribe|subscriptions?|newsletters?|comment-page|trackback|cart|wp-(?:admin|json|login|includes)"
    r"|xmlrpc|zb_system)" + _END,
    re.IGNORECASE,
)
# A folder of such a name may be a channel that holds articles, so only the last segment counts.
_JUNK_LAST = re.compile(
    r"(?:comments|archives?|feeds?|rss|atom|amp|print|about(?:-?us)?|contacts?(?:-?us)?|privacy(?:-policy)?|so|date"
    r"|cookies?(?:-policy)?|terms(?:-(?:of-use|of-service|and-conditions))?|legal|disclaimer|imprint|impressum"
    r"|copyright|advertis(?:e|ing)|jobs|careers|help|faqs?|site-?map|guestbook|friend-?links?|share|download)" + _END,
    re.IGNORECASE,
)
_SECTION_SEGMENT = re.compile(
    r"(?:categor(?:y|ies)|cat|sections?|channels?|topics?|col|node|list|page)" + _END, re.IGNORECASE
)
_INDEX = re.compile(r"(?:index|default|home|main)(?:_\d+)?(?:\.[a-z]{3,5})?", re.IGNORECASE)
# PHPCMS writes its articles as ?m=content&catid=6&id=12 and ThinkPHP as ?s=/news/12: not every m, s or catid is junk.
_JUNK_QUERY = re.compile(
    r"(?:^|&)(?:(?:q|wd|keywords?|search|replytocom|share|feed|redirect_to|return_?url|author|tag|calendar|sort|sortby"
    r"|order|orderby|filter|print)=|s=(?!/|%2f)|(?:m|year|month|day)=\d"
    r"|(?:act|action|mod)=(?:search|login|log|register|logout|rss|tags?)\b)",
    re.IGNORECASE,
)
_SECTION_QUERY = re.compile(r"(?:^|&)(?:cat|cate|category|catid|paged|(?:page|pn|start|offset)=\d)", re.IGNORECASE)
_ID_QUERY = re.compile(r"(?:^|&)(?:a?id|article_?id|news_?id|p)=\d", re.IGNORECASE)
_PAGING = r"(?:_\d+|/page/\d+)?(?:\.[a-z]{3,5})?/?$"
_MONTH_DAY = r"(?:0?[1-9]|1[0-2])(?:[-_/][0-3]?\d)?"
# Endless calendars: /2025/, /2025/12/, /2025/12/20/page/2/, /date-2025-12.html; but neither /post/2019.html nor
# /news/2025/5.html, which are the 2019th article and the fifth of its year.
_DATE_ARCHIVE = re.compile(
    rf"^/(?:19|20)\d\d/?$|/(?:19|20)\d\d/{_MONTH_DAY}(?:/page/\d+)?/?$"
    rf"|/(?:19|20)\d\d[-_]{_MONTH_DAY}{_PAGING}"
    rf"|/(?:date|day|month|year|calendar)[-_/]?(?:19|20)\d\d(?:[-_/]?{_MONTH_DAY})?{_PAGING}",
    re.IGNORECASE,
)


def absolute(href: str, base: str) -> str | None:
    """Return the absolute http(s) address without fragment; None for another scheme, the page itself or nonsense.

    >>> absolute(" ../post/1.html#c2", "http://example.com/a/b/")
    'http://example.com/a/post/1.html'
    """
    href = href.strip()
    if not href or href[0] == "#" or len(href) > MAX_LENGTH:
        return None
    try:
        url = urldefrag(urljoin(base, href)).url
        parts = urlsplit(url)
        return url if parts.scheme in _DEFAULT_PORTS and parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def is_same_site(url: str, other: str) -> bool:
    """Tell whether both addresses lie under one registrable domain, on one port. Bare hosts and IPs must be equal."""
    return _site(url) == _site(other)


@lru_cache(maxsize=8192)  # navigation and sidebars say the same on every page
def is_readable(url: str) -> bool:
    """Tell whether an address may lead to an article or to a list of articles."""
    parts = urlsplit(url)
    segments = _segments(parts.path)
    if len(url) > MAX_LENGTH or len(segments) - len(set(segments)) > _MAX_REPEATED:
        return False
    if _ASSET.search(parts.path) or _JUNK_QUERY.search(parts.query) or _DATE_ARCHIVE.search(parts.path):
        return False
    if any(_JUNK_SEGMENT.fullmatch(segment) for segment in segments):
        return False
    return not segments or not _JUNK_LAST.fullmatch(segments[-1])


def is_candidate(url: str) -> bool:
    """Tell whether an address may be an article's: readable, and neither a home page, a section nor a later page.

    >>> is_candidate("http://example.com/post/1.html"), is_candidate("http://example.com/category-1_2.html")
    (True, False)
    """
    return is_readable(url) and not is_section(url)


@lru_cache(maxsize=8192)
def is_section(url: str) -> bool:
    """Tell whether an address names itself as a home page, a section or a later page of a list."""
    parts = urlsplit(url)
    segments = _segments(parts.path)
    if _ID_QUERY.search(parts.query):
        return False
    if not segments or _SECTION_QUERY.search(parts.query):
        return True
    # CNN's articles are folders with an index.html: then the folder has the slug.
    *folders, last = segments
    if _INDEX.fullmatch(last):
        return not parts.query and not (folders and _is_slug(folders[-1]))
    return any(_SECTION_SEGMENT.fullmatch(segment) for segment in segments[-2:]) and not _is_slug(last)


@lru_cache(maxsize=8192)
def has_article_shape(url: str) -> bool:
    """Tell whether the last part of an address looks as those of articles do: a number, a date before, a long slug.

    >>> has_article_shape("http://example.com/world/"), has_article_shape("http://example.com/2025/12/a-b/")
    (False, True)
    """
    parts = urlsplit(url)
    if is_section(url):
        return False
    last = parts.path.rstrip("/").rpartition("/")[2]
    dated = re.search(r"/(?:19|20)\d\d[-_/]?[01]?\d", parts.path)
    numbered = re.search(r"\d.*\.|\d{4}", last)
    return bool(dated or numbered or _is_slug(last) or _ID_QUERY.search(parts.query))


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


def _is_slug(segment: str) -> bool:
    return segment.count("-") >= 3 or re.search(r"\d{5}", segment) is not None


@lru_cache(maxsize=4096)
def _domain(host: str) -> str:
    return _split(host).top_domain_under_public_suffix or host


def _site(url: str) -> tuple[str, int | None]:
    parts = urlsplit(url)
    port = parts.port if parts.port != _DEFAULT_PORTS.get(parts.scheme) else None
    return _domain(parts.hostname or ""), port
