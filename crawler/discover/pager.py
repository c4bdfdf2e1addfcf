"""The next page of a list: by rel, by label, or by the numbers of a pager. Pure. Never leads back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.discover.links import absolute, is_readable, is_same_site
from crawler.document import text_of

if TYPE_CHECKING:
    from crawler.document import Document, Element

_NEXT = re.compile(
    r"^\W*(?:[下后後]一?[页頁]|next(?: page)?|older(?: posts| entries| articles| stories)?|more posts"
    r"|次(?:のページ)?へ?|다음(?: 페이지)?|suivante?|siguiente|weiter|nächste(?: seite)?|następna|далее)\W*$"
    r"|^\s*(?:»|›|>{1,2})\s*$",
    re.IGNORECASE,
)
_PREVIOUS = re.compile(
    r"^\W*(?:上一?[页頁]|前一?[页頁]|prev(?:ious)?(?: page)?|newer(?: posts| entries| articles| stories)?)\W*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^\W*(?:page|第)?\s*(\d{1,5})\s*[页頁]?\W*$", re.IGNORECASE)
_DIGITS = re.compile(r"(\d+)")


def next_page(document: Document) -> str | None:
    """Return the address of the page that continues this list, None on the last page or without a pager."""
    here = document.url
    found = (each for each in document.root.iter("a", "link") if each.get("href") and _may_lead(each))
    anchors = [(anchor, _label(anchor)) for anchor in found]
    back = any(_PREVIOUS.match(label) and _step(_target(anchor, here), here) > 0 for anchor, label in anchors)
    for anchor, label in anchors:
        if _says_next(anchor, label):
            url = _target(anchor, here)
            # Lists that count down towards page 1 say so by a previous page of a higher number.
            if url and (_step(url, here) > 0 or (back and _step(url, here) < 0)):
                return url
    return _by_number(anchors, here)


def _may_lead(element: Element) -> bool:
    return element.tag == "a" or element.get("rel") == "next"


def _says_next(anchor: Element, label: str) -> bool:
    if "next" in anchor.get("rel", "").lower().split() or _NEXT.match(label):
        return True
    return any(_NEXT.match(anchor.get(name) or "") for name in ("title", "aria-label"))


def _by_number(anchors: list[tuple[Element, str]], here: str) -> str | None:
    """Return the lowest numbered page after this one; the number shown must be the last one of its address."""
    pages = {}
    for anchor, label in anchors:
        if (number := _NUMBER.match(label)) and (url := _target(anchor, here)) and _step(url, here) > 0:
            numbers = _DIGITS.findall(_tail(url))
            if numbers and int(numbers[-1]) == int(number.group(1)) > 1:
                pages[int(number.group(1))] = url
    return pages[min(pages)] if pages else None


def _step(url: str | None, here: str) -> int:
    """Return how far a page lies after this one, negative before it, 0 if the addresses don't tell or are equal.

    >>> _step("http://a.example/list_3.html", "http://a.example/list_2.html")
    1
    >>> _step("http://a.example/c-1.html", "http://a.example/c-1_5.html")
    -1
    """
    if url is None or url.rstrip("/") == here.rstrip("/"):
        return 0
    theirs, ours = _DIGITS.split(_tail(url)), _DIGITS.split(_tail(here))
    if theirs[::2] != ours[::2]:
        # A first page carries no number of its own, so that the longer address is the later one.
        return (len(theirs) > len(ours)) - (len(theirs) < len(ours))
    changed = [int(a) - int(b) for a, b in zip(theirs[1::2], ours[1::2], strict=True) if a != b]
    return changed[0] if len(changed) == 1 else 0


def _tail(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def _target(anchor: Element, here: str) -> str | None:
    url = absolute(anchor.get("href", ""), here)
    sound = url and is_same_site(url, here) and (is_readable(url) or not is_readable(here))
    return url if sound else None


def _label(anchor: Element) -> str:
    return text_of(anchor)[:60]
