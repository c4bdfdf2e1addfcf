"""Articles as the API tells of them: the names of `store.queries.FIELDS`, with their types."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from store.search.excerpts import Fragment, excerpt

LONGEST_TITLE = 1000  # characters, in a list: what is stored is shorter, if it was not put there by another hand
_LISTS = ("authors", "tags", "images", "reasons", "related")
_LONG = ("text", "html", "related")  # what a list leaves out


@dataclass(slots=True, kw_only=True, frozen=True)
class Reason:
    """Why a verdict came out as it did; `weight` is the part it had in it."""

    code: str
    detail: str = ""
    weight: float = 0.0


@dataclass(slots=True, kw_only=True, frozen=True)
class Related:
    """A teaser that the page of an article shows under its text."""

    url: str
    title: str = ""
    excerpt: str = ""
    status: str = "accepted"
    reasons: Sequence[Reason] = ()

    @classmethod
    def of(cls, teaser: dict[str, Any]) -> Self:
        return cls(**teaser | {"reasons": [Reason(**reason) for reason in teaser.get("reasons", ())]})


@dataclass(slots=True, kw_only=True, frozen=True)
class Article:
    """One article. In a list `text`, `html` and `related` are null if it is not `full`; `excerpt` is null elsewhere."""

    id: str
    url: str
    canonical_url: str
    site: str
    title: str
    text: str | None
    html: str | None
    authors: list[str]
    source: str | None
    published_at: datetime | None
    published_text: str | None
    published_precision: str | None
    modified_at: datetime | None
    category: str | None
    tags: list[str]
    images: list[str]
    language: str | None
    status: str
    reasons: list[Reason]
    story: str | None
    copy_of: str | None
    versions: int
    related: list[Related] | None
    fetched_at: datetime
    excerpt: list[Fragment] | None = None

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        """Return an article whole."""
        lists = {name: record[name] or [] for name in _LISTS}
        lists["reasons"] = [Reason(**reason) for reason in lists["reasons"]]
        lists["related"] = [Related.of(teaser) for teaser in lists["related"]]
        return cls(**record | lists | {"versions": record["versions"] or 0})

    @classmethod
    def listed(cls, record: dict[str, Any], words: Sequence[str], *, full: bool) -> Self:
        """Return an article as a list has it, with the passage that has the words."""
        found = excerpt(record["text"], words)
        whole = cls.of(record | {"title": record["title"][:LONGEST_TITLE]})
        told = {name: getattr(whole, name) for name in cls.__slots__}
        return cls(**told | ({} if full else dict.fromkeys(_LONG)) | {"excerpt": found})
