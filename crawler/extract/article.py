"""One page to one article, or the reason why it is none: reads each field where it is trusted most.

Pure. Knows nothing of where pages come from or what becomes of articles.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crawler.discover.related import find_related
from crawler.extract.body import Zones, find_body
from crawler.extract.byline import author_candidates, find_category, find_crumbs, find_source, find_tags
from crawler.extract.dates import CHINA
from crawler.extract.evidence import winner
from crawler.extract.info import find_info
from crawler.extract.kind import why_no_article
from crawler.extract.language import language_of
from crawler.extract.markup import write_markup
from crawler.extract.metadata import read_metadata, strings
from crawler.extract.outline import outline
from crawler.extract.published import Clock, find_moments
from crawler.extract.title import find_headline, nearest
from crawler.items import Article, Reason

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from crawler.document import Document
    from crawler.extract.body import Body
    from crawler.extract.info import Info
    from crawler.extract.metadata import Metadata
    from crawler.extract.outline import Outline
    from crawler.extract.published import Moments
    from crawler.extract.title import Headline
    from crawler.items import Page, Teaser

_LONGEST_TITLE = 500


@dataclass(slots=True, frozen=True)
class _Reading:
    """What was found in a page before any field is decided."""

    document: Document
    page: Outline
    data: Metadata
    headline: Headline
    zones: Zones
    body: Body | None

    @property
    def text(self) -> str:
        return "\n".join(self.page.lines[number].text for number in self.body.lines) if self.body else ""


def extract_article(
    document: Document,
    page: Page,
    *,
    site: str,
    now: datetime,
    zone: tzinfo | None = None,
    teaser: Teaser | None = None,
) -> Article | Reason:
    """Return the page's article, or why it is none (codes: no-article, too-short, list-page, soft-404, walled).

    `now` is what relative dates count from; `zone` the site's, guessed from the language where None. `teaser` is
    what led here: its title and date stand in where the page gives none.
    """
    reading = _read(document, teaser.title if teaser else "")
    body = reading.body
    reason = why_no_article(document, reading.page, reading.zones, reading.headline, body)
    if reason or body is None:
        return reason or Reason(code="no-article")
    article = _article(reading, body, page, site)
    article.language = language_of(article.text, document.root.get("lang"))
    info = find_info(reading.page, reading.zones, reading.headline.line, body)
    _name(article, info, reading, body)
    clock = Clock(now, zone or (CHINA if article.language == "zh" else UTC))
    _date(article, find_moments(info, reading.data, document.url, clock), teaser)
    return article


def _read(document: Document, hint: str) -> _Reading:
    page = outline(document.root)
    data = read_metadata(document.root)
    headline = find_headline(page, data, hint)
    zones = Zones(page, headline.line)
    names = data.names("author") or list(filter(None, [data.first("author")]))
    body = find_body(page, zones, headline.line, " ".join(strings(data.linked.get("articleBody"))), names)
    if body and body.lines:
        headline = nearest(page, headline, body.lines[0])
    return _Reading(document, page, data, headline, zones, body)


def _article(reading: _Reading, body: Body, page: Page, site: str) -> Article:
    document = reading.document
    base = _base(document)
    markup = write_markup(reading.page, body, base)
    return Article(
        url=document.url,
        canonical_url=_canonical(base, document.url, reading.data),
        site=site,
        title=reading.headline.text[:_LONGEST_TITLE],
        text=reading.text,
        html=markup.html,
        images=markup.images or _said_pictures(reading.data, base),
        related=find_related(document, reading.page),
        fetched_at=page.fetched_at,
        page=page,
    )


def _name(article: Article, info: Info, reading: _Reading, body: Body) -> None:
    data = reading.data
    article.authors = winner(author_candidates(info, data)) or []
    article.source = find_source(info, data)
    article.tags = find_tags(info, data)
    crumbs = find_crumbs(reading.page.lines[: body.lines[0]], article.title)
    article.category = find_category(info, data, crumbs)


def _date(article: Article, moments: Moments, teaser: Teaser | None) -> None:
    stamp = moments.published
    if stamp:
        article.published_at, article.published_precision = stamp.at, stamp.precision
        article.published_text = stamp.text
    elif teaser:
        article.published_at = teaser.published_at
    if moments.modified and (stamp is None or moments.modified.at >= stamp.at):
        article.modified_at = moments.modified.at


def _base(document: Document) -> str:
    element = document.root.find(".//base")
    return _joined(document.url, element.get("href") if element is not None else None) or document.url


def _joined(base: str, href: str | None) -> str | None:
    try:
        return urljoin(base, (href or "").strip())
    except ValueError:
        return None


def _canonical(base: str, url: str, data: Metadata) -> str:
    """Return the address that the page claims, if it lies on the same host and is not the home page."""
    for claim in (data.canonical, data.first("og:url")):
        address = _joined(base, claim) if claim else None
        if address and _is_page_of(address, url):
            return address
    return url


def _is_page_of(address: str, url: str) -> bool:
    try:
        claimed, fetched = urlsplit(address), urlsplit(url)
    except ValueError:
        return False
    inside = claimed.path.strip("/") != "" or bool(claimed.query)
    return claimed.scheme in ("http", "https") and claimed.netloc.lower() == fetched.netloc.lower() and inside


def _said_pictures(data: Metadata, base: str) -> list[str]:
    said = data.first("og:image", "og:image:url", "twitter:image")
    address = _joined(base, said) if said else None
    return [address] if address and address.startswith("http") else []
