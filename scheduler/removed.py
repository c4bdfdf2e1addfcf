"""What extraction removed from an article's page, found again in the page that is kept: handed to the web side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store import pages

if TYPE_CHECKING:
    from store.connect import SyncDatabase
    from store.queries import Record


def removed(database: SyncDatabase, article: Record) -> list[str] | None:
    """Return the blocks of text of an article's page that are not in it; None if the page is not kept."""
    from crawler.document import parse  # here, since a service that nobody asks needs no parser: 5 MB
    from crawler.extract.left_out import left_out

    page = pages.find(database, article["id"])
    if page is None:
        return None
    document = parse(page.body, page.url, page.headers.get("Content-Type", ""))
    return left_out(document, f"{article['title']}\n{article['text']}")
