"""What Prometheus is told: what happened since the start is counted here, how things stand is read at each scrape.

Labels are bounded: a word that no table knows counts as `other`.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily

from scheduler.web.health import reasons_against
from store.runs import CAUSES, STATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from prometheus_client.core import Metric

    from scheduler.state import ServiceState

VERDICTS = ("accepted", "duplicate", "quarantined", "rejected")
PHASES = ("idle", "waiting", "crawling")
OTHER = "other"
_DROPS = 200  # label sets of dropped items; the reasons that the stages give are some forty
_DURATIONS = (1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200)
_DELAYS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600)


class Metrics:
    """The service tells what happens; `render` is one scrape."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, of when it was first counted
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._runs = Counter("winnow_runs", "Runs that ended.", ["state", "cause"], registry=registry)
        self._durations = Histogram(
            "winnow_run_duration_seconds", "How long runs took.", buckets=_DURATIONS, registry=registry
        )
        self._delays = Histogram(
            "winnow_schedule_delay_seconds", "From the moment due to the start.", buckets=_DELAYS, registry=registry
        )
        self._pages = Counter("winnow_pages", "Pages read by runs that ended.", registry=registry)
        self._failed = Counter("winnow_pages_failed", "Pages that could not be read.", registry=registry)
        self._articles = Counter("winnow_articles", "Articles judged, by verdict.", ["verdict"], registry=registry)
        self._dropped = Counter(
            "winnow_dropped", "Teasers and articles dropped.", ["item", "verdict", "reason"], registry=registry
        )
        self._drops: set[tuple[str, str, str]] = set()
        self._standing = _Standing()
        registry.register(self._standing)
        for verdict in VERDICTS:
            self._articles.labels(verdict)

    def run_started(self, *, delay_seconds: float) -> None:
        """Count a start of the schedule, so long after it was due."""
        self._delays.observe(max(0.0, delay_seconds))

    def run_ended(self, *, state: str, cause: str, seconds: float, counts: Mapping[str, Any]) -> None:
        """Count a run's end; `cause` and `counts` as its record has them."""
        self._runs.labels(
            state if state in STATES else OTHER, cause if cause in CAUSES else OTHER if cause else "none"
        ).inc()
        self._durations.observe(max(0.0, seconds))
        self._pages.inc(counts.get("pages", 0))
        self._failed.inc(counts.get("failed", 0))
        for verdict in VERDICTS:
            self._articles.labels(verdict).inc(max(0, counts.get(verdict, 0)))
        for drop in counts.get("dropped", ()):
            self._dropped.labels(*self._bounded(drop_labels(drop["reason"]))).inc(drop["count"])

    def site_succeeded(self, site: str, at: datetime) -> None:
        """Note when a run of the site last finished."""
        self._standing.successes[site] = at.timestamp()

    def alerts_open(self, by_kind: Mapping[str, int]) -> None:
        """Note how many alerts are open; kinds that were open before and are not named are at 0."""
        self._standing.alerts = dict.fromkeys(self._standing.alerts, 0) | dict(by_kind)

    def render(self, state: ServiceState, folder: Path) -> bytes:
        """Return the text of a scrape; `folder` is on the disk whose room is told."""
        self._standing.state, self._standing.folder = state, folder
        return generate_latest(self._registry)

    def _bounded(self, labels: tuple[str, str, str]) -> tuple[str, str, str]:
        if labels not in self._drops and len(self._drops) >= _DROPS:
            return OTHER, OTHER, OTHER
        self._drops.add(labels)
        return labels


def drop_labels(reason: str) -> tuple[str, str, str]:
    """Return item, verdict and code of a reason as run records write it.

    >>> drop_labels("teaser rejected: hook")
    ('teaser', 'rejected', 'hook')
    """
    what, _, code = reason.partition(": ")
    item, _, verdict = what.partition(" ")
    return item, verdict, code


class _Standing:
    """How things stand, as gauges made at the scrape."""

    def __init__(self) -> None:
        self.state: ServiceState | None = None
        self.folder: Path | None = None
        self.successes: dict[str, float] = {}
        self.alerts: dict[str, int] = {}

    def collect(self) -> Iterator[Metric]:
        if self.state is None or self.folder is None:  # the registry asks for the names before there is a state
            return
        yield from _sites(self.state)
        yield from _service(self.state)
        free = shutil.disk_usage(self.folder).free
        yield GaugeMetricFamily("winnow_disk_free_bytes", "Room on the disk of the data folder.", free)
        yield _labelled("winnow_alerts_open", "Alerts that are open.", "kind", self.alerts)
        ended = {site: at for site, at in self.successes.items() if site in self.state.sites}
        told = "When a run of the site last finished."
        yield _labelled("winnow_site_last_success_timestamp_seconds", told, "site", ended)


def _sites(state: ServiceState) -> Iterator[Metric]:
    phases = {phase: state.count(phase) for phase in PHASES}
    yield _labelled("winnow_sites", "Sites of the sites file, by what they do.", "phase", phases)
    paused = sum(site.paused_by is not None for site in state.sites.values())
    yield GaugeMetricFamily("winnow_sites_paused", "Sites that are paused.", paused)
    yield GaugeMetricFamily("winnow_crawls_running", "Crawls of this service under way.", phases["crawling"])
    yield GaugeMetricFamily("winnow_crawls_waiting", "Sites due that wait for a place.", phases["waiting"])
    yield GaugeMetricFamily("winnow_crawls_places", "Crawls that may be under way at once.", state.places)


def _service(state: ServiceState) -> Iterator[Metric]:
    yield GaugeMetricFamily("winnow_ready", "1 if the service does its work.", not reasons_against(state))
    yield GaugeMetricFamily("winnow_store_up", "1 if MongoDB answers.", state.store_away_since is None)
    yield GaugeMetricFamily("winnow_sites_file_ok", "1 if the sites file is sound.", state.sites_file_error is None)


def _labelled(name: str, told: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, told, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
