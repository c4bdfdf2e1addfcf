"""What others wrote, made fit for a page: text that plays no tricks, markup that does nothing, addresses that lead.

Pure. What is stored is clean already; a page does not rely on that.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import nh3
from markupsafe import Markup

from scheduler.harmless import line, paragraphs

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 500  # characters of a title, a name or a reason
_TAGS = {
    "a", "blockquote", "br", "code", "em", "figcaption", "h2", "h3", "h4", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_MOST_MARKUP, _DEEPEST = 2_000_000, 100  # characters, and tags of a name within each other, that no article needs
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NEVER_DEEP = {"br", "hr", "img", "li", "p", "td", "th", "tr"}  # empty, or closed by the next
_HEADING = re.compile("<(/?)h([234])>")
_EMPTY = re.compile(r"<p>\s*(<br>\s*)*</p>")
_DAYS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}


def legible(text: str | None, longest: int = LONGEST) -> str:
    r"""Return a text as one line without what would hide or reorder it, cut where it gets too long.

    >>> legible("a\u202eb\x1b[31m", 4)
    'ab[…'
    """
    return line(text or "", longest)


def body(article: Mapping[str, Any]) -> Markup:
    """Return the text of an article as markup of a few tags without pictures; its links tell nobody where they were.

    Markup that is large or deep beyond reason costs seconds to clean; of such an article the plain text is shown.

    >>> body({"html": '<p onclick="x()">a <a href="javascript:x()">b</a></p><script>c</script>', "text": "a b"})
    Markup('<p>a <a rel="noreferrer noopener nofollow">b</a></p>')
    """
    if not article["html"] or _is_beyond_reason(article["html"]):
        return Markup("").join(Markup("<p>{}</p>").format(line) for line in article["text"].splitlines())
    clean = nh3.clean(
        article["html"], tags=_TAGS, attributes=_ATTRIBUTES, link_rel="noreferrer noopener nofollow",
        url_schemes={"http", "https"}, url_relative="deny",
    )  # fmt: skip
    return Markup(_outlined(_EMPTY.sub("", paragraphs(clean))))  # noqa: S704 - sanitised in the line above


def _is_beyond_reason(html: str) -> bool:
    unclosed: Counter[str] = Counter()
    for tag in _TAG.finditer(html[:_MOST_MARKUP]):
        name = tag[2].lower()
        if name not in _NEVER_DEEP:
            unclosed[name] = max(0, unclosed[name] + (-1 if tag[1] else 1))
            if unclosed[name] > _DEEPEST:
                return True
    return len(html) > _MOST_MARKUP


def _outlined(html: str) -> str:
    """Return markup with headings as they stand beneath the <h1> of a page: from <h2> on, and no level left out.

    >>> _outlined("<h3>a</h3><h4>b</h4><h2>c</h2><h4>d</h4>")
    '<h2>a</h2><h3>b</h3><h2>c</h2><h3>d</h3>'
    """
    above: list[str] = []

    def level(tag: re.Match[str]) -> str:
        if not tag[1]:
            above[:] = [*(each for each in above if each < tag[2]), tag[2]]
        return f"<{tag[1]}h{len(above) + 1}>"

    return _HEADING.sub(level, html)


def outward(url: str | None) -> str | None:
    r"""Return an address that a page may lead to, None for one that a browser would run rather than open.

    >>> outward("https://example.com/"), outward("javascript:alert(1)"), outward(" java\nscript:alert(1)")
    ('https://example.com/', None, None)
    """
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    is_plain = parts.scheme in ("http", "https") and parts.netloc and (url or "").isprintable()
    return url if is_plain else None


def published(article: Mapping[str, Any]) -> Markup:
    """Write when an article was published, in its publisher's zone, as exactly as that is known.

    >>> from datetime import datetime
    >>> at = datetime(2025, 12, 20, 8, 15, tzinfo=UTC)
    >>> published({"published_at": at, "published_precision": "day"}).striptags()
    '2025-12-20'
    """
    at = article["published_at"]
    if at is None:
        return Markup("")
    precision = article["published_precision"]
    pattern, exact = _DAYS.get(precision or ""), "seconds" if precision == "second" else "minutes"
    clock = at.isoformat(" ", exact)
    said = f"{at:{pattern}}" if pattern else f"{clock[:-6]} {clock[-6:]}"
    iso = at.astimezone(UTC).isoformat(timespec="seconds")
    return Markup('<time data-as-is datetime="{}">{}</time>').format(iso, said)
