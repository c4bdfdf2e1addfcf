"""Runs: what was crawled, when, and how it ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scheduler.live import live_run
from scheduler.web.backstage import Backstage, Behind, Now
from scheduler.web.language import said
from scheduler.web.paging import Page
from scheduler.web.run_log import last_piece, piece_from
from scheduler.web.views import render
from store import run_queries
from store.availability import asked
from store.runs import RUNNING, STATES

api = APIRouter(prefix="/api", tags=["runs"])
pages = APIRouter(include_in_schema=False)

A_PAGE = 50
_MOST = 200
_WORDS, _MOMENTS = ("reason", "cause", "asked_by"), ("due_at", "ended_at", "progress_at")  # not in every record

# Why a run did not finish, for people
CAUSES = {
    "time-limit": said("it took longer than a crawl may"),
    "memory-limit": said("it took more memory than a crawl may"),
    "hung": said("it came no further and was ended"),
    "died": said("its process died"),
    "stopped": said("it was stopped"),
    "lease-lost": said("another run took over"),
    "store-unavailable": said("the database was away for too long"),
    "unreadable": said("what the site announces could not be read"),
    "error": said("an error of Winnow; the log says which"),
}

Limit = Annotated[int, Query(ge=1, le=_MOST)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Word = Annotated[str, Query(max_length=100)]
Number = Annotated[int, Query(ge=1, le=20_000)]


@dataclass(slots=True, kw_only=True, frozen=True)
class Run:
    """One run. `cause` is a code of why it did not finish, `reason` says the same in words."""

    id: str
    site: str
    state: str
    reason: str
    cause: str
    asked_by: str
    due_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    progress_at: datetime | None
    counts: dict[str, Any]

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        known: dict[str, Any] = dict.fromkeys(_WORDS, "") | dict.fromkeys(_MOMENTS)
        known |= {name: value for name, value in record.items() if name in cls.__slots__}
        return cls(id=record["_id"], **known)

    @property
    def seconds(self) -> float | None:
        """How long it took, None while it runs."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None

    @property
    def cause_said(self) -> str:
        """Say in words why it did not finish; empty if it did."""
        return CAUSES.get(self.cause, self.cause)


@dataclass(slots=True, frozen=True)
class Runs:
    runs: list[Run]


@api.get("/runs")
def list_runs(
    behind: Behind, site: Word | None = None, state: Word | None = None, limit: Limit = A_PAGE, offset: Offset = 0
) -> Runs:
    """Runs, newest first; of one site or in one state where that is asked for."""
    return Runs(_newest(behind, site, state, limit, offset))


@api.get("/runs/{run}")
def show(run: str, behind: Behind) -> Run:
    """One run."""
    return _run(behind, run)


@api.get("/runs/{run}/log", response_class=PlainTextResponse)
def log(run: str, behind: Behind, start: Annotated[int | None, Query(ge=0, le=1 << 50)] = None) -> PlainTextResponse:
    """The log of a run as text: its last 256 KiB, or as much from the byte `start` on.

    The header `Log-End` says which byte it ends at: the `start` of what is written later.
    """
    found = _run(behind, run).id
    piece = last_piece(behind.logs, found) if start is None else piece_from(behind.logs, found, start)
    if piece is None:
        raise HTTPException(404, said("there is no log of run %(run)s on this machine", run=run))
    return PlainTextResponse(piece.text, headers={"Log-End": str(piece.end)})


@pages.get("/runs")
def list_page(
    request: Request, behind: Behind, now: Now, site: Word = "", state: Word = "", page: Number = 1
) -> Response:
    found = _newest(behind, site or None, state or None, A_PAGE + 1, (page - 1) * A_PAGE)
    with asked():
        under_way = run_queries.under_way(behind.store()) if state in ("", RUNNING) and page == 1 else []
    return render(
        request,
        "runs.html",
        runs=found[:A_PAGE],
        running=[live_run(record, now) for record in under_way if site in ("", record["site"])],
        is_live=state in ("", RUNNING) and page == 1,
        site=site,
        state=state,
        states=STATES,
        names=behind.site_names(),
        paging=Page(page, has_more=len(found) > A_PAGE, asked={"site": site, "state": state}),
    )


@pages.get("/runs/{run}")
def show_page(run: str, request: Request, behind: Behind, now: Now) -> Response:
    record = _record(behind, run)
    found = Run.of(record)
    live, log = live_run(record, now), last_piece(behind.logs, found.id)
    return render(request, "run.html", run=found, live=live, log=log, rows=_rows(found.counts))


def _newest(behind: Backstage, site: str | None, state: str | None, limit: int, skip: int) -> list[Run]:
    with asked():
        found = run_queries.newest(behind.store(), site=site, state=state, limit=limit, skip=skip)
    return [Run.of(record) for record in found]


def _run(behind: Backstage, run: str) -> Run:
    return Run.of(_record(behind, run))


def _record(behind: Backstage, run: str) -> dict[str, Any]:
    with asked():
        record = run_queries.find(behind.store(), run)
    if record is None:
        raise HTTPException(404, said("there is no run %(run)s", run=run))
    return record


def _rows(counts: dict[str, Any]) -> list[tuple[str, int]]:
    """What a run's page tells of its counts: what, and how many."""
    told = {
        "pages": said("pages read"),
        "lists": said("of them lists"),
        "articles": said("of them articles"),
        "new": said("new articles stored"),
        "changed": said("articles changed since they were last read"),
        "accepted": said("accepted"),
        "duplicate": said("copies, kept with their story"),
        "quarantined": said("quarantined"),
        "rejected": said("rejected"),
        "known": said("links known already"),
        "failed": said("pages failed, tried again next time"),
        "queued": said("left to read"),
    }
    return [(words, counts[name]) for name, words in told.items() if counts.get(name)]
