"""The rounds of a service: what ended since the last one is judged, alerts begin and end, and both are told.

Records in the store hold what is open, so of several services one tells; only that the store itself is away must be
known without it, and each service tells that for itself.
"""

from __future__ import annotations

import logging
import shutil
import socket
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from scheduler.alerts import spells
from scheduler.alerts.away import Absence
from scheduler.alerts.installation import (
    INSTALLATION,
    MONGODB,
    Facts,
    judge_installation,
    judge_server,
    judge_store,
)
from scheduler.alerts.judge import SHORT_SILENCE, Past, judge_site, needs_lists, silence_to_judge
from scheduler.alerts.judgement import span
from scheduler.alerts.notify import Letter, send, targets_of
from store import alerts
from store.runs import RUNNING
from store.stats import Disk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from scheduler.alerts.judgement import Alert, Judgement
    from scheduler.alerts.notify import Delivery, Target
    from scheduler.state import ServiceState
    from store.connect import SyncDatabase

    Record = dict[str, Any]
    SeenRuns = Mapping[str, tuple[str, str]]  # site and state by run

logger = logging.getLogger(__name__)

APART = timedelta(minutes=5)  # between two letters: when 1,000 sites fail within an hour, that is 12 letters
_LATE = timedelta(minutes=5)  # by which a run's record may be late: another machine's clock, a store that was away
_LOOK_AFTER = timedelta(hours=1)
_LINES = 10  # of a letter: with titles and messages cut, less than any of the services takes


def read_facts(data: Path, state: ServiceState) -> Facts:
    """Look at the installation; `data` is the folder of WINNOW_DATA."""
    return Facts(
        host=socket.gethostname(),
        disk=_disk_of(data),
        sites_file_error=state.sites_file_error,
        store_away_since=state.store_away_since,
    )


def _disk_of(folder: Path) -> Disk | str:
    try:
        usage = shutil.disk_usage(folder)
    except OSError as error:
        return error.strerror or str(error)
    return Disk(free=usage.free, total=usage.total)


class Watch:
    """What one service remembers between its rounds: the runs it saw, and what it told while the store was away."""

    def __init__(self, addresses: Iterable[str], *, apart: timedelta = APART) -> None:
        self._targets = targets_of(addresses)
        self._apart = apart
        self._told_at: datetime | None = None
        self._seen: SeenRuns | None = None
        self._looked_at: datetime | None = None
        self._absence = Absence()

    def look(self, database: SyncDatabase, sites: Collection[str], facts: Facts, now: datetime) -> None:
        """Do one round; blocks, for half a minute at most if a target does not answer.

        `sites` are those of the sites file. While the store is away, `database` is not touched.
        """
        if facts.store_away_since:
            self._look_without_store(facts, now)
            return
        self._tell_of_return(facts, now)
        lately = alerts.lately_run(database, min(self._looked_at or now, now) - _LATE)
        known = [*alerts.closed_ones(database), *alerts.open_ones(database)]
        opened = {alerts.key_of(record): record for record in known}
        _apply(database, judge_installation(facts), opened, now)
        if disk := alerts.server_disk(database):
            _apply(database, judge_server(facts, disk), opened, now)
        for site in sites if self._seen is None else _ended(self._seen, lately).intersection(sites):
            if judgement := _judged(database, site, now):
                _apply(database, judgement, opened, now)
        self._seen, self._looked_at = lately, now  # not before all is judged: a round that fails is done again
        self._look_after(database, opened.values(), sites, facts, now)
        self._tell(database, now)

    # Judging

    def _look_after(
        self, database: SyncDatabase, opened: Iterable[Record], sites: Collection[str], facts: Facts, now: datetime
    ) -> None:
        """Keep this service's own open alerts from being taken for forgotten, and let go of those that are."""
        old = [
            record for record in opened if not record.get("closed") and abs(now - record["last_seen_at"]) >= _LOOK_AFTER
        ]
        ours = [r["_id"] for r in old if _is_ours(r, sites, facts) or r["last_seen_at"] > now]  # by a clock ahead
        if ours:
            alerts.look_after(database, ours, now)
        if len(old) > len(ours):
            alerts.leave_unwatched(database, now)

    # Telling

    def _tell(self, database: SyncDatabase, now: datetime) -> None:
        """Send what no one else is sending, one letter to each target."""
        if not self._targets or (self._told_at and timedelta(0) <= now - self._told_at < self._apart):
            return  # a letter of the future was sent before the clock was set back: it holds nothing up
        waiting = [record for record in alerts.due(database, now) if self._lacks(record)]
        claimed = [record for record in waiting if alerts.claim(database, record, now)]
        letters = [
            _letter(target, [record for record in claimed if target in self._lacks(record)]) for target in self._targets
        ]
        deliveries = self._send([letter for letter in letters if letter], now)
        alerts.mark_sent(database, [self._outcome(record, deliveries) for record in claimed], now)

    def _lacks(self, record: Record) -> list[Target]:
        """Return the targets that are still to be told; of an end, only those that were told of the alert."""
        if record.get("ended_at"):
            return [t for t in self._targets if t.mark in record["sent_to"] and t.mark not in record["end_sent_to"]]
        return [target for target in self._targets if target.mark not in record["sent_to"]]

    def _outcome(self, record: Record, deliveries: Iterable[Delivery]) -> alerts.Sent:
        lacking = self._lacks(record)
        of_it = [delivery for delivery in deliveries if delivery.target in lacking]
        return alerts.Sent(
            record=record,
            to={delivery.target.mark: delivery.target.name for delivery in of_it if not delivery.problem},
            trouble=[f"{delivery.target.name}: {delivery.problem}" for delivery in of_it if delivery.problem],
        )

    def _send(self, letters: Sequence[Letter], now: datetime) -> list[Delivery]:
        deliveries = send(letters)
        for delivery in deliveries:
            if delivery.problem:
                logger.warning("alerts could not be sent to %s: %s", delivery.target.name, delivery.problem)
            else:
                self._told_at = now
        return deliveries

    # The store away

    def _look_without_store(self, facts: Facts, now: datetime) -> None:
        alert = judge_store(facts, now)
        if alert is None or facts.store_away_since is None:
            return
        if self._absence.begin(facts.store_away_since):
            logger.warning("%s: %s", alert.kind, alert.message)
        letters = self._absence.letters_away(self._targets, alert, now)
        self._absence.note(self._send(letters, now))

    def _tell_of_return(self, facts: Facts, now: datetime) -> None:
        if self._absence.end(now):
            logger.info("MongoDB answers %s again", facts.host)
        self._absence.note(self._send(self._absence.letters_back(facts.host, now), now))


def _ended(before: SeenRuns, lately: SeenRuns) -> set[str]:
    """Return the sites of which a run ended between two looks."""
    gone = {site for run, (site, state) in before.items() if state == RUNNING and run not in lately}
    return gone | {
        site for run, (site, state) in lately.items() if state != RUNNING and before.get(run) != (site, state)
    }


def _is_ours(record: Record, sites: Collection[str], facts: Facts) -> bool:
    is_of_a_machine = record["subject"] == INSTALLATION and record["about"] in (facts.host, MONGODB)
    return record["subject"] in sites or is_of_a_machine


def _past(database: SyncDatabase, site: str, now: datetime) -> Past:
    runs, bearing = alerts.past_runs(database, site), alerts.past_news(database, site, now)
    read = alerts.past_lists(database, site, now) if needs_lists(runs) else ()
    past = Past(runs=runs, bearing=bearing, read=read, news_at=[run["started_at"] for run in bearing])
    starts = partial(alerts.starts_between, database, site)
    silence = silence_to_judge(runs, past.news_at)
    lasts = spells.length(starts(*silence), *silence) if silence else timedelta(0)
    if lasts <= SHORT_SILENCE:
        return past
    news_at = past.news_at
    if len(bearing) == alerts.PAST_NEWS:  # then there may be more
        news_at = alerts.news_moments(database, site, now)
    return replace(past, news_at=news_at, silence=lasts, longest_silence=spells.longest(news_at, starts))


def _judged(database: SyncDatabase, site: str, now: datetime) -> Judgement | None:
    """Judge a site. Records of another shape must not silence the other sites, and a store that is away must."""
    try:
        return judge_site(site, _past(database, site, now))
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError):
        logger.exception("%s could not be judged", site)
        return None


def _apply(database: SyncDatabase, judgement: Judgement, opened: dict[alerts.Key, Record], now: datetime) -> None:
    for alert in judgement.holding:
        record = opened.get(alert.key)
        if record is None:
            _begin(database, alert, now)
        elif record["message"] != alert.message:
            alerts.tell(database, record["_id"], alert.message)
    for alert in judgement.over:
        record = opened.pop(alert.key, None)
        if record and record.get("closed"):
            alerts.forget_closed(database, record["_id"])
        elif record and alerts.end(database, record["_id"], alert.message, now):
            logger.info("%s: %s is over: %s", alert.subject, alert.kind, alert.message)


def _begin(database: SyncDatabase, alert: Alert, now: datetime) -> None:
    if alerts.begin(database, alert.key, alert.message, now):
        logger.warning("%s: %s: %s", alert.subject, alert.kind, alert.message)


def _letter(target: Target, records: Sequence[Record]) -> Letter | None:
    """Write one letter of all that a target is to be told; None if that is nothing."""
    if not records:
        return None
    over = [record for record in records if record.get("ended_at")]
    new = [record for record in records if not record.get("ended_at")]
    counts = [f"{len(part)} {word}" for part, word in ((new, "new"), (over, "over")) if part]
    lines = [f"{record['subject']} · {record['kind']}: {record['message']}" for record in new]
    lines += [
        f"over: {r['subject']} · {r['kind']}, after {span(r['ended_at'] - r['since'])}: {r['end_message']}"
        for r in over
    ]
    if len(lines) > _LINES:
        lines[_LINES:] = [f"and {len(lines) - _LINES} more; winnow alerts list --all shows them"]
    noun = "alert" if len(records) == 1 else "alerts"
    return Letter(target=target, title=f"Winnow: {noun}, {', '.join(counts)}", text="\n".join(lines))
