"""A page as lines of print in nested boxes: what body search, dates and bylines look at instead of the tree.

One traversal of the parsed tree, which stays as it is. Knows nothing of articles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.extract.markers import Zone, zone_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

CONTENTLESS = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas", "audio", "video",
    "select", "option", "textarea", "input", "button", "head", "link", "meta", "title", "map",
})  # fmt: skip
INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong",
    "sub", "sup", "time", "tt", "u", "var", "wbr", "picture", "source",
})  # fmt: skip
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CONCEALED = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(left|top|text-indent)\s*:\s*-\d{3,}|font-size\s*:\s*0(px)?\s*(;|$)",
    re.IGNORECASE,
)
# React sends late parts of a page in concealed boxes of these ids and moves them into place.
_STREAMED = re.compile(r" S:\w+$")


@dataclass(slots=True, eq=False)
class Box:
    """A block element; its lines are `lines[first:last]` of the outline, those of the boxes in it included."""

    element: HtmlElement
    tag: str
    parent: Box | None
    first: int
    last: int = 0
    zone: Zone | None = None
    children: list[Box] = field(default_factory=list)

    def ancestors(self) -> list[Box]:
        """Return the boxes around this one, itself first."""
        box: Box | None = self
        found = []
        while box is not None:
            found.append(box)
            box = box.parent
        return found


@dataclass(slots=True, eq=False)
class Line:
    """One line of print: the text between two breaks. `linked` is how many of its characters are links."""

    parts: list[str]
    text: str
    linked: int
    box: Box

    @property
    def is_link(self) -> bool:
        return self.linked * 2 > len(self.text)


@dataclass(slots=True)
class Outline:
    lines: list[Line]
    boxes: list[Box]

    def lines_of(self, box: Box) -> list[Line]:
        return self.lines[box.first : box.last]

    def boxes_under(self, number: int) -> list[Box]:
        """Return the boxes that a line introduces: what follows in the smallest box with more, while made of links."""
        inner = self.lines[number].box
        outer = inner.parent
        while outer is not None and inner.last <= number + 1 and outer.last <= number + 1:
            inner, outer = outer, outer.parent
        heading = self.lines[number].box.tag if self.lines[number].box.tag in HEADINGS else ""
        around = inner if inner.last > number + 1 else outer
        found: list[Box] = []
        for child in around.children if around is not None else ():
            if child.first > number and child.last > child.first:
                if child.tag == heading or not self._is_linked(child):
                    break
                found.append(child)
        return found

    def _is_linked(self, box: Box) -> bool:
        lines = self.lines_of(box)
        return sum(line.is_link or (line.linked > 0 and len(lines) > 1) for line in lines) * 4 >= len(lines)


def outline(root: HtmlElement) -> Outline:
    """Read a page into lines and boxes, in the order of the document."""
    return _Reader().read(root)


class _Reader:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.boxes: list[Box] = []
        self._parts: list[str] = []
        self._linked = 0

    def read(self, root: HtmlElement) -> Outline:
        box = Box(root, str(root.tag), None, 0)
        self.boxes.append(box)
        self._content(root, box, linked=False)
        self._close(box)
        return Outline(self.lines, self.boxes)

    def _content(self, element: HtmlElement, box: Box, *, linked: bool) -> None:
        if element.text:
            self._add(element.text, linked=linked)
        for child in element:
            self._child(child, box, linked=linked)
            if child.tail:
                self._add(child.tail, linked=linked)

    def _child(self, element: HtmlElement, box: Box, *, linked: bool) -> None:
        tag = element.tag
        if tag in CONTENTLESS:
            return
        if tag in INLINE:
            if not is_concealed(element):
                self._content(element, box, linked=linked or tag == "a")
            return
        self._break(box)
        if tag in ("br", "hr"):
            return
        inner = self._open(element, tag, box)
        self._content(element, inner, linked=linked)
        self._close(inner)

    def _open(self, element: HtmlElement, tag: str, parent: Box) -> Box:
        box = Box(element, tag, parent, len(self.lines))
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        concealed = tag != "body" and is_concealed(element) and not _STREAMED.search(names)
        box.zone = Zone.HIDDEN if concealed else zone_of(tag, names, element.get("role"))
        parent.children.append(box)
        self.boxes.append(box)
        return box

    def _close(self, box: Box) -> None:
        self._break(box)
        box.last = len(self.lines)

    def _add(self, text: str, *, linked: bool) -> None:
        if not text.isspace():
            self._linked += len(text.strip()) if linked else 0
        elif not self._parts:
            return
        self._parts.append(text)

    def _break(self, box: Box) -> None:
        if not self._parts:
            return
        text = " ".join("".join(self._parts).split())
        parts = [stripped for part in self._parts if (stripped := part.strip())]
        self.lines.append(Line(parts, text, self._linked, box))
        self._parts, self._linked = [], 0


def is_concealed(element: HtmlElement) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and _CONCEALED.search(style) is not None)


def text_of(element: HtmlElement) -> str:
    """Return all text in an element on one line."""
    return " ".join("".join(element.itertext()).split())
