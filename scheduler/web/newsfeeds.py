"""What any search finds as a feed, for those who read it elsewhere: Atom, RSS, JSON Feed."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from scheduler import feeds
from scheduler.feeds import About
from scheduler.web.backstage import Backstage, Behind, Now
from scheduler.web.etags import Revalidated
from scheduler.web.filters import Filters, Wanted
from scheduler.web.legible import body, outward
from store.availability import asked
from store.queries import Record

api = APIRouter(prefix="/feeds", tags=["feeds"], route_class=Revalidated)

Limit = Annotated[int, Query(ge=1, le=200)]
_AN_OBJECT = {"schema": {"type": "object"}}
Writer = Callable[[Iterable[Record], About], Iterator[str]]


class Atom(Response):
    media_type = feeds.ATOM_TYPE


class Rss(Response):
    media_type = feeds.RSS_TYPE


class JsonFeed(Response):
    media_type = feeds.JSON_TYPE


@api.get("/atom", response_class=Atom)
def atom(request: Request, behind: Behind, now: Now, wanted: Wanted, limit: Limit = 50) -> Response:
    """The articles that fit, as an Atom feed."""
    return Atom(_written(request, feeds.atom, _found(behind, wanted, now, limit), behind, wanted))


@api.get("/rss", response_class=Rss)
def rss(request: Request, behind: Behind, now: Now, wanted: Wanted, limit: Limit = 50) -> Response:
    """The articles that fit, as an RSS feed."""
    return Rss(_written(request, feeds.rss, _found(behind, wanted, now, limit), behind, wanted))


@api.get("/json", response_class=JsonFeed, responses={200: {"content": {feeds.JSON_TYPE: _AN_OBJECT}}})
def json(request: Request, behind: Behind, now: Now, wanted: Wanted, limit: Limit = 50) -> Response:
    """The articles that fit, as a JSON Feed."""
    return JsonFeed(_written(request, feeds.json_feed, _found(behind, wanted, now, limit), behind, wanted))


def _found(behind: Backstage, wanted: Filters, now: datetime, limit: int) -> list[Record]:
    with asked():
        return behind.archive().page(wanted.query(now, limit=limit)).articles


def _written(request: Request, write: Writer, found: list[Record], behind: Backstage, wanted: Filters) -> str:
    here = str(request.base_url).rstrip("/")
    about = About(
        title=" · ".join(["Winnow", *filter(None, (wanted.q, wanted.site, wanted.author, wanted.tag))]),
        url=here + wanted.address("/articles"),
        feed_url=here + wanted.address(request.scope["path"]),
        updated=max((article["fetched_at"] for article in found), default=behind.state().started_at),
    )
    return "".join(write((_safe(article, here) for article in found), about))


def _safe(article: Record, here: str) -> Record:
    """Return an article whose markup does nothing and whose address can be opened, else that of its page here."""
    address = outward(article["canonical_url"]) or f"{here}/articles/{article['id']}"
    return article | {"canonical_url": address, "html": str(body(article)) if article["html"] else None}
