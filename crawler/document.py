"""One parsed page, shared by everything that reads it: a page is decoded and parsed once.

Pure. Knows nothing of what is looked for in the page.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    # Plain elements: those of lxml.html look up a class for each, which costs a tenth of reading a page.
    Element = etree._Element  # noqa: SLF001 - lxml has no public name for it

_PARSER = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_\-:.]{2,40})""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w\-:.]{2,40})""", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# The WHATWG encoding standard reads these labels as their supersets.
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "iso-8859-1": "windows-1252",
    "latin-1": "windows-1252",
    "ascii": "windows-1252",
    "us-ascii": "windows-1252",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
}


@dataclass(slots=True, frozen=True)
class Document:
    """A decoded and parsed page. `url` is where it was fetched from, after redirects; `root` is never changed."""

    url: str
    root: Element
    encoding: str


def parse(body: bytes, url: str, content_type: str = "") -> Document:
    """Decode and parse a page. Never fails: an empty or broken body gives an empty tree.

    `content_type` is the header's value. A page that is valid UTF-8 is UTF-8 whatever it declares: text in another
    encoding is hardly ever valid by chance, and wrong declarations are common.
    """
    text, encoding = decode(body, content_type)
    root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), _PARSER)
    if root is None:  # nothing but white space or an open comment
        root = etree.Element("html")
    return Document(url=url, root=root, encoding=encoding)


def text_of(element: Element) -> str:
    """Return all text in an element on one line."""
    return " ".join(etree.tostring(element, method="text", encoding="unicode", with_tail=False).split())


def decode(body: bytes, content_type: str = "") -> tuple[str, str]:
    """Return the text of a body and the encoding that was used, never raising."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace"), encoding
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    for label in _declared(body, content_type):
        try:
            return body.decode(label), label
        except (UnicodeDecodeError, LookupError):
            continue
    return _closest(body, _declared(body, content_type))


def _declared(body: bytes, content_type: str) -> list[str]:
    header = _HEADER_CHARSET.search(content_type)
    meta = _META_CHARSET.search(body[:4096])
    labels = [header.group(1)] if header else []
    labels += [meta.group(1).decode("ascii")] if meta else []
    return [_SUPERSETS.get(label.lower(), label.lower()) for label in labels]


def _closest(body: bytes, declared: list[str]) -> tuple[str, str]:
    """Decode with the fewest replaced characters; what is declared goes first where two are even."""
    tried = dict.fromkeys([*declared, "utf-8", "gb18030", "big5hkscs", "cp932", "cp949", "windows-1252"])
    texts = []
    for label in tried:
        try:
            texts.append((body.decode(label, "replace"), label))
        except LookupError:
            continue
    return min(texts, key=lambda pair: pair[0].count("�"))
