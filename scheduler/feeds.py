"""Articles as a feed: Atom (RFC 4287), RSS 2.0, JSON Feed 1.1. Pure; written piece by piece.

An article is a record as `store.queries` returns it. Its entry has the same id for ever, whatever becomes of its
address. Text of articles may hold anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from scheduler.harmless import line, xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    Record = Mapping[str, Any]

ATOM_TYPE = "application/atom+xml"
RSS_TYPE = "application/rss+xml"
JSON_TYPE = "application/feed+json"
_TITLE = 500  # characters
_SUMMARY = 300
_XML = '<?xml version="1.0" encoding="utf-8"?>\n'


@dataclass(slots=True, frozen=True)
class About:
    """What a feed says of itself: the page it belongs to, its own address, and when it changed last."""

    title: str
    url: str
    feed_url: str
    updated: datetime


def atom(articles: Iterable[Record], about: About) -> Iterator[str]:
    """Yield an Atom feed."""
    yield f'{_XML}<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield _tag("title", line(about.title, _TITLE)) + _tag("id", about.feed_url) + _tag("updated", _iso(about.updated))
    yield f'<link rel="self" type="{ATOM_TYPE}" href={_quoted(about.feed_url)}/>\n'
    yield f"<link href={_quoted(about.url)}/>\n<author><name>Winnow</name></author>\n<generator>Winnow</generator>\n"
    for article in articles:
        yield f"<entry>\n{''.join(_atom_fields(article))}</entry>\n"
    yield "</feed>\n"


def rss(articles: Iterable[Record], about: About) -> Iterator[str]:
    """Yield an RSS feed."""
    yield (
        f'{_XML}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        "<channel>\n"
    )
    title = line(about.title, _TITLE)
    yield _tag("title", title) + _tag("link", about.url) + _tag("description", title)
    yield _tag("lastBuildDate", format_datetime(about.updated)) + _tag("generator", "Winnow")
    yield f'<atom:link rel="self" type="{RSS_TYPE}" href={_quoted(about.feed_url)}/>\n'
    for article in articles:
        yield f"<item>\n{''.join(_rss_fields(article))}</item>\n"
    yield "</channel>\n</rss>\n"


def json_feed(articles: Iterable[Record], about: About) -> Iterator[str]:
    """Yield a JSON Feed."""
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": line(about.title, _TITLE),
        "home_page_url": about.url,
        "feed_url": about.feed_url,
    }
    yield _json(head)[:-1] + ', "items": ['
    separator = "\n"
    for article in articles:
        yield separator + _json({name: value for name, value in _json_fields(article) if value})
        separator = ",\n"
    yield "\n]}\n"


def _atom_fields(article: Record) -> Iterator[str]:
    yield _tag("id", _id(article)) + _tag("title", _title(article))
    yield f"<link href={_quoted(article['canonical_url'])}/>\n"
    yield _tag("updated", _iso(_updated(article)))
    if article["published_at"]:
        yield _tag("published", _iso(article["published_at"]))
    for author in _authors(article):
        yield f"<author>{_tag('name', author).rstrip()}</author>\n"
    for label in _labels(article):
        yield f"<category term={_quoted(label)}/>\n"
    if summary := line(article["text"], _SUMMARY):
        yield _tag("summary", summary)
    if article["html"]:
        yield f'<content type="html">{_escaped(article["html"])}</content>\n'
    else:
        yield f'<content type="text">{_escaped(article["text"])}</content>\n'


def _rss_fields(article: Record) -> Iterator[str]:
    yield f'<guid isPermaLink="false">{_id(article)}</guid>\n'
    yield _tag("title", _title(article)) + _tag("link", article["canonical_url"])
    yield _tag("pubDate", format_datetime(article["published_at"] or article["fetched_at"]))
    for author in _authors(article):
        yield _tag("dc:creator", author)  # RSS's own author is an address of e-mail
    for label in _labels(article):
        yield _tag("category", label)
    yield _tag("description", line(article["text"], _SUMMARY))
    yield _tag("content:encoded", article["html"] or article["text"])


def _json_fields(article: Record) -> Iterator[tuple[str, Any]]:
    yield "id", _id(article)
    yield "url", article["canonical_url"]
    yield "title", _title(article)
    yield "summary", line(article["text"], _SUMMARY)
    if article["html"]:
        yield "content_html", article["html"]
    else:
        yield "content_text", article["text"] or _title(article)  # one of the two is required
    yield "date_published", _iso(article["published_at"] or article["fetched_at"])
    yield "date_modified", _iso(_updated(article))
    yield "authors", [{"name": author} for author in _authors(article)]
    yield "tags", _labels(article)
    yield "language", article["language"]


def _id(article: Record) -> str:
    return f"urn:winnow:{article['id']}"


def _title(article: Record) -> str:
    return line(article["title"], _TITLE) or line(article["canonical_url"], _TITLE)


def _authors(article: Record) -> list[str]:
    return [name for author in article["authors"] or () if (name := line(author, _TITLE))]


def _labels(article: Record) -> list[str]:
    """Return category and tags, each once."""
    labels = [line(label, _TITLE) for label in (article["category"], *(article["tags"] or ())) if label]
    return list(dict.fromkeys(label for label in labels if label))


def _updated(article: Record) -> datetime:
    moment: datetime = article["modified_at"] or article["published_at"] or article["fetched_at"]
    return moment


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _tag(name: str, text: str) -> str:
    return f"<{name}>{_escaped(text)}</{name}>\n"


def _escaped(text: str) -> str:
    return escape(xml(text), {"\r": "&#13;"})


def _quoted(text: str) -> str:
    return quoteattr(xml(text))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
