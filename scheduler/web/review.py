"""Review: what is quarantined, waiting for a person; what people decided, and how it is undone."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from scheduler.web.answers import Article
from scheduler.web.backstage import Backstage, Behind, Now
from scheduler.web.filters import After, Code, Name
from scheduler.web.language import said
from scheduler.web.origins import own_path
from scheduler.web.paging import address
from scheduler.web.sites import Asking
from scheduler.web.views import render
from store import queries, review_queries, reviews
from store.availability import asked
from store.review_queries import History

api = APIRouter(prefix="/api", tags=["review"])
pages = APIRouter(include_in_schema=False)

A_PAGE = 20
HISTORY_PAGE = 50
MOST = 200
COUNTED = 2000  # articles whose reasons are counted, the newest: each is read
SHOWN = 1200  # characters of a text

logger = logging.getLogger(__name__)

Deed = Literal["restore", "condemn"]
Order = Literal["newest", "oldest"]
Id = Annotated[str, Path(max_length=100)]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Seen = Annotated[
    Literal["", "accepted", "quarantined", "rejected"],
    Query(description="the verdict that you saw: if it is another by now, nothing is done (409)"),
]


@dataclass(slots=True, frozen=True)
class OfReason:
    """How many have a reason of this code; one may have several."""

    code: str
    count: int


@dataclass(slots=True, frozen=True)
class Quarantine:
    """One page of the queue; `next` is what `after` says for the one that follows, null at the end.

    `total` counts all that fit, `reasons` the newest 2,000 that are quarantined, of the site if one is asked for.
    """

    articles: list[Article]
    next: str | None
    total: int
    reasons: list[OfReason]


@dataclass(slots=True, kw_only=True, frozen=True)
class Review:
    """What a person did with an article, whose verdict was `before` until then, and with so many copies of it.

    It stands while `undone_at` is null and no later review is of the article.
    """

    id: str
    article: str
    site: str
    title: str
    deed: Deed
    by: str
    at: datetime
    before: str
    copies: int
    undone_at: datetime | None
    undone_by: str | None

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        facts = ("article", "site", "title", "deed", "by", "at", "undone_at", "undone_by")
        own, *copies = record["before"]
        told = {name: record[name] for name in facts}
        return cls(id=record["_id"], before=own["status"], copies=len(copies), **told)


@dataclass(slots=True, frozen=True)
class Reviews:
    """One page of the history, newest first; `next` is what `after` says for the one that follows, null at the end."""

    reviews: list[Review]
    next: str | None


@api.get("/review")
def list_queue(
    behind: Behind,
    site: Name = "",
    reason: Code = "",
    order: Order = "newest",
    limit: Limit = A_PAGE,
    after: After = "",
    full: bool = False,
) -> Quarantine:
    """The quarantined articles; of one site, or with one reason, where that is asked for."""
    wanted = _waiting(site, reason, order, limit, after)
    with asked():
        archive = behind.archive()
        found, total = archive.page(wanted), archive.count(wanted)
    listed = [Article.listed(record, (), full=full) for record in found.articles]
    return Quarantine(listed, found.next, total, _reasons(behind, site))


@api.post("/articles/{article}/restore")
def restore(article: Id, behind: Behind, by: Asking, now: Now, seen: Seen = "") -> Review:
    """Accept a quarantined or rejected article, as a story of its own; it stays so when it is crawled again."""
    return _do(behind, "restore", article, by, now, seen)


@api.post("/articles/{article}/condemn")
def condemn(article: Id, behind: Behind, by: Asking, now: Now, seen: Seen = "") -> Review:
    """Reject a quarantined or accepted article and its copies; they stay so when they are crawled again."""
    return _do(behind, "condemn", article, by, now, seen)


@api.post("/reviews/{review}/undo")
def undo(review: Id, behind: Behind, by: Asking, now: Now) -> Review:
    """Put back exactly what was before a review, unless the article was reviewed again or changed since."""
    with asked():
        done = reviews.undo(behind.store(), review, by=by, now=now)
    if done is None:
        raise HTTPException(404, said("there is no review %(id)s", id=review))
    logger.info("%s undid the review %s of %s", by, review, done["article"])
    return Review.of(done)


@api.get("/reviews")
def list_reviews(
    behind: Behind, article: Name = "", by: Name = "", site: Name = "", limit: Limit = HISTORY_PAGE, after: After = ""
) -> Reviews:
    """What people decided, newest first; also what was undone."""
    wanted = History(article=article or None, by=by or None, site=site or None, limit=limit, after=after or None)
    with asked():
        found, following = review_queries.page_of_history(behind.store(), wanted)
    return Reviews(list(map(Review.of, found)), following)


@pages.get("/review")
def queue_page(
    request: Request,
    behind: Behind,
    site: Name = "",
    reason: Code = "",
    order: Order = "newest",
    after: After = "",
    did: Name = "",
) -> Response:
    wanted = _waiting(site, reason, order, A_PAGE, after)
    with asked():
        archive = behind.archive()
        found, total = archive.page(wanted), archive.count(wanted)
    said = {"site": site, "reason": reason, "order": order if order != "newest" else ""}
    first = address("/review", said)
    return render(
        request,
        "review.html",
        cases=found.articles,
        total=total,
        most=SHOWN,
        reasons=_reasons(behind, site),
        asked={"site": site, "reason": reason, "order": order},
        names=behind.site_names(),
        first=first,
        here=address("/review", said | {"after": after}),
        further=address("/review", said | {"after": found.next}) if found.next else None,
        is_first=not after,
        did=find_review(behind, did),
    )


@pages.get("/review/done")
def history_page(
    request: Request, behind: Behind, by: Name = "", site: Name = "", after: After = "", did: Name = ""
) -> Response:
    found = list_reviews(behind, by=by, site=site, after=after)
    said = {"by": by, "site": site}
    return render(
        request,
        "reviewed.html",
        reviews=found.reviews,
        asked=said,
        first=address("/review/done", said),
        here=address("/review/done", said | {"after": after}),
        further=address("/review/done", said | {"after": found.next}) if found.next else None,
        is_first=not after,
        did=find_review(behind, did),
    )


@pages.post("/articles/{article}/{deed}")
def act(
    article: Id,
    deed: Deed,
    behind: Behind,
    by: Asking,
    now: Now,
    seen: Annotated[Seen, Form()] = "",
    back: Annotated[str, Form(max_length=2000)] = "/review",
) -> Response:
    """Do what a button asks for, where there is no JavaScript."""
    return _back(back, _do(behind, deed, article, by, now, seen))


@pages.post("/reviews/{review}/undo")
def act_undo(
    review: Id, behind: Behind, by: Asking, now: Now, back: Annotated[str, Form(max_length=2000)] = "/review"
) -> Response:
    """Undo a review, where there is no JavaScript."""
    return _back(back, undo(review, behind, by, now))


def standing_of(behind: Backstage, article: str) -> Review | None:
    """Return the review that an article stands under: what `review_buttons.html` calls `standing`."""
    with asked():
        found = review_queries.standing(behind.store(), article)
    return Review.of(found) if found else None


def find_review(behind: Backstage, review: str) -> Review | None:
    """Return the review that an address says was just done, if it says so."""
    if not review:
        return None
    with asked():
        found = reviews.find(behind.store(), review)
    return Review.of(found) if found else None


def _waiting(site: str, reason: str, order: Order, limit: int, after: str) -> queries.Query:
    return queries.Query(
        status=reviews.WAITING,
        site=site or None,
        reason=reason or None,
        order=order,
        limit=limit,
        after=after or None,
    )


def _reasons(behind: Backstage, site: str) -> list[OfReason]:
    with asked():
        newest = queries.Query(status=reviews.WAITING, site=site or None, limit=COUNTED)
        counted = behind.archive().reasons(newest)
    return [OfReason(code, count) for code, count in counted.items()]


def _do(behind: Backstage, deed: Deed, article: str, by: str, now: datetime, seen: str) -> Review:
    given: dict[str, Any] = {"by": by, "now": now, "seen": seen}
    with asked():
        if deed == reviews.RESTORE:
            done = reviews.restore(behind.store(), article, behind.fingerprint, **given)
        else:
            done = reviews.condemn(behind.store(), article, **given)
    if done is None:
        raise HTTPException(404, said("there is no article %(id)s", id=article))
    logger.info("%s %s the article %s", by, reviews.DONE[deed], article)
    return Review.of(done)


def _back(path: str, review: Review) -> Response:
    """Lead back to where a button was pressed, which then says what was done."""
    parts = urlsplit(own_path(path))
    said = {name: value for name, value in parse_qsl(parts.query) if name != "did"}
    return RedirectResponse(address(parts.path, said | {"did": review.id}), 303)
