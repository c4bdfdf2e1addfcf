"""One article: its text and facts, its picture, its story and its earlier versions; what was removed from its page."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scheduler.web.answers import Article
from scheduler.web.backstage import Backstage, Behind
from scheduler.web.etags import Revalidated
from scheduler.web.filters import Name
from scheduler.web.headers import policy
from scheduler.web.language import said
from scheduler.web.legible import body
from scheduler.web.pictures import picture_origin
from scheduler.web.review import find_review, standing_of
from scheduler.web.views import render
from store.availability import asked
from store.queries import Record

api = APIRouter(prefix="/api", tags=["articles"], route_class=Revalidated)
pages = APIRouter(include_in_schema=False)

Id = Annotated[str, Path(max_length=100, description="an id, or a start of one that no other has")]
MEMBERS, VERSIONS, BLOCKS = 50, 50, 300  # of a story, of earlier states, and of what was removed, that a page shows


@dataclass(slots=True, frozen=True)
class Some:
    """The first of a list that may be long, or the last; `total` counts all."""

    shown: list[Any]
    total: int


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
def page(article: Id, request: Request, behind: Behind, did: Name = "") -> Response:
    record = found_article(behind, article)
    done = find_review(behind, did)
    picture, origin = _picture(behind, record)
    answer = render(
        request,
        "article.html",
        article=record,
        body=body(record),
        picture=picture,
        story=_others(behind, record),
        versions=_earlier(behind, record),
        standing=standing_of(behind, record["id"]),
        did=done if done and done.article == record["id"] else None,
    )
    if origin:
        answer.headers["Content-Security-Policy"] = policy(origin)
    return answer


@pages.get("/articles/{article}/removed")
def removed_page(article: Id, request: Request, behind: Behind) -> Response:
    record = found_article(behind, article)
    with asked():
        removed = behind.removed(behind.store(), record)
    return render(request, "removed.html", article=record, removed=removed, most=BLOCKS)


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


def _others(behind: Backstage, article: Record) -> Some:
    """Return the first other articles of an article's story."""
    if not article["story"]:
        return Some([], 0)
    with asked():
        archive = behind.archive()
        found = archive.story(article["story"], MEMBERS + 1, whole=False)
        others = [_member(each) for each in found if each["id"] != article["id"]]
        return Some(others[:MEMBERS], archive.count_story(article["story"]) - 1)


def _earlier(behind: Backstage, article: Record) -> Some:
    """Return the last earlier versions of an article."""
    if not article["versions"]:
        return Some([], 0)
    with asked():
        return Some(behind.archive().versions(article["id"], VERSIONS, whole=False), article["versions"])


def _member(article: Record) -> Member:
    reasons = article["reasons"] or []
    return Member(article, next((reason["weight"] for reason in reasons if reason["code"] == "copy"), None))
