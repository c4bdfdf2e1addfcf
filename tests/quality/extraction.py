"""Answers to the labelled pages of extraction, by the product's own code path."""

import runpy
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from crawler.document import parse
from crawler.extract.article import extract_article
from crawler.items import Page, Reason
from tests.support.shared import shared

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


@cache
def scorer() -> SimpleNamespace:
    """Return the names of the scorer; run, not imported, so that nothing is written beside it."""
    return SimpleNamespace(**runpy.run_path(str(shared("eval/score_extraction.py"))))


def figures(score: SimpleNamespace, page: dict[str, Any], answer: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield each measure that the page is labelled for with its value, as the scorer counts it."""
    gold, lang = page["gold"], page["lang"]
    if gold.get("text"):
        yield "text", score.text_score(gold, answer.get("text"), lang)[2]
    if gold.get("title"):
        yield "title", float(score.title_key(gold["title"]) == score.title_key(answer.get("title")))
    if score.day(gold.get("date")):
        yield "date", float(score.day(gold["date"]) == score.day(answer.get("published")))
    if gold.get("author"):
        said = " ".join((answer.get("author") or "").lower().split())
        yield "author", float(all(name in said for name in score.names(gold["author"])))
