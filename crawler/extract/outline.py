"""A page as lines of print in nested boxes: what body search, dates and bylines look at instead of the tree.

One traversal of the parsed tree, which stays as it is. Knows nothing of articles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extract.markers import Zone, zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.document import Element

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
BREAKS = frozenset({"br", "hr"})
_WHOLE = ("html", "body")  # concealed until a script has run
# Bytes of UTF-8, and characters, that running text has: 20 Chinese characters, 60 Latin letters.
_RUNNING, _FEW = 60, 20
_SENTENCE = re.compile(r"[。！？；，、：,;:!?…—]|[.؟۔।](\s|$|[\"'”’)])")
_CONCEALED = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(left|top|text-indent)\s*:\s*-\d{3,}|font-size\s*:\s*0(px)?\s*(;|$)",
    re.IGNORECASE,
)
_FOLD = re.compile(r"[\W_]+")
# React sends late parts of a page in concealed boxes of these ids and moves them into place.
_STREAMED = re.compile(r" S:\w+$")


@dataclass(slots=True, eq=False)
class Box:
    """A block element; its lines are `lines[first:last]` of the outline, those of the boxes in it included.

    The boxes in it are `boxes[number + 1:end]`. Boxes know only what they are in: without cycles a page is freed
    when it is done with, which saves the garbage collector a third of the time that reading takes.
    """

    element: Element
    tag: str
    parent: Box | None
    number: int
    first: int
    zone: Zone | None = None
    last: int = 0
    end: int = 0

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
    """One line of print: the text between two breaks.

    `pieces` is what its elements hold, `linked` how many of its characters are links, `running` its bytes of running
    text in UTF-8: 0 for links, scraps and labels.
    """

    pieces: list[str]
    text: str
    linked: int
    running: int
    box: Box

    @property
    def is_link(self) -> bool:
        return self.linked * 2 > len(self.text)

    @property
    def printed(self) -> str:
        """The line with the gaps between its pieces kept wide, as they are on the screen."""
        return "  ".join(stripped for piece in self.pieces if (stripped := piece.strip()))


@dataclass(slots=True)
class Outline:
    lines: list[Line]
    boxes: list[Box]

    def lines_of(self, box: Box) -> list[Line]:
        return self.lines[box.first : box.last]

    def children(self, box: Box) -> Iterator[Box]:
        number = box.number + 1
        while number < box.end:
            yield self.boxes[number]
            number = self.boxes[number].end

    def boxes_under(self, number: int) -> list[Box]:
        """Return the boxes that a line introduces: what follows in the smallest box with more, while made of links."""
        inner = self.lines[number].box
        outer = inner.parent
        while outer is not None and inner.last <= number + 1 and outer.last <= number + 1:
            inner, outer = outer, outer.parent
        heading = self.lines[number].box.tag if self.lines[number].box.tag in HEADINGS else ""
        around = inner if inner.last > number + 1 else outer
        found: list[Box] = []
        for child in self.children(around) if around is not None else ():
            if child.first > number and child.last > child.first:
                if child.tag == heading or not self._is_linked(child):
                    break
                found.append(child)
        return found

    def _is_linked(self, box: Box) -> bool:
        lines = self.lines_of(box)
        return sum(line.is_link or (line.linked > 0 and len(lines) > 1) for line in lines) * 4 >= len(lines)


def outline(root: Element) -> Outline:
    """Read a page into lines and boxes, in the order of the document."""
    return _Reader().read(root)


class _Reader:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.boxes: list[Box] = []
        self._pieces: list[str] = []
        self._linked = 0

    def read(self, root: Element) -> Outline:
        self._block(root, root.tag, None, linked=False)
        return Outline(self.lines, self.boxes)

    def _content(self, element: Element, box: Box, *, linked: bool) -> None:
        if text := element.text:
            self._add(text, linked=linked)
        for child in element:
            tag = child.tag
            if tag in INLINE:
                if not is_concealed(child):
                    self._content(child, box, linked=linked or tag == "a")
            elif tag not in CONTENTLESS:
                if self._pieces:
                    self._break(box)
                if tag not in BREAKS:
                    self._block(child, tag, box, linked=linked)
            if text := child.tail:
                self._add(text, linked=linked)

    def _block(self, element: Element, tag: str, parent: Box | None, *, linked: bool) -> None:
        get = element.get
        name, identity = get("class"), get("id")
        names = f"{name or ''} {identity or ''}" if name or identity else ""
        concealed = tag not in _WHOLE and is_concealed(element) and not _STREAMED.search(names)
        zone = Zone.HIDDEN if concealed else zone_of(tag, names, get("role"))
        box = Box(element, tag, parent, len(self.boxes), len(self.lines), zone)
        self.boxes.append(box)
        self._content(element, box, linked=linked)
        if self._pieces:
            self._break(box)
        box.last, box.end = len(self.lines), len(self.boxes)

    def _add(self, text: str, *, linked: bool) -> None:
        if text.isspace():
            if not self._pieces:
                return
        elif linked:
            self._linked += len(text.strip())
        self._pieces.append(text)

    def _break(self, box: Box) -> None:
        text = " ".join("".join(self._pieces).split())
        self.lines.append(Line(self._pieces, text, self._linked, _running(text, self._linked), box))
        self._pieces, self._linked = [], 0


def _running(text: str, linked: int) -> int:
    size = len(text)
    if size < _FEW or linked * 2 > size:
        return 0
    weight = size if text.isascii() else len(text.encode("utf-8", "replace"))
    return int(weight * (1 - linked / size)) if weight >= _RUNNING and _SENTENCE.search(text) else 0


def is_concealed(element: Element) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and _CONCEALED.search(style) is not None)


def fold(text: str) -> str:
    """Return a text's letters and digits alone, for comparing titles."""
    return _FOLD.sub("", text).casefold()
