"""Tells an article page from a list page, for an address whose kind nobody has said. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.discover.links import has_article_shape, is_readable, is_section
from crawler.discover.listing import Shown, line, shown, width

if TYPE_CHECKING:
    from collections.abc import Collection

    from crawler.document import Document, Element

_DECLARED = re.compile(r'"(?:\w*Article|BlogPosting)"')
_NO_PROSE = frozenset(("script", "style", "noscript", "template", "textarea", "option", "title", "a"))
_SENTENCE = 30  # columns: shorter bits are labels
_HEADLINE = 16  # columns: shorter headings are names of sections


def looks_like_article(document: Document) -> bool:
    """Tell whether a page is an article rather than a list or home page.

    An address that names itself as a list decides; else the votes of declaration, headline, address and text do.
    The weights were set on 649 labelled article pages and on the lists of two CMS.
    """
    if is_section(document.url) or not is_readable(document.url):
        return False
    teasers = shown(document)
    return (
        2 * _is_declared(document.root)
        + 2 * _has_own_headline(document.root)
        + 2 * has_article_shape(document.url)
        + _text_votes(document.root, teasers.values())
    ) >= 1


def _is_declared(root: Element) -> bool:
    kind = next((meta.get("content") for meta in root.iter("meta") if meta.get("property") == "og:type"), None)
    scripts = (script.text or "" for script in root.iter("script") if script.get("type") == "application/ld+json")
    return kind in ("article", "news") or any(_DECLARED.search(script) for script in scripts)


def _has_own_headline(root: Element) -> bool:
    """Tell whether the page's title begins with a heading that is no link."""
    title = " ".join((root.findtext(".//title") or "").split())
    for heading in root.iter("h1", "h2"):
        text = line(heading)
        if width(text) >= _HEADLINE and title.startswith(text[:60]):
            return heading.find(".//a") is None and next(heading.iterancestors("a"), None) is None
    return False


def _text_votes(root: Element, teasers: Collection[Shown]) -> int:
    """Weigh the longest stretch of text between two teasers against all text: a list has many short ones."""
    stretches = _stretches(root, {link for teaser in teasers for link in teaser.links})
    longest, share = max(stretches), max(stretches) / (sum(stretches) or 1)
    headlines = sum(teaser.rank == 1 and not teaser.side for teaser in teasers)
    votes = (longest >= 400) + (share >= 0.4) - (longest < 200) - (headlines >= 5)
    return votes - (len(teasers) >= 10 and share < 0.3) - (headlines >= 3 and share < 0.35)


def _stretches(root: Element, borders: Collection[Element]) -> list[int]:
    """Return the columns of text in sentences, outside links, between the elements that are borders."""
    stretches = [0]
    for element in root.iter():
        if element in borders:
            stretches.append(0)
        parent = element.getparent()
        texts = [] if element.tag in _NO_PROSE else [element.text]
        texts += [] if parent is None or parent.tag == "a" else [element.tail]
        columns = (width(" ".join(text.split())) for text in texts if text)
        stretches[-1] += sum(each for each in columns if each >= _SENTENCE)
    return stretches
