"""One article: its text and facts, its picture, its story, its earlier versions, and what was removed from its page."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scheduler.web.answers import Article
from scheduler.web.backstage import Backstage, Behind
from scheduler.web.etags import Revalidated
from scheduler.web.headers import policy
from scheduler.web.language import said
from scheduler.web.legible import body
from scheduler.web.pictures import picture_origin
from scheduler.web.review import standing_of
from scheduler.web.views import render
from store.availability import asked
from store.queries import Record

api = APIRouter(prefix="/api", tags=["articles"], route_class=Revalidated)
pages = APIRouter(include_in_schema=False)

Id = Annotated[str, Path(max_length=100, description="an id, or a start of one that no other has")]
MEMBERS, BLOCKS = 50, 300  # of a story, and of what was removed, that a page shows


@dataclass(slots=True, frozen=True)
class Member:
    """Another article of the same story. `alike` is the part of the shorter text that it shares with its original."""

    article: Record
    alike: float | None

    @property
    def percent(self) -> int | None:
        return None if self.alike is None else round(100 * self.alike)


@api.get("/articles/{article}")
def show(article: Id, behind: Behind) -> Article:
    """One article, whole."""
    return Article.of(found_article(behind, article))


@pages.get("/articles/{article}")
def page(article: Id, request: Request, behind: Behind) -> Response:
    record = found_article(behind, article)
    with asked():
        archive = behind.archive()
        story = archive.story(record["story"]) if record["story"] else []
        versions = archive.versions(record["id"]) if record["versions"] else []
        removed = behind.removed(behind.store(), record)
    picture, origin = _picture(behind, record)
    answer = render(
        request,
        "article.html",
        article=record,
        body=body(record),
        picture=picture,
        story=[_member(each) for each in story if each["id"] != record["id"]],
        versions=versions,
        removed=removed,
        standing=standing_of(behind, record["id"]),
        most={"members": MEMBERS, "blocks": BLOCKS},
    )
    if origin:
        answer.headers["Content-Security-Policy"] = policy(origin)
    return answer


def found_article(behind: Backstage, article: str) -> Record:
    """Return an article by its id or a start of it.

    Raises:
        HTTPException: there is none.
    """
    with asked():
        found = behind.archive().get(article)
    if found is None:
        raise HTTPException(404, said("there is no article %(id)s", id=article))
    return found


def _picture(behind: Backstage, article: Record) -> tuple[str | None, str | None]:
    """Return the leading picture of an article and its origin, if a page may show it."""
    address = next(iter(article["images"] or []), "")
    origin = picture_origin(address, behind.allow_private)
    return (address, origin) if origin else (None, None)


def _member(article: Record) -> Member:
    reasons = article["reasons"] or []
    return Member(article, next((reason["weight"] for reason in reasons if reason["code"] == "copy"), None))
