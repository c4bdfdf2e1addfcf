"""Alerts: what matters to someone now, and what did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from scheduler.web.backstage import Backstage, Behind
from scheduler.web.paging import Page
from scheduler.web.views import render
from store import alerts
from store.availability import asked

api = APIRouter(prefix="/api", tags=["alerts"])
pages = APIRouter(include_in_schema=False)

OPEN_SHOWN = 200
A_PAGE = 50


@dataclass(slots=True, kw_only=True, frozen=True)
class Alert:
    """One alert; it is open while `ended_at` is null. `subject` is the site that it is about, or what else."""

    kind: str
    subject: str
    message: str
    since: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        facts = {name: record[name] for name in ("kind", "subject", "message", "since")}
        return cls(**facts, ended_at=record.get("ended_at"))


@dataclass(slots=True, frozen=True)
class OpenAlerts:
    """The newest; `has_more` says that there are others."""

    newest: list[Alert]
    has_more: bool


@dataclass(slots=True, frozen=True)
class Alerts:
    """`has_more_open` says that more are open than are told."""

    open: list[Alert]
    has_more_open: bool
    ended: list[Alert]


@api.get("/alerts")
def list_alerts(behind: Behind, limit: Annotated[int, Query(ge=0, le=200)] = A_PAGE) -> Alerts:
    """The alerts that are open, the newest 200 of them, and the latest `limit` of those that are over."""
    with asked():
        over = alerts.ended_ones(behind.store(), limit) if limit else []
    standing = open_alerts(behind)
    return Alerts(standing.newest, standing.has_more, [Alert.of(record) for record in over])


@pages.get("/alerts")
def list_page(request: Request, behind: Behind, page: Annotated[int, Query(ge=1, le=20_000)] = 1) -> Response:
    with asked():
        over = alerts.ended_ones(behind.store(), A_PAGE + 1, (page - 1) * A_PAGE)
    paging = Page(page, has_more=len(over) > A_PAGE, asked={})
    ended = [Alert.of(record) for record in over[:A_PAGE]]
    return render(request, "alerts.html", open=open_alerts(behind), ended=ended, paging=paging)


def open_alerts(behind: Backstage) -> OpenAlerts:
    """Return the open alerts, newest first.

    Raises:
        StoreUnavailable: MongoDB does not answer.
    """
    with asked():
        found = alerts.open_ones(behind.store(), OPEN_SHOWN + 1)
    return OpenAlerts([Alert.of(record) for record in found[:OPEN_SHOWN]], len(found) > OPEN_SHOWN)
