"""Stage: every text of an article in one spelling, and nothing invisible in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.items import Article, Teaser
from pipelines.text import MAX_TEXT, clean_line, clean_text, clean_title

if TYPE_CHECKING:
    from crawler.items import Item


class CleanPipeline:
    """Cleans articles and the teasers they show; drops nothing."""

    def process_item(self, item: Item) -> Item:
        if isinstance(item, Article):
            clean_article(item)
        elif isinstance(item, Teaser):
            clean_teaser(item)
        return item


def clean_article(article: Article) -> None:
    """Clean an article in place."""
    article.title = clean_title(article.title)
    article.text = clean_text(article.text)[:MAX_TEXT]
    article.html = clean_text(article.html)
    if len(article.html) > MAX_TEXT:
        article.html = ""  # it can't be cut, and the text says the same
    article.authors = _lines(article.authors)
    article.tags = _lines(article.tags)
    article.source = _line(article.source)
    article.category = _line(article.category)
    article.published_text = _line(article.published_text)
    for teaser in article.related:
        clean_teaser(teaser)


def clean_teaser(teaser: Teaser) -> None:
    """Clean a teaser in place."""
    teaser.title = clean_title(teaser.title)
    teaser.excerpt = clean_line(teaser.excerpt)


def _line(raw: str | None) -> str | None:
    return clean_line(raw or "") or None


def _lines(raw: list[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(clean_line, raw))))
