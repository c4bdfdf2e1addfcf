"""Verdicts: teasers that were rejected before they were fetched, and pages that were no articles, with the reasons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from scheduler.web.answers import Reason
from scheduler.web.backstage import Backstage, Behind
from scheduler.web.etags import Revalidated
from scheduler.web.filters import After, Code, Name
from scheduler.web.paging import address
from scheduler.web.review import Limit, OfReason
from scheduler.web.views import render
from store import verdict_queries
from store.availability import asked

api = APIRouter(prefix="/api", tags=["review"], route_class=Revalidated)
pages = APIRouter(include_in_schema=False)

A_PAGE = 50

Status = Literal["", "accepted", "duplicate", "quarantined", "rejected"]
Part = Annotated[str, Query(max_length=200, description="a part of the title")]


@dataclass(slots=True, kw_only=True, frozen=True)
class Verdict:
    """What was decided of an address that is not stored as an article.

    `origin` is what announced it (feed, listing, sitemap, related, request), `found_on` the address of that.
    """

    id: str
    url: str
    site: str
    title: str
    excerpt: str
    status: str
    reasons: list[Reason]
    origin: str
    found_on: str
    run: str
    at: datetime

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        known: dict[str, Any] = {name: record.get(name) or "" for name in cls.__slots__ if name != "id"}
        known["reasons"] = [Reason(**reason) for reason in record["reasons"]]
        return cls(id=record["_id"], **known)


@dataclass(slots=True, frozen=True)
class Verdicts:
    """One page, the latest first; `next` is what `after` says for the one that follows, null at the end.

    `reasons` counts all verdicts, each code up to 5,000; or the latest 5,000 of the site, if one is asked for.
    """

    verdicts: list[Verdict]
    next: str | None
    reasons: list[OfReason]


@api.get("/verdicts")
def list_verdicts(
    behind: Behind,
    site: Name = "",
    status: Status = "",
    reason: Code = "",
    q: Part = "",
    limit: Limit = A_PAGE,
    after: After = "",
) -> Verdicts:
    """Rejected teasers and pages, with what led to that."""
    return _find(behind, site, status, reason, q, limit, after)


@pages.get("/verdicts")
def list_page(
    request: Request, behind: Behind, site: Name = "", reason: Code = "", q: Part = "", after: After = ""
) -> Response:
    found = _find(behind, site, "", reason, q, A_PAGE, after)
    said = {"site": site, "reason": reason, "q": q}
    return render(
        request,
        "verdicts.html",
        verdicts=found.verdicts,
        reasons=found.reasons,
        most=verdict_queries.COUNTED,
        asked=said,
        names=behind.site_names(),
        first=address("/verdicts", said),
        further=address("/verdicts", said | {"after": found.next}) if found.next else None,
        is_first=not after,
    )


def _find(behind: Backstage, site: str, status: str, reason: str, part: str, limit: int, after: str) -> Verdicts:
    wanted = verdict_queries.Verdicts(
        site=site or None,
        status=status or None,
        reason=reason or None,
        part=part.strip(),
        limit=limit,
        after=after or None,
    )
    with asked():
        found, following = verdict_queries.page(behind.store(), wanted)
        counted = verdict_queries.by_reason(behind.store(), site or None)
    return Verdicts(list(map(Verdict.of, found)), following, [OfReason(*each) for each in counted.items()])
