"""One site: how it does, what it brought, what failed, what waits, and where it announces articles."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from fastapi import APIRouter, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scheduler.live import live_run
from scheduler.web.alerts import Alert
from scheduler.web.backstage import Backstage, Behind, Now
from scheduler.web.language import said
from scheduler.web.runs import Run
from scheduler.web.sites import Site, past_of, run_of
from scheduler.web.views import render
from store import run_queries, schedule, sources, verdict_queries
from store.availability import asked
from store.runs import FAILED

api = APIRouter(prefix="/api", tags=["sites"])
pages = APIRouter(include_in_schema=False)

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
RUNS_TOLD = 30
_SOURCES_TOLD = 50  # a sitemap can have many parts
_PENDING_TOLD = 20

Name = Annotated[str, Path(max_length=100)]


@dataclass(slots=True, kw_only=True, frozen=True)
class Judged:
    """Articles that were published in the last 30 days, by verdict; `week` is what was accepted of the last 7.

    `never_stored` are teasers that were rejected before they were fetched, and pages that were no articles.
    """

    week: int
    accepted: int
    duplicate: int
    quarantined: int
    rejected: int
    never_stored: int


@dataclass(slots=True, frozen=True)
class Share:
    """Which part of all had a verdict, where it begins and how large it is, in percent."""

    verdict: str
    count: int
    begin: float
    size: float


@dataclass(slots=True, kw_only=True, frozen=True)
class Postponed:
    """A page that could not be fetched so often, and is tried again by the next run."""

    url: str
    title: str
    error: str
    attempts: int
    first_at: datetime

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        told = {name: record[name] for name in ("error", "attempts", "first_at")}
        return cls(url=record["teaser"]["url"], title=record["teaser"].get("title", ""), **told)


@dataclass(slots=True, frozen=True)
class Pending:
    """`first` are those that the next run begins with."""

    total: int
    first: list[Postponed]


@dataclass(slots=True, kw_only=True, frozen=True)
class Source:
    """Where the site announces articles; `kind` is null where no page named it.

    `read_at` is when it was last got whole, `asked_at` when it was last asked for: later, if it was unchanged.
    """

    url: str
    kind: str | None
    asked_at: datetime | None
    read_at: datetime | None
    is_unchanged: bool

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        moments = {name: record.get(name) for name in ("asked_at", "read_at")}
        is_unchanged = moments["asked_at"] != moments["read_at"]
        return cls(url=record["_id"], kind=record.get("kind"), is_unchanged=is_unchanged, **moments)


@dataclass(slots=True, kw_only=True, frozen=True)
class SiteReport:
    """A site at a glance."""

    site: Site
    last_success: datetime | None
    last_news: datetime | None
    last_failure: Run | None
    runs: list[Run]
    judged: Judged
    alerts: Sequence[Alert]
    pending: Pending
    sources: list[Source]


@api.get("/sites/{name}")
def show(name: Name, behind: Behind, now: Now) -> SiteReport:
    """How a site does: its last 30 runs, what it brought in 30 days, its last failure, what waits, its sources."""
    return _report(behind, name, now)


@pages.get("/sites/{name}")
def show_page(name: Name, request: Request, behind: Behind, now: Now) -> Response:
    report = _report(behind, name, now)
    with asked():
        running = [run for run in run_queries.under_way(behind.store()) if run["site"] == name]
    return render(
        request,
        "site.html",
        report=report,
        site=report.site,
        shares=shares(report.judged),
        running=[live_run(record, now) for record in running],
        here=request.scope["path"],
        since={"week": f"{WEEK.days}d", "month": f"{MONTH.days}d"},
    )


def shares(judged: Judged) -> list[Share]:
    """Return the part of each verdict that there was, in their order.

    >>> [(share.verdict, share.begin, share.size) for share in
    ...  shares(Judged(week=0, accepted=3, duplicate=0, quarantined=0, rejected=1, never_stored=0))]
    [('accepted', 0.0, 75.0), ('rejected', 75.0, 25.0)]
    """
    counts = {verdict: count for verdict, count in asdict(judged).items() if verdict != "week" and count}
    total, begin, found = sum(counts.values()), 0, []
    for verdict, count in counts.items():
        found.append(Share(verdict, count, round(100 * begin / total, 2), round(100 * count / total, 2)))
        begin += count
    return found


def _report(behind: Backstage, name: str, now: datetime) -> SiteReport:
    state = behind.sites().get(name)
    if state is None:
        raise HTTPException(404, said("there is no site %(id)s", id=name))
    database = behind.store()
    with asked():
        past = past_of(database, [name])[name]
        failures = run_queries.newest(database, site=name, state=FAILED, limit=1)
        total, first = verdict_queries.postponed(database, name, _PENDING_TOLD)
        return SiteReport(
            site=Site.of(name, state, schedule.of_site(database, name), past),
            last_success=run_queries.last_successes(database, [name]).get(name),
            last_news=past.news_at,
            last_failure=run_of(failures[0] if failures else None),
            runs=[Run.of(record) for record in run_queries.newest(database, site=name, limit=RUNS_TOLD)],
            judged=_judged(behind, name, now),
            alerts=past.alerts,
            pending=Pending(total, [Postponed.of(record) for record in first]),
            sources=[Source.of(record) for record in sources.last_asked(database, name, _SOURCES_TOLD)],
        )


def _judged(behind: Backstage, name: str, now: datetime) -> Judged:
    archive, since = behind.archive(), now - MONTH
    never_stored = verdict_queries.count_since(behind.store(), name, since)
    week = archive.judged(name, now - WEEK)["accepted"]
    return Judged(week=week, never_stored=never_stored, **archive.judged(name, since))
