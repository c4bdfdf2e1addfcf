"""What a page says of itself to machines: JSON-LD, OpenGraph and other meta elements, microdata."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_ARTICLE_TYPES = re.compile(r"(Article|BlogPosting|Report|NewsItem|Posting|Review|Recipe|Event|TechArticle)$")
_MAX_JSON = 1_000_000


@dataclass(slots=True)
class Metadata:
    """What was read: `meta` holds the first content of each meta name, in small letters.

    `linked` is the JSON-LD object of the article, `page` that of the page around it.
    """

    meta: dict[str, str] = field(default_factory=dict)
    linked: dict[str, object] = field(default_factory=dict)
    page: dict[str, object] = field(default_factory=dict)
    canonical: str | None = None
    page_title: str = ""

    def first(self, *names: str) -> str | None:
        """Return the first of these meta elements that has a content."""
        return next((self.meta[name] for name in names if self.meta.get(name)), None)

    def text(self, name: str) -> str | None:
        """Return a JSON-LD property of the article, else of its page, as one string."""
        value = next(iter(strings(self.linked.get(name) or self.page.get(name))), None)
        return clean(value) if value else None


def read_metadata(root: HtmlElement) -> Metadata:
    data = Metadata(page_title=clean(root.findtext(".//title") or ""))
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = clean(element.get("content") or "")
        if name and content:
            data.meta.setdefault(name.lower(), content)
    for element in root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split() and data.canonical is None:
            data.canonical = (element.get("href") or "").strip() or None
    for element in root.iter("script"):
        if "ld+json" in (element.get("type") or ""):
            _read_linked(element.text or "", data)
    return data


def _read_linked(text: str, data: Metadata) -> None:
    if len(text) > _MAX_JSON:
        return
    try:
        document = json.loads(text.strip().rstrip(";"), strict=False)
    except (ValueError, RecursionError):
        return
    for item in _objects(document, depth=0):
        types = strings(item.get("@type"))
        if not data.linked and any(_ARTICLE_TYPES.search(name) for name in types):
            data.linked = item
        elif not data.page and "datePublished" in item:
            data.page = item


def _objects(node: object, depth: int) -> Iterator[dict[str, object]]:
    """Yield the objects that stand for the page: the top ones, those of a graph, and the main entity."""
    if isinstance(node, list):
        for child in node:
            yield from _objects(child, depth)
    elif isinstance(node, dict) and depth <= 3:
        yield node
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(node.get(name), depth + 1)


def strings(node: object) -> list[str]:
    """Return the texts of a JSON-LD value, objects by their name.

    >>> strings([{"@type": "Person", "name": "Ann Lee"}, "Bo"])
    ['Ann Lee', 'Bo']
    """
    if isinstance(node, str):
        return [node] if node.strip() else []
    if isinstance(node, list):
        return [text for child in node for text in strings(child)]
    if isinstance(node, dict):
        return strings(node.get("name") or node.get("url") or node.get("@value"))
    return []


def clean(text: str) -> str:
    """Return a text on one line, character references undone: some sites escape them twice."""
    return " ".join((html.unescape(text) if "&" in text else text).split())
