"""Versions: earlier states of an article, and what changed from one to the next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scheduler.web.article import Id, found_article
from scheduler.web.backstage import Backstage, Behind
from scheduler.web.etags import Revalidated
from scheduler.web.language import said
from scheduler.web.views import render
from store.availability import asked
from store.differences import Change, difference

api = APIRouter(prefix="/api", tags=["articles"], route_class=Revalidated)
pages = APIRouter(include_in_schema=False)

Number = Annotated[int, Query(ge=1, le=1_000_000, description="the version that is compared with the one after it")]


@dataclass(slots=True, kw_only=True, frozen=True)
class Version:
    """An earlier state of an article: what was fetched at `fetched_at` and found changed at `replaced_at`."""

    number: int
    title: str
    text: str
    authors: list[str]
    published_at: datetime | None
    published_text: str | None
    modified_at: datetime | None
    fetched_at: datetime | None
    replaced_at: datetime | None

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        return cls(**{name: record.get(name) for name in cls.__slots__} | {"authors": record.get("authors") or []})


@dataclass(slots=True, frozen=True)
class Versions:
    """Oldest first; `total` counts all."""

    article: str
    versions: list[Version]
    total: int


@dataclass(slots=True, kw_only=True, frozen=True)
class Difference:
    """What changed from `version` to `next`, null for the present state. Joined, what is not `added` is the earlier."""

    article: str
    version: int
    next: int | None
    replaced_at: datetime | None
    title: list[Change]
    text: list[Change]


@api.get("/articles/{article}/versions")
def list_versions(
    article: Id,
    behind: Behind,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Versions:
    """The earlier versions of an article; the present one is the article itself."""
    own = found_article(behind, article)["id"]
    found = _stored(behind, own)
    return Versions(own, [Version.of(record) for record in found[offset : offset + limit]], len(found))


@api.get("/articles/{article}/diff")
def diff(article: Id, behind: Behind, version: Number = 1) -> Difference:
    """What changed between a version and the next one."""
    return _difference(behind, found_article(behind, article), version)


@pages.get("/articles/{article}/versions/{number}")
def page(article: Id, number: int, request: Request, behind: Behind) -> Response:
    record = found_article(behind, article)
    return render(request, "version.html", article=record, changed=_difference(behind, record, number))


def _difference(behind: Backstage, article: dict[str, Any], number: int) -> Difference:
    states = [*_stored(behind, article["id"]), article]
    place = next((place for place, state in enumerate(states[:-1]) if state["number"] == number), None)
    if place is None:
        raise HTTPException(
            404, said("there is no version %(number)s of article %(id)s", number=number, id=article["id"])
        )
    before, after = states[place : place + 2]
    return Difference(
        article=article["id"],
        version=number,
        next=after.get("number"),
        replaced_at=before.get("replaced_at"),
        title=difference(before["title"], after["title"]),
        text=difference(before["text"], after["text"]),
    )


def _stored(behind: Backstage, article: str) -> list[dict[str, Any]]:
    with asked():
        return behind.archive().versions(article)
