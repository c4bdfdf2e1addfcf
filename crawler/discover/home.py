"""A site's home page → its sources: feeds, the page itself, and the category lists of its navigation. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.discover.links import absolute, has_article_shape, is_readable, is_same_site, is_section
from crawler.discover.listing import line, width
from crawler.discover.zones import Zone, links
from crawler.sites import Source

if TYPE_CHECKING:
    from crawler.document import Document, Element

MAX_LISTINGS = 30
_MAX_FEEDS = 5
_MAX_LABEL = 24  # columns: a section's name is short
_FEED_TYPES = frozenset(("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"))
_FEED_PATH = re.compile(r"(?:/|[./_-])(?:rss2?|atom|feeds?)(?:\.(?:xml|php|json|aspx?))?/?$|\.rss$", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|评论|評論|回复", re.IGNORECASE)
_NO_SECTION = re.compile(
    r"关于|联系|登录|登錄|注册|投稿|广告|隐私|声明|版权|招聘|帮助|留言|友情|标签|归档|搜索|首页|客户端|下载|订阅|会员|我的|网站地图"
    r"|\b(?:about|contact|log ?in|sign ?(?:in|up)|register|subscribe|privacy|terms|advertise|jobs|careers|help|search"
    r"|home|tags|archives?|newsletters?|account|donate|shop|app|skip to)\b",
    re.IGNORECASE,
)
_LATER = re.compile(r"/page[-_/]?\d|[?&](?:page|paged|pn|p|start|offset)=\d|[_/]\d+(?:\.\w+)?/?$", re.IGNORECASE)


def find_sources(document: Document) -> list[Source]:
    """Return what a home page offers: feeds first, then the page as a list, then category lists in page order."""
    sections = dict.fromkeys(_sections(document))
    sections.pop(document.url, None)
    listings = [document.url, *sections][: MAX_LISTINGS + 1]
    return [Source("feed", url) for url in _feeds(document)] + [Source("listing", url) for url in listings]


def _feeds(document: Document) -> list[str]:
    """Return the site's feeds as declared, else as linked; neither comments nor the feed of one article."""
    feeds: dict[str, None] = {}
    for link in document.root.iter("link"):
        declared = "alternate" in link.get("rel", "").lower() and link.get("type", "").lower() in _FEED_TYPES
        url = absolute(link.get("href", ""), document.url) if declared else None
        if url and not _COMMENTS.search(url + link.get("title", "")) and not _is_of_article(url):
            feeds[url] = None
    if not feeds:
        linked = (absolute(each.get("href", ""), document.url) for each in document.root.iter("a"))
        feeds |= {url: None for url in linked if url and _is_own_feed(url, document.url)}
    return list(feeds)[:_MAX_FEEDS]


def _is_own_feed(url: str, home: str) -> bool:
    own = is_same_site(url, home) and _FEED_PATH.search(urlsplit(url).path)
    return bool(own) and not _COMMENTS.search(url) and not _is_of_article(url)


def _is_of_article(url: str) -> bool:
    parent = _FEED_PATH.sub("/", url)
    return parent != url and has_article_shape(parent)


def _sections(document: Document) -> list[str]:
    """Return the addresses of category lists: short links of the navigation, and what names itself a section."""
    return [url for link, zone in links(document.root) if (url := _section(link, zone, document.url))]


def _section(link: Element, zone: Zone, home: str) -> str | None:
    url = absolute(link.get("href", ""), home)
    if not url or urlsplit(url).netloc != urlsplit(home).netloc or urlsplit(url).path.rstrip("/") == "":
        return None
    if not is_readable(url) or has_article_shape(url) or _LATER.search(url):
        return None
    label = line(link)
    short = 0 < width(label) <= _MAX_LABEL and not _NO_SECTION.search(label)
    return url if short and (zone is Zone.NAV or is_section(url)) else None
