"""What the site answers to a path: lists, articles, feed, sitemap, robots.txt. Pure: the site's state in, bytes out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import format_datetime
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.newsroom.site import CATEGORIES, SITE, TAGS
from tests.support.newsroom.theme import article_page, list_page, picture

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tests.support.newsroom.site import Post, Site

PER_PAGE = 10
_FEED = 20
_LIST = re.compile(r"/(?:(category|tags)-(\d+)|page)?(?:_(\d+))?(?:\.html)?")
_POST = re.compile(r"/post/(\d+)\.html")
_PICTURE = re.compile(r"/upload/(\d+)\.svg")
ROBOTS = "User-agent: *\nDisallow: /private/\n\nSitemap: {home}sitemap.xml\n"
_STYLE = (Path(__file__).parent / "style.css").read_bytes()


@dataclass(slots=True, frozen=True)
class Answer:
    """One response. `modified` gives it validators."""

    body: bytes
    content_type: str
    status: HTTPStatus = HTTPStatus.OK
    modified: datetime | None = None
    location: str = ""


def answer(site: Site, path: str, home: str) -> Answer:
    """Answer to a path; `home` is the site's address."""
    if found := _POST.fullmatch(path):
        post = site.post(int(found[1]))
        return _article(site, post) if post else missing()
    if found := _PICTURE.fullmatch(path):
        return Answer(picture(int(found[1])).encode(), "image/svg+xml")
    if path in _FILES:
        return _FILES[path](site, home)
    if path.startswith("/private/"):
        return Answer(b"<h1>Not for robots</h1>", "text/html")
    if path == "/go/latest":
        newest = next(site.newest())
        return Answer(b"", "text/html", HTTPStatus.MOVED_PERMANENTLY, location=newest.path)
    if found := _LIST.fullmatch(path):
        return _list(site, found[1], int(found[2] or 0), int(found[3] or 1))
    return missing()


def missing() -> Answer:
    """Return what is said of an address that leads nowhere."""
    return Answer("<h1>404</h1><p>页面不存在</p>".encode(), "text/html; charset=utf-8", HTTPStatus.NOT_FOUND)


def _article(site: Site, post: Post) -> Answer:
    neighbours = site.post(post.number - 1), site.post(post.number + 1)
    related = [site.posts[number - 1] for number in post.related]
    page = article_page(post, neighbours, related, _hot(site), site.clock.now())
    return _html(page, post.category.encoding, post.modified)


def _list(site: Site, kind: str | None, number: int, page: int) -> Answer:
    posts = [post for post in site.newest() if _belongs(post, kind, number)]
    shown = posts[(page - 1) * PER_PAGE : page * PER_PAGE]
    if not shown:
        return missing()
    category = CATEGORIES[number - 1] if kind == "category" else None
    name = category.name if category else TAGS[number - 1] if kind else ""
    stem = f"/{kind}-{number}" if kind else ""
    last = (len(posts) - 1) // PER_PAGE + 1
    text = list_page(name, stem, shown, page, last, _hot(site), site.clock.now())
    return _html(text, category.encoding if category else "utf-8", max(post.modified for post in posts))


def _belongs(post: Post, kind: str | None, number: int) -> bool:
    if kind == "category":
        return post.category.number == number
    return kind is None or (0 < number <= len(TAGS) and TAGS[number - 1] in post.tags)


def _hot(site: Site) -> list[Post]:
    return sorted(site.posts, key=lambda post: -post.views)[:6]


def _html(text: str, encoding: str, modified: datetime) -> Answer:
    text = text.replace("{charset}", encoding)
    return Answer(text.encode(encoding, "xmlcharrefreplace"), f"text/html; charset={encoding}", modified=modified)


def _feed(site: Site, home: str) -> Answer:
    posts = list(site.newest())[:_FEED]
    items = "".join(_feed_item(post, home) for post in posts)
    head = f"<title>{SITE['name']}</title><link>{home}</link><description>{SITE['slogan']}</description>"
    text = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'
    return Answer(text.encode(), "application/rss+xml", modified=posts[0].modified)


def _feed_item(post: Post, home: str) -> str:
    link = home + post.path.lstrip("/")
    text = escape(post.draft.paragraphs[0][:120])
    return (
        f"<item><title>{escape(post.draft.title)}</title><link>{link}</link>"
        f"<description>{text}</description><pubDate>{format_datetime(post.published)}</pubDate></item>"
    )


def _sitemap(site: Site, home: str) -> Answer:
    urls = "".join(_sitemap_url(post, home) for post in site.newest())
    text = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    return Answer(text.encode(), "application/xml", modified=_newest(site.posts))


def _sitemap_url(post: Post, home: str) -> str:
    return f"<url><loc>{home}{post.path.lstrip('/')}</loc><lastmod>{post.modified.isoformat()}</lastmod></url>"


def _newest(posts: Iterable[Post]) -> datetime:
    return max(post.modified for post in posts)


_FILES = {
    "/feed.xml": _feed,
    "/sitemap.xml": _sitemap,
    "/robots.txt": lambda _, home: Answer(ROBOTS.format(home=home).encode(), "text/plain"),
    "/style.css": lambda _site, _home: Answer(_STYLE, "text/css"),
}
