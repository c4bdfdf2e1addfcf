"""What a home page says of its publication: how it is called, and which CMS made the page. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.document import text_of

if TYPE_CHECKING:
    from crawler.document import Document

_LONGEST = 80  # characters of a generator or a title
# Folders from which only this CMS serves its styles, scripts and pictures, for pages that name no generator
_FOLDERS = (
    ("WordPress", re.compile(r"/wp-(?:content|includes)/")),
    ("Z-Blog", re.compile(r"/zb_(?:users|system)/")),
    ("Discuz!", re.compile(r"/(?:static/image/common|data/cache/style_\d+)")),
    ("EmpireCMS", re.compile(r"/e/(?:data|public|extend|member)/|/skin/default/")),
    ("DedeCMS", re.compile(r"/templets/|/plus/(?:search|list|diy)\.php")),
    ("PHPCMS", re.compile(r"/statics/(?:css|js|images)/|/phpsso_server/")),
    ("Typecho", re.compile(r"/usr/(?:themes|plugins|uploads)/")),
    ("PbootCMS", re.compile(r"/static/upload/image/\d{8}/|/apps/home/")),
    ("Drupal", re.compile(r"/sites/(?:default|all)/(?:files|themes|modules)/")),
    ("Joomla!", re.compile(r"/media/(?:jui|system)/(?:js|css)/")),
    ("Ghost", re.compile(r"/ghost/api/|/assets/built/")),
)


def title_of(document: Document) -> str:
    """Return how a home page calls itself: what it says for sharing, else its title."""
    for meta in document.root.iter("meta"):
        if meta.get("property", "").lower() == "og:site_name" and meta.get("content", "").strip():
            return _line(meta.get("content", ""))
    return next((_line(text) for title in document.root.iter("title") if (text := text_of(title))), "")


def cms_of(document: Document) -> str | None:
    """Return what made a page: the generator that it names, else the CMS whose folders its files come from."""
    for meta in document.root.iter("meta"):
        if meta.get("name", "").lower() == "generator" and meta.get("content", "").strip():
            return _line(meta.get("content", ""))
    files = [each.get("src", "") for each in document.root.iter("script", "img")]
    files += [each.get("href", "") for each in document.root.iter("link")]
    return next((name for name, folder in _FOLDERS if any(folder.search(file) for file in files)), None)


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]
