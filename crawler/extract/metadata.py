"""What a page says of itself to machines: JSON-LD, OpenGraph and other meta elements, microdata."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.document import Element

_ARTICLE_TYPES = re.compile(r"(Article|BlogPosting|Report|NewsItem|Posting|Review|Recipe|Event|TechArticle)$")
_MAX_JSON = 1_000_000


@dataclass(slots=True)
class Metadata:
    """What was read: `meta` holds the first content of each meta name, in small letters.

    `linked` is the JSON-LD object of the article, `page` that of the page around it; `named` are the names of the
    objects that others refer to by their id.
    """

    meta: dict[str, str] = field(default_factory=dict)
    linked: dict[str, object] = field(default_factory=dict)
    page: dict[str, object] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    canonical: str | None = None
    page_title: str = ""

    def first(self, *names: str) -> str | None:
        """Return the first of these meta elements that has a content."""
        return next((self.meta[name] for name in names if self.meta.get(name)), None)

    def names(self, name: str) -> list[str]:
        """Return the names that a JSON-LD property of the article gives, by way of an id too."""
        node = self.linked.get(name)
        nodes = node if isinstance(node, list) else [node]
        return [text for each in nodes for text in strings(each) or self._known(each)]

    def _known(self, node: object) -> list[str]:
        name = self.named.get(str(node.get("@id"))) if isinstance(node, dict) else None
        return [name] if name else []

    def text(self, name: str) -> str | None:
        """Return a JSON-LD property of the article, else of its page, as one string."""
        value = next(iter(strings(self.linked.get(name) or self.page.get(name))), None)
        return clean(value) if value else None


def read_metadata(root: Element) -> Metadata:
    data = Metadata(page_title=clean(root.findtext(".//title") or ""))
    for element in root.iter("meta", "link", "script"):
        if element.tag == "meta":
            _read_meta(element, data)
        elif element.tag == "script":
            if "ld+json" in (element.get("type") or ""):
                _read_linked(element.text or "", data)
        elif "canonical" in (element.get("rel") or "").lower().split() and data.canonical is None:
            data.canonical = (element.get("href") or "").strip() or None
    return data


def _read_meta(element: Element, data: Metadata) -> None:
    name = element.get("property") or element.get("name") or element.get("itemprop")
    content = clean(element.get("content") or "") if name else ""
    if name and content:
        data.meta.setdefault(name.lower(), content)


def _read_linked(text: str, data: Metadata) -> None:
    if len(text) > _MAX_JSON:
        return
    try:
        document = json.loads(text.strip().rstrip(";"), strict=False)
    except (ValueError, RecursionError):
        return
    items = list(_objects(document, depth=0))
    data.named |= {str(item["@id"]): str(item["name"]) for item in items if "@id" in item and "name" in item}
    for item in items:
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
