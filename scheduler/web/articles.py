"""Articles: found by words and filters, counted by site and day."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from scheduler.web.answers import Article
from scheduler.web.backstage import Backstage, Behind, Now
from scheduler.web.daybars import strip_of
from scheduler.web.etags import Revalidated
from scheduler.web.filters import After, Filters, Wanted
from scheduler.web.legible import legible
from scheduler.web.views import render
from store import queries
from store.availability import asked
from store.errors import ConfigError, IndexBusy
from store.search.excerpts import Fragment, excerpt, mark

api = APIRouter(prefix="/api", tags=["articles"], route_class=Revalidated)
pages = APIRouter(include_in_schema=False)

A_PAGE = 30
MOST = 200
FEEDS = ("atom", "rss", "json")


@dataclass(slots=True, frozen=True)
class Articles:
    """One page of a list; `next` is what `after` says for the one that follows, null at the end.

    `total` counts all that fit.
    """

    articles: list[Article]
    next: str | None
    total: int


@dataclass(slots=True, frozen=True)
class OfSite:
    site: str
    articles: int


@dataclass(slots=True, frozen=True)
class OfDay:
    """A day is that of the publisher's zone."""

    day: date
    articles: int


@dataclass(slots=True, frozen=True)
class Facets:
    """Counts of all that fit: the sites with most of them first, the days earliest first, up to the last."""

    total: int
    sites: list[OfSite]
    days: list[OfDay]


@dataclass(slots=True, frozen=True)
class Hit:
    """An article as a page lists it."""

    article: queries.Record
    title: list[Fragment]
    excerpt: list[Fragment]


@api.get("/articles")
def list_articles(
    behind: Behind,
    now: Now,
    wanted: Wanted,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    after: After = "",
    full: bool = False,
) -> Articles:
    """Articles that fit, newest first or best first; with text, html and related if they are to be `full`."""
    query = wanted.query(now, limit=limit, after=after)
    with asked():
        found, total = behind.archive().page(query), behind.archive().count(query)
    listed = [Article.listed(record, query.words, full=full) for record in found.articles]
    return Articles(listed, found.next, total)


@api.get("/articles/facets")
def facets(
    behind: Behind,
    now: Now,
    wanted: Wanted,
    sites: Annotated[int, Query(ge=1, le=1000)] = 100,
    days: Annotated[int, Query(ge=1, le=4000)] = 366,
) -> Facets:
    """How many articles fit, by site and by day."""
    with asked():
        found = behind.archive().facets(wanted.query(now, limit=0))
    by_site = [OfSite(site, number) for site, number in list(found.sites.items())[:sites]]
    by_day = [OfDay(day, number) for day, number in list(found.days.items())[-days:]]
    return Facets(found.total, by_site, by_day)


@pages.get("/articles")
def page(request: Request, behind: Behind, now: Now, wanted: Wanted, after: After = "") -> Response:
    try:
        query = wanted.query(now, limit=A_PAGE, after=after)
        with asked():
            found, counts = behind.archive().page(query), _counts(behind, query)
    except ConfigError as problem:
        answer = _render(request, behind, wanted, problem=str(problem), hits=[], counts=None)
        answer.status_code = 400
        return answer
    hits = [_hit(record, query.words) for record in found.articles]
    further = wanted.address("/articles", after=found.next) if found.next else None
    return _render(request, behind, wanted, hits=hits, counts=counts, further=further, is_first=not after)


def _counts(behind: Backstage, query: queries.Query) -> queries.Facets | None:
    """Count what fits; None while the index that knows it is being made."""
    try:
        return behind.archive().facets(query)
    except IndexBusy:
        return None


def _hit(record: queries.Record, words: tuple[str, ...]) -> Hit:
    return Hit(record, mark(legible(record["title"]), words), excerpt(record["text"], words))


def _render(
    request: Request,
    behind: Backstage,
    wanted: Filters,
    *,
    hits: list[Hit],
    counts: queries.Facets | None,
    problem: str | None = None,
    further: str | None = None,
    is_first: bool = True,
) -> Response:
    return render(
        request,
        "articles.html",
        wanted=wanted,
        hits=hits,
        counts=counts,
        strip=strip_of(counts.days) if counts else None,
        problem=problem,
        further=further,
        is_first=is_first,
        names=behind.site_names(),
        feeds={form: wanted.address(f"/feeds/{form}") for form in FEEDS},
        is_plain=wanted == replace(Filters(), status=wanted.status, order=wanted.order),
    )
