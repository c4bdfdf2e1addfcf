"""How a site does, by its last run, its last news and the alerts about it that are open. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from scheduler.alerts.judge import NOT_THE_SITE
from scheduler.web.alerts import Alert
from scheduler.web.runs import Run
from store.runs import FAILED

SILENCE = timedelta(days=1)  # nights are shorter


@dataclass(slots=True, frozen=True)
class Health:
    """`failing` wants somebody, `quiet` may be as it should: a site that was never crawled, or published nothing."""

    mark: Literal["ok", "quiet", "failing"]
    reason: Literal["news", "no-news", "never-run", "run-failed", "alert"]


@dataclass(slots=True, kw_only=True, frozen=True)
class Past:
    """What a site did of late, and the open alerts about it.

    `last_ended` is its last run that is over; `news_at` is when one last began that brought something new.
    """

    last_run: Run | None
    last_ended: Run | None
    news_at: datetime | None
    alerts: Sequence[Alert]


def health(past: Past) -> Health:
    """Judge a site. Silence is measured between runs, so that one that is crawled weekly is not quiet for six days."""
    last = past.last_ended
    if past.alerts:
        return Health("failing", "alert")
    if last is None:
        return Health("quiet", "never-run")
    if last.state == FAILED and last.cause not in NOT_THE_SITE:
        return Health("failing", "run-failed")
    if past.news_at is None or last.started_at - past.news_at > SILENCE:
        return Health("quiet", "no-news")
    return Health("ok", "news")
