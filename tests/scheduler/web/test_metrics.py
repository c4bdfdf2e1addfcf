"""What Prometheus is told, and that the dashboard asks for nothing else."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from scheduler.web.metrics import _DROPS, Metrics
from tests.support.webapp import state_of

DASHBOARD = Path(__file__).parents[3] / "deploy" / "grafana" / "winnow.json"
COUNTS = {
    "pages": 40,
    "failed": 2,
    "accepted": 20,
    "duplicate": 1,
    "quarantined": 3,
    "rejected": 4,
    "dropped": [{"reason": "teaser rejected: hook", "count": 7}],
}


def samples(text):
    """Values by name and labels; the labels come in the order of their names."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def full(tmp_path):
    metrics = Metrics()
    metrics.run_started(delay_seconds=0.4)
    metrics.run_ended(state="failed", cause="time-limit", seconds=12.5, counts=COUNTS)
    metrics.site_succeeded("a", datetime(2025, 12, 20, tzinfo=UTC))
    metrics.alerts_open({"failing": 2})
    state = state_of("a", "b", "c")
    state.sites["b"].phase = "crawling"
    state.sites["c"].paused_by = "ada"
    return metrics, state, samples(metrics.render(state, tmp_path).decode())


def test_a_runs_end_is_counted_by_state_and_cause(tmp_path):
    _, _, told = full(tmp_path)
    assert told["winnow_runs_total", "time-limit", "failed"] == 1
    assert told["winnow_run_duration_seconds_sum",] == 12.5
    assert told["winnow_schedule_delay_seconds_bucket", "0.5"] == 1
    assert told["winnow_pages_total",] == 40
    assert told["winnow_articles_total", "accepted"] == 20
    assert told["winnow_dropped_total", "teaser", "hook", "rejected"] == 7


def test_how_things_stand_is_read_at_the_scrape(tmp_path):
    metrics, state, told = full(tmp_path)
    assert told["winnow_sites", "idle"] == 2
    assert told["winnow_crawls_running",] == 1
    assert told["winnow_sites_paused",] == 1
    assert told["winnow_store_up",] == told["winnow_sites_file_ok",] == told["winnow_ready",] == 1
    assert told["winnow_disk_free_bytes",] > 0
    assert told["winnow_alerts_open", "failing"] == 2
    assert told["winnow_site_last_success_timestamp_seconds", "a"] == datetime(2025, 12, 20, tzinfo=UTC).timestamp()
    state.store_away_since = datetime.now(UTC)
    del state.sites["a"]
    metrics.alerts_open({})
    later = samples(metrics.render(state, tmp_path).decode())
    assert later["winnow_store_up",] == later["winnow_ready",] == 0
    assert later["winnow_alerts_open", "failing"] == 0
    assert ("winnow_site_last_success_timestamp_seconds", "a") not in later


def test_a_finished_run_has_the_cause_none_and_unknown_words_do_not_grow_labels(tmp_path):
    metrics = Metrics()
    metrics.run_ended(state="finished", cause="", seconds=1, counts={})
    metrics.run_ended(state="melted", cause="volcano", seconds=1, counts={})
    drops = [{"reason": f"article rejected: r{number}", "count": 1} for number in range(_DROPS + 10)]
    metrics.run_ended(state="finished", cause="", seconds=1, counts={"dropped": drops})
    told = samples(metrics.render(state_of(), tmp_path).decode())
    assert told["winnow_runs_total", "none", "finished"] == 2
    assert told["winnow_runs_total", "other", "other"] == 1
    assert told["winnow_dropped_total", "other", "other", "other"] == 10


def test_the_page_is_prometheus_text(client):
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert samples(answer.text)["winnow_sites", "idle"] == 2


def test_the_dashboard_asks_for_what_is_exported(tmp_path):
    exported = {name for name, *_ in full(tmp_path)[2]}
    asked = set(re.findall(r"\b(?:winnow|process)_[a-z_]+", " ".join(_expressions(json.loads(DASHBOARD.read_text())))))
    assert asked, "no expression was found"
    assert asked <= exported


def _expressions(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("expr", "query") and isinstance(value, str):
                yield value
            yield from _expressions(value)
    elif isinstance(node, list):
        for each in node:
            yield from _expressions(each)
