"""Sitemaps: the addresses they list and the further sitemaps they name. Pure. Expands no entities of the file."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml import etree

from crawler.discover.links import absolute, is_candidate, is_same_site
from crawler.discover.stamps import parse_stamp
from crawler.items import Origin, Teaser

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 8 * 1024 * 1024
MAX_URLS = 50_000  # the protocol's limit for one file
_OLDEST = datetime.min.replace(tzinfo=UTC)
# Names that WordPress and its Yoast and Rank Math plug-ins, Drupal and Z-Blog give to maps of anything but articles.
_NO_ARTICLES = re.compile(
    r"taxonom|categor|(?<![a-z])tags?(?![a-z])|post_tag|authors?|users?(?![a-z])|images?(?![a-z])|videos?(?![a-z])"
    r"|posts-page|(?<![a-z])pages?-sitemap|(?<![a-z])pages?\.xml",
    re.IGNORECASE,
)


@dataclass(slots=True, kw_only=True, frozen=True)
class Sitemap:
    """`teasers` and `children` (addresses of further sitemaps) come newest first, as far as dates are given."""

    teasers: list[Teaser] = field(default_factory=list)
    children: list[str] = field(default_factory=list)


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Read a urlset, a sitemap index or a list of lines, packed by gzip or not; a broken one as far as it goes."""
    body = _unpacked(body)
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        lines = body.decode("utf-8", "replace").split()[:MAX_URLS]
        return Sitemap(
            teasers=[Teaser(url=line, origin=Origin.SITEMAP, found_on=url) for line in _addresses(lines, url)]
        )
    teasers: dict[str, tuple[datetime, Teaser]] = {}
    children: dict[str, datetime] = {}
    for kind, entry in _entries(body):
        address = absolute(entry.get("loc", ""), url)
        if not address:
            continue
        moment = parse_stamp(entry.get("publication_date") or entry.get("lastmod", "")) or _OLDEST
        if kind == "url" and is_candidate(address):
            teasers.setdefault(address, (moment, _teaser(address, entry, url)))
        elif kind == "sitemap" and is_same_site(address, url) and not _NO_ARTICLES.search(urlsplit(address).path):
            children.setdefault(address, moment)
    newest = sorted(teasers.values(), key=lambda pair: pair[0], reverse=True)
    return Sitemap(
        teasers=[teaser for _, teaser in newest],
        children=sorted(children, key=lambda child: children[child], reverse=True),
    )


def _teaser(address: str, entry: dict[str, str], url: str) -> Teaser:
    published = parse_stamp(entry.get("publication_date", ""))
    title = entry.get("title", "")
    return Teaser(url=address, origin=Origin.SITEMAP, found_on=url, title=title, published_at=published)


def _addresses(lines: list[str], url: str) -> list[str]:
    addresses = (absolute(line, url) for line in lines if line.startswith("http"))
    return [each for each in dict.fromkeys(addresses) if each and is_candidate(each)]


def _entries(body: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each entry's kind and its texts by local name, freeing what was read: memory stays flat."""
    reader = etree.iterparse(
        BytesIO(body),
        tag=("{*}url", "{*}sitemap"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for count, (_, element) in enumerate(reader):
            if count == MAX_URLS:
                return
            # The first text of a name counts: an entry's own title stands before those of its pictures.
            texts: dict[str, str] = {}
            for part in element.iterdescendants(etree.Element):
                texts.setdefault(etree.QName(part).localname, " ".join((part.text or "").split()))
            yield etree.QName(element).localname, texts
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError:
        return


def _unpacked(body: bytes) -> bytes:
    if body[:2] != b"\x1f\x8b":
        return body[:MAX_BYTES]
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MAX_BYTES)
    except zlib.error:
        return b""
