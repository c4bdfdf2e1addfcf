"""The related block of an article page: what it announces beside its text, as teasers in the page's order."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crawler.document import text_of
from crawler.extract.body import may_head
from crawler.extract.markers import Zone, zone_of_heading
from crawler.extract.outline import HEADINGS, outline
from crawler.items import Origin, Teaser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.document import Document, Element
    from crawler.extract.outline import Box, Outline

_LONGEST_EXCERPT = 600
_MOST = 40


def find_related(document: Document, page: Outline | None = None) -> list[Teaser]:
    """Return the teasers of the page's related blocks. `page` is its outline, if it was read already.

    A block is what stands under a heading such as 相关文章 or "Related posts"; where no heading tells, what a class
    names so. Links to other sites, to list pages under such a heading ("more") and to the page itself are left out.
    """
    page = page or outline(document.root)
    blocks = list(_headed(page)) or list(_named(page))
    teasers: dict[str, Teaser] = {}
    for block in blocks:
        for teaser in _teasers(block, document.url):
            teasers.setdefault(teaser.url, teaser)
    return list(teasers.values())[:_MOST]


def _headed(page: Outline) -> Iterator[list[Box]]:
    for number, line in enumerate(page.lines):
        if may_head(line) and zone_of_heading(line.text) is Zone.RELATED and not _is_beside(line.box):
            yield page.boxes_under(number)


def _is_beside(box: Box) -> bool:
    """A sidebar's or menu's block is the same on every page and related to none."""
    zones = {around.zone for around in box.ancestors()}
    return not zones.isdisjoint({Zone.ASIDE, Zone.NAVIGATION, Zone.COMMENTS, Zone.HIDDEN}) and Zone.RELATED not in zones


def _named(page: Outline) -> Iterator[list[Box]]:
    for box in page.boxes:
        if box.zone is Zone.RELATED and not _is_beside(box):
            inside = box.parent is not None and Zone.RELATED in {around.zone for around in box.parent.ancestors()}
            if not inside:
                yield [box]


def _teasers(block: list[Box], found_on: str) -> Iterator[Teaser]:
    for box in block:
        links = [(a, address) for a in box.element.iter("a") if (address := _address(a, found_on))]
        for address in dict.fromkeys(address for _, address in links):
            own = [a for a, other in links if other == address]
            title = next((text for a in own if (text := _title(a))), "")
            if len(title) >= 4:
                item = _item(own[0], box.element, {id(a) for a, other in links if other != address})
                yield Teaser(
                    url=address, origin=Origin.RELATED, found_on=found_on, title=title, excerpt=_excerpt(item, title)
                )


def _address(link: Element, found_on: str) -> str | None:
    """Return where a link leads, without its fragment: another page of the same host, or nothing."""
    href = (link.get("href") or "").strip()
    if not href or href.startswith(("#", "javascript:", "mailto:")):
        return None
    try:
        address = urljoin(found_on, href).partition("#")[0]
        parts = urlsplit(address)
    except ValueError:
        return None
    same = parts.netloc == urlsplit(found_on).netloc and parts.path.strip("/") != ""
    return address if same and address != found_on.partition("#")[0] else None


def _title(link: Element) -> str:
    heading = next((child for child in link.iter(*HEADINGS)), None)
    text = text_of(heading if heading is not None else link)
    said = " ".join((link.get("title") or "").split())
    return said if said and (not text or said.startswith(text.rstrip(".…"))) else text


def _item(link: Element, block: Element, others: set[int]) -> Element:
    """Return the largest element around a link, within its block, that holds no link to another page."""
    item = link
    for around in link.iterancestors():
        if any(id(a) in others for a in around.iter("a")):
            break
        item = around
        if around is block:
            break
    return item


def _excerpt(item: Element, title: str) -> str:
    loose = " ".join("".join(_loose(item)).split())
    text = loose or text_of(item)
    return text.replace(title, "", 1).strip(" -–—:：·|")[:_LONGEST_EXCERPT]


def _loose(element: Element) -> Iterator[str]:
    """Yield the text outside links."""
    if element.tag != "a":
        yield element.text or ""
        for child in element:
            yield from _loose(child)
            yield child.tail or ""
