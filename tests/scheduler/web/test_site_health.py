"""How a site is judged by what it did of late."""

from datetime import timedelta

import pytest

from scheduler.web.alerts import Alert
from scheduler.web.runs import Run
from scheduler.web.site_health import SILENCE, Health, Past, health
from tests.support.records import alert, run_record


def past(state="finished", *, cause="", silent=timedelta(0), alerts=()):
    """A site whose last run ended so, and that had no news for so long when it began."""
    run = Run.of(run_record(1, state=state) | {"cause": cause})
    return Past(last_run=run, last_ended=run, news_at=run.started_at - silent, alerts=alerts)


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        (past(), Health("ok", "news")),
        (past(silent=SILENCE), Health("ok", "news")),
        (past(silent=SILENCE + timedelta(seconds=1)), Health("quiet", "no-news")),
        (past("failed", cause="unreadable"), Health("failing", "run-failed")),
        (past("failed", cause="store-unavailable"), Health("ok", "news")),
        (past("interrupted", cause="died"), Health("ok", "news")),
        (past(alerts=[Alert.of(alert("quarantine"))]), Health("failing", "alert")),
        (Past(last_run=None, last_ended=None, news_at=None, alerts=[]), Health("quiet", "never-run")),
    ],
)
def test_a_site_is_judged_by_its_last_run_its_last_news_and_its_alerts(site, expected):
    assert health(site) == expected


def test_a_site_that_never_brought_anything_is_quiet():
    run = Run.of(run_record(1, state="finished"))
    assert health(Past(last_run=run, last_ended=run, news_at=None, alerts=[])).reason == "no-news"
