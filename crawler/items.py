"""The words that every stage shares, as plain dataclasses. A leaf: imports no scrapy, store, pipelines or scheduler."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Status(StrEnum):
    """A verdict: what a stage decided of a teaser or an article."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


class Origin(StrEnum):
    """Where a teaser was seen: the three kinds of source, the related block of an article, or a person's request."""

    FEED = "feed"
    LISTING = "listing"
    SITEMAP = "sitemap"
    RELATED = "related"
    REQUEST = "request"


@dataclass(slots=True, kw_only=True, frozen=True)
class Reason:
    """Why a verdict came out as it did.

    `code` is counted and never translated (`hook-phrase`); `detail` is for a reader and names the passage that
    caused it; `weight` is the part it had in the verdict, in the unit of the stage that gave it.
    """

    code: str
    detail: str = ""
    weight: float = 0.0


@dataclass(slots=True, kw_only=True)
class Teaser:
    """A link to an article with what is shown beside it, before the article is fetched.

    `url` is absolute and without fragment; `found_on` is the address of the page, feed or sitemap that shows it.
    """

    url: str
    origin: Origin
    found_on: str
    title: str = ""
    excerpt: str = ""
    published_at: datetime | None = None
    status: Status = Status.ACCEPTED
    reasons: tuple[Reason, ...] = ()


@dataclass(slots=True, kw_only=True)
class TeaserList:
    """What one list page, feed, sitemap or related block announces, newest first as far as the page tells.

    `next_page` continues it and is read only while a list still shows something new; `depth` is how many related
    links lie between these teasers and a source (0: straight from a source).
    """

    teasers: list[Teaser]
    next_page: str | None = None
    depth: int = 0


@dataclass(slots=True, kw_only=True, frozen=True)
class Page:
    """The raw response an article was extracted from. `body` is as received, content encoding undone."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    fetched_at: datetime


@dataclass(slots=True, kw_only=True)
class Article:
    """What is extracted from one page, and what the stages add to it. Times carry a zone.

    `url` is the address it was fetched from, `canonical_url` the one that gives its identity. `html` is the body with
    a few safe tags, `text` the same as lines, a paragraph a line. `source` is who reported it, as printed (来源).
    `published_text` is the date as printed; `published_precision` is `second`, `minute`, `hour`, `day`, `month` or
    `year`. `images` are absolute addresses, the leading picture first. `story` is the id of the story's first
    article; `copy_of` the id of the article this one is a copy of; `replaces` the id of the copy that stood for the
    story until this, the earlier one, was found. `aliases` are other addresses that led here.
    """

    url: str
    canonical_url: str
    site: str
    title: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    authors: list[str] = field(default_factory=list)
    source: str | None = None
    published_at: datetime | None = None
    published_text: str | None = None
    published_precision: str | None = None
    modified_at: datetime | None = None
    category: str | None = None
    tags: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    language: str | None = None
    status: Status = Status.ACCEPTED
    reasons: list[Reason] = field(default_factory=list)
    story: str | None = None
    copy_of: str | None = None
    related: list[Teaser] = field(default_factory=list, repr=False)
    aliases: list[str] = field(default_factory=list)
    replaces: str | None = None
    fetched_at: datetime
    page: Page = field(repr=False)


@dataclass(slots=True, kw_only=True, frozen=True)
class Failure:
    """A teaser whose page could not be fetched this time; it is tried again in the next run."""

    teaser: Teaser
    error: str


Item = Article | Teaser | Failure
