"""Answers to the labelled pages of extraction, by the product's own code path."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from crawler.document import parse
from crawler.extract.article import extract_article
from crawler.items import Page, Reason

# A moment after every labelled page was saved.
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def answers(pages: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield `id title text author published` for each page (`id`, `html`, `url` or null)."""
    for page in pages:
        yield {"id": page["id"], **_answer(page["html"], page["url"] or "http://localhost/")}


def _answer(html: str, url: str) -> dict[str, Any]:
    response = Page(url=url, status=200, headers={}, body=html.encode("utf-8", "replace"), fetched_at=NOW)
    found = extract_article(parse(response.body, url), response, site="quality", now=NOW)
    if isinstance(found, Reason):
        return {"title": None, "text": None, "author": None, "published": None}
    published = found.published_at.isoformat() if found.published_at else None
    return {"title": found.title, "text": found.text, "author": ", ".join(found.authors), "published": published}
