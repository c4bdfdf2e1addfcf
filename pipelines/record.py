"""Items as the documents that are stored: the one place where field names of items and of the store meet. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from itemadapter import ItemAdapter

from store.urls import key

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.items import Article, Failure, Reason, Teaser

_NOT_STORED = ("page", "aliases", "replaces")


def article_record(article: Article) -> dict[str, Any]:
    """Return an article as it is stored: `keys` are those of all its addresses, `sort_at` orders lists."""
    record = dict(ItemAdapter(article))
    for name in _NOT_STORED:
        del record[name]
    record["_id"] = article_id(article)
    record["keys"] = sorted({record["_id"], *map(key, (article.url, *article.aliases))})
    record["status"] = article.status.value
    record["reasons"] = [reason_record(reason) for reason in article.reasons]
    record["related"] = [related_record(teaser) for teaser in article.related]
    record["published_offset"] = offset_of(article.published_at)
    record["sort_at"] = article.published_at or article.fetched_at
    return record


def offset_of(moment: datetime | None) -> int | None:
    """Return the publisher's distance from UTC in minutes: MongoDB keeps moments, not zones."""
    offset = moment.utcoffset() if moment else None
    return None if offset is None else int(offset.total_seconds() // 60)


def article_id(article: Article) -> str:
    """Return the identity of an article: the key of its canonical address."""
    return key(article.canonical_url)


def teaser_record(teaser: Teaser, site: str) -> dict[str, Any]:
    """Return a judged teaser as it is remembered."""
    where = {"site": site, "origin": teaser.origin.value, "found_on": teaser.found_on}
    return related_record(teaser) | where


def failure_record(failure: Failure) -> dict[str, Any]:
    """Return a teaser as it waits for the next run, in the fields that make it anew, with what went wrong."""
    teaser = failure.teaser
    fields = {"url": teaser.url, "origin": teaser.origin.value, "found_on": teaser.found_on}
    shown = {"title": teaser.title, "excerpt": teaser.excerpt, "published_at": teaser.published_at}
    return {"teaser": fields | shown, "error": failure.error}


def related_record(teaser: Teaser) -> dict[str, Any]:
    """Return a teaser as an article lists it."""
    return {
        "url": teaser.url,
        "title": teaser.title,
        "excerpt": teaser.excerpt,
        "status": teaser.status.value,
        "reasons": [reason_record(reason) for reason in teaser.reasons],
    }


def reason_record(reason: Reason) -> dict[str, Any]:
    """Return a reason as it is stored."""
    return {"code": reason.code, "detail": reason.detail, "weight": reason.weight}
