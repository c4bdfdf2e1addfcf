"""Statistics: articles by day and site, verdicts by reason, and how long articles took to come in."""

import time
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from scheduler.web import plots
from scheduler.web.backstage import Backstage, Behind, Now
from scheduler.web.language import said
from scheduler.web.views import render
from store.availability import asked
from store.figures import COUNTED, Figures, Window, figures

api = APIRouter(prefix="/api", tags=["stats"])
pages = APIRouter(include_in_schema=False)

WINDOWS = (7, 30, 90, 365)
USUAL = 30
KEPT = 60.0  # seconds that figures are told before they are made anew
PATIENCE = 5.0  # seconds that one waits for the figures of another before theirs are made
_MOST_KEPT = 64
_REASONS_SHOWN = 20
_SOON = {"Retry-After": "10"}

Days = Annotated[int, Query(ge=1, le=366)]
SiteName = Annotated[str, Query(max_length=100)]


class Recent:
    """Figures that were made less than a minute ago. They are made one at a time, however many people ask."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, patience: float = PATIENCE) -> None:
        self._clock = clock
        self._patience = patience
        self._lock = Lock()
        self._kept: dict[tuple[int, str | None], tuple[float, Figures]] = {}

    def of(self, window: Window, make: Callable[[Window], Figures]) -> Figures:
        """Return the figures of a window as they are known, or make them.

        Raises:
            HTTPException: others are being made, and that takes long.
        """
        if known := self._known(window):
            return known
        if not self._lock.acquire(timeout=self._patience):
            raise HTTPException(503, said("other figures are being made; ask again in a moment"), _SOON)
        try:
            return self._known(window) or self._made(window, make)
        finally:
            self._lock.release()

    def _known(self, window: Window) -> Figures | None:
        made_at, found = self._kept.get((window.days, window.site), (0.0, None))
        return found if self._clock() - made_at < KEPT else None

    def _made(self, window: Window, make: Callable[[Window], Figures]) -> Figures:
        made_at, found = self._clock(), make(window)
        self._kept.pop((window.days, window.site), None)
        self._kept[window.days, window.site] = made_at, found
        while len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]  # the first made
        return found


async def _recent(request: Request) -> Recent:
    found: Recent = request.app.state.recent_figures
    return found


Known = Annotated[Recent, Depends(_recent)]


@api.get("/stats")
def show(behind: Behind, now: Now, recent: Known, days: Days = USUAL, site: SiteName = "") -> Figures:
    """Articles by day and site, verdicts by reason, and the delay from publication to storing, of the last days.

    They may be a minute old.
    """
    return _figures(behind, recent, now, days, site)


@pages.get("/statistics")
def show_page(
    request: Request, behind: Behind, now: Now, recent: Known, days: Days = USUAL, site: SiteName = ""
) -> Response:
    found = _figures(behind, recent, now, days, site)
    shown = found.days.of_most(plots.OWN_COLOURS)
    return render(
        request,
        "statistics.html",
        figures=found,
        shown=shown,
        plot=plots.stacked(shown),
        reasons=found.reasons[:_REASONS_SHOWN],
        days=days,
        site=site,
        windows=sorted({*WINDOWS, days}),
        names=behind.site_names(),
        bar=plots.bar,
        colour=plots.colour,
        patch=plots.patch,
        counted=COUNTED,
    )


def _figures(behind: Backstage, recent: Recent, now: datetime, days: int, site: str) -> Figures:
    with asked():
        return recent.of(Window(now=now, days=days, site=site or None), lambda window: figures(behind.store(), window))
