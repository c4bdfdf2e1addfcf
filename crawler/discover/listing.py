"""A list page → its teasers and its next page. Pure.

Goes by structure, not by site: an article shows as a headline or a long link to an address that may be an article's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from crawler.discover.links import absolute, has_article_shape, is_candidate, is_same_site
from crawler.discover.pager import next_page
from crawler.discover.zones import Zone, links
from crawler.document import text_of
from crawler.items import Origin, Teaser, TeaserList

if TYPE_CHECKING:
    from crawler.document import Document, Element

EXCERPT = 200  # characters
_CLIMB = 6  # levels from a link up to the block that holds its excerpt
_MAX_TITLE = 200
_MAX_LINKS = 8  # of one address, looked at for its excerpt
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = frozenset(
    (
        "p",
        "div",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "tr",
        "td",
        "section",
        "article",
        "header",
        "footer",
    )
)
_MORE = re.compile(
    r"^\W*(?:(?:(?:continue|keep) reading|read (?:more|the full|the rest|on)\b|learn more).*"
    r"|more|view (?:all|more|post)|full story|comments?|\d+ (?:comments?|replies)|leave a (?:comment|reply)"
    r"|(?:阅读|查看|点击)*(?:全文|更多|原文|详情|详细|评论)|继续阅读.*|\d+\s*条?评论)\W*$",
    re.IGNORECASE | re.DOTALL,
)
_META = re.compile(
    r"(?<![a-z])(?:info|meta|foot(?:er)?|date|time|author|byline|tags?|cat|links|taxonomies)(?![a-z])",
    re.IGNORECASE,
)
_WIDE = re.compile(r"[⺀-鿿가-힣぀-ヿ豈-﫿]")


@dataclass(slots=True)
class Shown:
    """What a page shows of one address. `rank` is 1 for a headline, `score` the evidence that it is an article."""

    title: str = ""
    rank: int = -1
    score: int = 0
    side: bool = True
    links: list[Element] = field(default_factory=list)


def read_listing(document: Document) -> TeaserList:
    """Return the teasers in page order, those of side columns last, and the address of the next page."""
    found = shown(document)
    owners = _owners(found)
    teasers = [
        Teaser(
            url=url,
            origin=Origin.LISTING,
            found_on=document.url,
            title=each.title,
            excerpt="" if each.side else _excerpt(each, owners),
        )
        for url, each in sorted(found.items(), key=lambda pair: pair[1].side)
    ]
    return TeaserList(teasers=teasers, next_page=next_page(document))


def shown(document: Document) -> dict[str, Shown]:
    """Return the articles that a page announces by address, in page order."""
    return {url: each for url, each in _candidates(document).items() if each.score >= 2 and each.title}


def width(text: str) -> int:
    """Return the columns that a text takes: two for a Chinese, Japanese or Korean character, else one."""
    return len(text) + len(_WIDE.findall(text))


def line(element: Element) -> str:
    """Return an element's text with its white space folded."""
    return text_of(element)


def _candidates(document: Document) -> dict[str, Shown]:
    """Return what is shown of each address that may be an article's, in page order."""
    found: dict[str, Shown] = {}
    rejected: set[str] = set()
    for link, zone in links(document.root):
        url = absolute(link.get("href", ""), document.url)
        if zone is Zone.OUT or url is None or url in rejected:
            continue
        if url not in found and (url == document.url or not is_candidate(url) or not is_same_site(url, document.url)):
            rejected.add(url)
            continue
        if zone is Zone.NAV and not has_article_shape(url):
            continue
        each = found.setdefault(url, Shown())
        if len(each.links) < _MAX_LINKS:
            each.links.append(link)
        each.side = each.side and zone is not Zone.MAIN
        _weigh(each, link, url)
    return found


def _weigh(each: Shown, link: Element, url: str) -> None:
    """Keep the best title of an address: a headline, else the longest text; and the best evidence for an article."""
    heading = _heading(link)
    title = _title(link, heading)
    if not title or _MORE.match(title):
        return
    rank = 1 if heading is not None else 0
    if (rank, len(title)) > (each.rank, len(each.title)):
        each.title, each.rank = title, rank
    inline = rank == 0 and _is_inline(link, title)
    length = 0 if inline else min(2, width(title) // 16)
    each.score = max(each.score, rank + length + has_article_shape(url) * (not inline and width(title) > 7))


def _heading(link: Element) -> Element | None:
    """Return the heading that a link lies in or holds."""
    inner = next((child for child in link.iterdescendants() if child.tag in _HEADINGS), None) if len(link) else None
    if inner is not None:
        return inner
    parent = link.getparent()
    for _ in range(2):
        if parent is None or parent.tag in _HEADINGS:
            return parent
        parent = parent.getparent()
    return None


def _title(link: Element, heading: Element | None) -> str:
    holder = heading if heading is not None and link in heading.iterancestors() else link
    text = line(holder)
    full = (link.get("title") or "").strip()
    # A title cut for its column is whole in the attribute; but a section's attribute explains its name.
    if full and (
        not text or text.startswith(full) or (text.endswith(("…", "...")) and full.startswith(text.rstrip(".…")))
    ):
        text = full
    if not text:
        text = next((image.get("alt", "").strip() for image in link.iter("img")), "")
    if holder is link and heading is None and len(link):
        text = _first_piece(link, text)
    return text[:_MAX_TITLE]


def _first_piece(link: Element, text: str) -> str:
    """Of a card that is one link, return the first piece long enough to be the title, not its excerpt and date."""
    pieces = (line(child) for child in link.iterdescendants() if not len(child))
    return text if width(text) <= 80 else next((piece for piece in pieces if width(piece) >= 16), text)


def _is_inline(link: Element, title: str) -> bool:
    """Tell whether a link stands amid a sentence; a paragraph of many elements is a list of links instead."""
    parent = link.getparent()
    if parent is None or parent.tag != "p" or next(islice(parent, 20, None), None) is not None:
        return False
    return len(line(parent)) > 2 * len(title) + 20


def _owners(taken: dict[str, Shown]) -> dict[Element, set[str]]:
    """Return the addresses that each element near a link shows: an element of one is that teaser's own block."""
    owners: dict[Element, set[str]] = {}
    for url, each in taken.items():
        for link in each.links:
            element = link.getparent()
            for _ in range(_CLIMB):
                if element is None or element.tag in {"body", "main", "html"}:
                    break
                owners.setdefault(element, set()).add(url)
                element = element.getparent()
    return owners


def _excerpt(each: Shown, owners: dict[Element, set[str]]) -> str:
    """Return the longest line of the teaser's block that is neither its title nor a line of date, author and tags."""
    best = ""
    for element in _blocks(each, owners):
        if next(element.iterdescendants(*_BLOCKS, *_HEADINGS), None) is not None or _is_meta(element):
            continue
        text = line(element).removeprefix(each.title).strip()
        if len(text) > len(best) and not each.title.startswith(text):
            best = text
    return best[:EXCERPT].rstrip() if width(best) >= 24 else ""


def _is_meta(element: Element) -> bool:
    parent = element.getparent()
    return any(near is not None and _META.search(near.get("class", "")) for near in (element, parent))


def _blocks(each: Shown, owners: dict[Element, set[str]]) -> list[Element]:
    own = []
    for link in each.links:
        block = link if len(link) else None
        for element in link.iterancestors():
            if len(owners.get(element, ())) != 1:
                break
            block = element
        if block is not None and block not in own:
            own.append(block)
    return [element for block in own for element in block.iter("p", "div", "dd", "td", "li", "section", "span")]
