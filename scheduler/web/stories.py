"""Stories: the articles that are copies of one text."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.exceptions import HTTPException

from scheduler.web.answers import Article
from scheduler.web.backstage import Behind
from scheduler.web.etags import Revalidated
from scheduler.web.language import said
from store.availability import asked

api = APIRouter(prefix="/api", tags=["articles"], route_class=Revalidated)

MOST = 200


@dataclass(slots=True, frozen=True)
class Story:
    """The article that stands for the story comes first, then its copies, earliest first; `total` counts all of them.

    How like a copy is to what it was told by, its reason `copy` says: the part of the shorter that both have.
    """

    story: str
    articles: list[Article]
    total: int


@api.get("/stories/{story}")
def show(
    story: Annotated[str, Path(max_length=100)],
    behind: Behind,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
    full: bool = False,
) -> Story:
    """The articles of one story; its id is that of its first article."""
    with asked():
        archive = behind.archive()
        found, total = archive.story(story, limit), archive.count_story(story)
    if not found:
        raise HTTPException(404, said("there is no story %(id)s", id=story))
    return Story(story, [Article.listed(record, (), full=full) for record in found], total)
