"""RSS, RDF, Atom and JSON feeds → teasers. Pure. A lean reader: feeds are fetched more often than anything else."""

from __future__ import annotations

import json
import re
from datetime import UTC
from html import unescape
from html.entities import html5
from typing import TYPE_CHECKING

from lxml import etree

from crawler.discover.links import absolute
from crawler.discover.stamps import parse_stamp
from crawler.document import decode
from crawler.items import Origin, Teaser, TeaserList

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

EXCERPT = 200  # characters
_MAX_BYTES = 8 * 1024 * 1024
_MAX_ITEMS = 2000
_NO_TEXT = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,2000}>")
# Entities of HTML that XML does not know, &nbsp; above all: the commonest fault of feeds.
_HTML_ENTITY = re.compile(r"&(?!amp;|lt;|gt;|quot;|apos;)([A-Za-z][A-Za-z0-9]{1,30};)")
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9_\-]{2,40})""")
_DATES = ("pubDate", "published", "issued", "date", "created", "updated", "modified")
_BODIES = ("description", "summary", "encoded", "content")


def read_feed(body: bytes, url: str, zone: tzinfo = UTC) -> TeaserList:
    """Read a feed in its own order; of a broken one, what can be read. `zone` is that of dates which name none."""
    body = body[:_MAX_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    entries = _json_entries(body) if body.startswith(b"{") else _xml_entries(body)
    teasers: dict[str, Teaser] = {}
    for entry in entries:
        if address := absolute(entry.get("link", ""), entry.get("base") or url):
            teasers.setdefault(address, _teaser(address, entry, url, zone))
        if len(teasers) == _MAX_ITEMS:
            break
    return TeaserList(teasers=list(teasers.values()))


def plain(markup: str, limit: int = 0) -> str:
    """Return the text of a bit of HTML on one line, cut to `limit` characters if that is not 0."""
    text = " ".join(unescape(_TAG.sub(" ", _NO_TEXT.sub(" ", markup))).split())
    return text[:limit].rstrip() if limit else text


def _teaser(address: str, entry: dict[str, str], url: str, zone: tzinfo) -> Teaser:
    stamps = (parse_stamp(entry[name], zone) for name in _DATES if entry.get(name))
    bodies = (entry[name] for name in _BODIES if entry.get(name))
    return Teaser(
        url=address,
        origin=Origin.FEED,
        found_on=url,
        title=plain(entry.get("title", "")),
        excerpt=plain(next(bodies, "")[: EXCERPT * 40], EXCERPT),
        published_at=next((stamp for stamp in stamps if stamp), None),
    )


def _json_entries(body: bytes) -> Iterator[dict[str, str]]:
    """Yield the items of a JSON Feed by the names that the XML kinds have."""
    try:
        items = json.loads(body).get("items", [])
    except (ValueError, RecursionError, AttributeError):
        return
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            names = (
                ("link", "url"),
                ("title", "title"),
                ("published", "date_published"),
                ("summary", "summary"),
            )
            bodies = (("encoded", "content_html"), ("content", "content_text"))
            yield {ours: str(item[theirs]) for ours, theirs in (*names, *bodies) if item.get(theirs)}


def _xml_entries(body: bytes) -> Iterator[dict[str, str]]:
    declared = _DECLARED.search(body[:200])
    text, _ = decode(body, f"charset={declared.group(1).decode('ascii')}" if declared else "")
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_HTML_ENTITY.sub(_as_character, text).encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        return
    for element in root.iter("{*}item", "{*}entry") if root is not None else ():
        yield _fields(element)


def _fields(element: etree._Element) -> dict[str, str]:
    """Return the texts of an item by local name; the first of a name counts, and the link wherever it is written."""
    fields = {"base": element.base or ""}
    for child in element.iterchildren(etree.Element):
        name = etree.QName(child).localname
        text = _text(child)
        if name == "link":
            text = child.get("href", "") if child.get("rel", "alternate") == "alternate" and not text else text
        if text.strip():
            fields.setdefault(name, text.strip())
    identity = fields.get("guid") or fields.get("id") or ""
    # FeedBurner counts clicks at its own address and keeps the article's in origLink.
    fields["link"] = fields.get("origLink") or fields.get("link") or (identity if identity.startswith("http") else "")
    return fields


def _text(element: etree._Element) -> str:
    """Return the text, or the markup of an Atom body that is written as XHTML."""
    if len(element) == 0:
        return element.text or ""
    return " ".join(str(piece) for piece in element.itertext(with_tail=False))


def _as_character(match: re.Match[str]) -> str:
    return html5.get(match.group(1), match.group(0))
