"""The parts of a page that links stand in, told by tags and class names: main, side column, or furniture. Pure."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.document import Element


class Zone(Enum):
    """`NAV` holds sections, `OUT` nothing of use: footers, forms, link exchanges, pagers."""

    MAIN = "main"
    SIDE = "side"
    NAV = "nav"
    OUT = "out"


_BY_TAG = {
    "nav": Zone.NAV,
    "aside": Zone.SIDE,
    "footer": Zone.OUT,
    "form": Zone.OUT,
    "template": Zone.OUT,
    "noscript": Zone.OUT,
}
_WORDS = {
    Zone.NAV: "nav navbar navbox navigation menu submenu subnav topnav mainnav channel channels masthead",
    Zone.SIDE: "side sidebar sidebox aside widget widgets hot rank ranking ranks popular trending related recommend",
    Zone.OUT: "footer foot copyright friendlink friendlinks flink flinks login share social breadcrumb breadcrumbs "
    "crumb crumbs pager pagebar pagination pagenavi paging tagcloud cookie advert sponsor",
}
_BY_WORD = {word: zone for zone, words in _WORDS.items() for word in words.split()}
_HEADERS = frozenset(("header", "site-header", "page-header", "head", "topbar"))
_SPLIT = re.compile(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")
_CONTENT = frozenset(("html", "body", "main", "article", "a", "h1", "h2", "h3", "h4"))


def links(root: Element) -> Iterator[tuple[Element, Zone]]:
    """Yield every link of a page with the zone it stands in, in page order."""
    anchors = [anchor for anchor in root.iter("a") if anchor.get("href") is not None]
    zones: dict[Element, Zone] = {root: Zone.MAIN}
    for anchor in anchors:
        zone = Zone.MAIN
        for element in reversed((anchor, *anchor.iterancestors())):
            if element not in zones:
                zones[element] = _zone(element, zone, len(anchors))
            zone = zones[element]
        yield anchor, zone


def _zone(element: Element, outer: Zone, total: int) -> Zone:
    """Return an element's zone. What holds more than half of the page's links is the page, whatever its name."""
    if outer is Zone.OUT or element.tag in _CONTENT:
        return outer
    own = _BY_TAG.get(element.tag) or _named(element) or (Zone.NAV if _is_page_header(element) else None)
    if own is None or own is outer or sum(1 for _ in element.iter("a")) * 2 > total:
        return outer
    return own


def _is_page_header(element: Element) -> bool:
    """Tell whether this is the page's header, not that of a teaser, which holds its headline."""
    names = {element.tag, element.get("class", ""), element.get("id", "")}
    return not names.isdisjoint(_HEADERS) and element.find(".//h2") is None and element.find(".//h3") is None


def _named(element: Element) -> Zone | None:
    names = f"{element.get('class', '')} {element.get('id', '')}"
    # Elementor, a page builder, calls every block a widget.
    if len(names) < 3 or "elementor" in names:
        return None
    return next((_BY_WORD[word] for word in map(str.lower, _SPLIT.split(names)) if word in _BY_WORD), None)
