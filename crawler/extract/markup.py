"""A found body as safe HTML: a few tags, absolute addresses, lazy pictures filled in. The tree is only read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import nh3

from crawler.extract.outline import BREAKS, CONTENTLESS, INLINE, is_concealed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.document import Element
    from crawler.extract.body import Body
    from crawler.extract.outline import Box, Outline

_NAMES = {
    "h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4", "p": "p", "blockquote": "blockquote",
    "pre": "pre", "ul": "ul", "ol": "ol", "li": "li", "dl": "ul", "dt": "li", "dd": "li", "table": "table",
    "tr": "tr", "td": "td", "th": "th", "figure": "figure", "figcaption": "figcaption",
}  # fmt: skip
_HOLD_LINES = frozenset({"h2", "h3", "h4", "p", "li", "td", "th", "figcaption", "pre"})
_INLINE_NAMES = {"a": "a", "strong": "strong", "b": "strong", "em": "em", "i": "em", "code": "code"}
_TAGS = {*_NAMES.values(), *_INLINE_NAMES.values(), "img", "br"}
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
# Where lazy loading keeps a picture's true address; `src` then holds a blank.
_LAZY = (
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-actualsrc",
    "data-echo",
    "data-lazyload",
    "data-url",
    "original",
    "_src",
)
_BLANK = re.compile(
    r"(blank|lazyload|loading|placeholder|spacer|grey|pixel|1x1)[\w\-]*\.(gif|png|svg|jpe?g)|^data:", re.IGNORECASE
)


@dataclass(slots=True, frozen=True)
class Markup:
    html: str
    images: list[str]


def write_markup(page: Outline, body: Body, base: str) -> Markup:
    """Return the body's kept lines as HTML, with its pictures. `base` is what relative addresses count from."""
    writer = _Writer(page, body, base)
    writer.write()
    clean = nh3.clean(
        "".join(writer.out), tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None, url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", base) if base.startswith("http") else "pass_through",
    )  # fmt: skip
    return Markup(clean, list(dict.fromkeys(writer.images)))


class _Writer:
    """Walks as the outline's reader does, so that it knows the number of the line it is in."""

    def __init__(self, page: Outline, body: Body, base: str) -> None:
        self.out: list[str] = []
        self.images: list[str] = []
        self._body = body.box
        self._kept = set(body.lines)
        self._base = base
        self._page = page
        self._number = body.box.first
        self._line: list[str] = []
        self._printed = self._pictured = False

    def write(self) -> None:
        name = _NAMES.get(self._body.tag)
        self.out.append(f"<{name}>" if name else "")
        self.content(self._body.element, self._page.children(self._body), self._body)
        self.end_line(self._body)
        self.out.append(f"</{name}>" if name else "")

    def content(self, element: Element, boxes: Iterator[Box], box: Box) -> None:
        self._text(element.text)
        for child in element:
            self._child(child, boxes, box)
            self._text(child.tail)

    def _child(self, element: Element, boxes: Iterator[Box], box: Box) -> None:
        tag = element.tag
        if tag == "img":
            self._picture(element)
        elif tag in CONTENTLESS or (tag in INLINE and is_concealed(element)):
            return
        elif tag in INLINE:
            self._inline(element, boxes, box)
        else:
            self.end_line(box)
            if tag not in BREAKS:
                self._block(next(boxes))

    def _inline(self, element: Element, boxes: Iterator[Box], box: Box) -> None:
        name = _INLINE_NAMES.get(element.tag)
        href = f' href="{escape(element.get("href") or "")}"' if name == "a" else ""
        self._line.append(f"<{name}{href}>" if name else "")
        self.content(element, boxes, box)
        self._line.append(f"</{name}>" if name else "")

    def _block(self, box: Box) -> None:
        if box.zone and self._kept.isdisjoint(range(box.first, box.last)):
            self._number = box.last
            return
        name, start = _NAMES.get(box.tag), len(self.out)
        self.out.append(f"<{name}>" if name else "")
        self.content(box.element, self._page.children(box), box)
        self.end_line(box)
        if not any(self.out[start + 1 :]):
            del self.out[start:]
        elif name:
            self.out.append(f"</{name}>")

    def _text(self, text: str | None) -> None:
        if text:
            self._line.append(escape(text, quote=False))
            self._printed = self._printed or not text.isspace()

    def _picture(self, element: Element) -> None:
        address = picture_address(element, self._base)
        if address:
            self._line.append(f'<img src="{escape(address)}" alt="{escape(element.get("alt") or "")}">')
            self.images.append(address)
            self._pictured = True

    def end_line(self, box: Box) -> None:
        wanted = self._number in self._kept if self._printed else self._pictured
        if wanted:
            line = "".join(self._line).strip()
            held = _NAMES.get(box.tag) in _HOLD_LINES
            self.out.append(f"{line}<br>" if held else f"<p>{line}</p>")
        self._number += self._printed
        self._line, self._printed, self._pictured = [], False, False


def picture_address(element: Element, base: str) -> str | None:
    """Return the absolute address of a picture, the lazily loaded one before its blank."""
    lazy = next((value for name in _LAZY if (value := element.get(name))), None)
    source = (lazy or element.get("src") or "").strip()
    if not source or _BLANK.search(source):
        return None
    try:
        address = urljoin(base, source)
    except ValueError:
        return None
    return address if address.startswith("http") else None
