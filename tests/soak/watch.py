"""What is seen of the service from outside while it runs: its records, its health, its process."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.request import ProxyHandler, build_opener

from pymongo.errors import PyMongoError

from tests.soak import processes
from tests.soak.growth import Sample
from tests.soak.ledger import FINISHED, RUNNING, Run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pymongo.database import Database

    from tests.soak.clock import Clock
    from tests.soak.keeper import Keeper

Record = dict[str, Any]

_FIELDS = dict.fromkeys(
    ("site", "state", "cause", "asked_by", "started_at", "ended_at", "progress_at", "due_at", "tries", "holder"), 1
)
_NEWEST = 60  # runs that are looked at: more than can begin between two looks
_PATIENCE = 3.0  # seconds that an answer about health may take
_open = build_opener(ProxyHandler({})).open  # a proxy in the environment is not for loopback


@dataclass(slots=True)
class Seen:
    """A run's record, when it was first seen and when in its present state."""

    record: Record
    first: float
    changed: float

    @property
    def state(self) -> str:
        return str(self.record["state"])


class Watch:
    """Notes what is seen. Each `look_…` is for a loop of its own: one that waits must not keep the others."""

    def __init__(self, database: Database[Record], keeper: Keeper, clock: Clock, url: str) -> None:
        self.runs: dict[str, Seen] = {}
        self.keys: set[str] = set()
        self.samples: list[Sample] = []
        self.is_ready = False
        self.asked_at = 0.0  # when the question was put to which `is_ready` is the answer
        self._database = database
        self._keeper = keeper
        self._clock = clock
        self._url = url

    def look_at_runs(self) -> None:
        under_way = [id_ for id_, seen in self.runs.items() if seen.state == RUNNING]
        with suppress(PyMongoError):  # it is away, or stopped
            newest = self._database["runs"].find({}, _FIELDS).sort("$natural", -1).limit(_NEWEST)
            known = self._database["runs"].find({"_id": {"$in": under_way}}, _FIELDS)
            self._take([*known, *newest])

    def look_at_all_runs(self) -> None:
        self._take(self._database["runs"].find({}, _FIELDS))

    def look_at_articles(self) -> None:
        with suppress(PyMongoError):
            self.keys |= stored_keys(self._database)

    def look_at_health(self) -> None:
        asked, is_ready = self._clock.now(), False
        with suppress(OSError), _open(f"{self._url}/health/ready", timeout=_PATIENCE) as answer:
            is_ready = answer.status == HTTPStatus.OK
        self.is_ready, self.asked_at = is_ready, asked

    def look_at_process(self) -> None:
        life = self._keeper.life
        used = processes.usage(life.pid)
        if used is None or life.code is not None:
            return
        states = processes.children(life.pid).values()
        sample = Sample(
            life=len(self._keeper.lives),
            age=self._clock.now() - life.began,
            rss=used.rss,
            files=used.files,
            threads=used.threads,
            children=len(states),
            zombies=sum(state == "Z" for state in states),
        )
        self.samples.append(sample)

    def under_way(self) -> list[Record]:
        """Ask which runs are under way; none, if nobody answers."""
        with suppress(PyMongoError):
            return list(self._database["runs"].find({"state": RUNNING}, _FIELDS))
        return []

    def state(self, run: str) -> str:
        """Return the state of a run as it was last seen; one that was not seen yet is under way."""
        seen = self.runs.get(run)
        return seen.state if seen else RUNNING

    def is_ready_after(self, moment: float) -> bool:
        return self.is_ready and self.asked_at > moment

    def has_begun_after(self, moment: float) -> bool:
        return any(self._began(seen) > moment for seen in list(self.runs.values()))

    def finished_after(self, moment: float) -> set[str]:
        """Return the sites of which a run has begun after a moment and is finished."""
        runs = list(self.runs.values())
        return {seen.record["site"] for seen in runs if seen.state == FINISHED and self._began(seen) > moment}

    def told(self) -> list[Run]:
        """Return the runs for the ledger, by the soak's own seconds."""
        return [self._run(id_, seen) for id_, seen in self.runs.items()]

    def delays(self) -> list[tuple[float, float]]:
        """Return of each scheduled run when it was due and how much later it began."""
        found = []
        for seen in self.runs.values():
            if due := seen.record.get("due_at"):
                moment = self._clock.true(due, seen.first)
                found.append((moment, self._began(seen) - moment))
        return found

    def _take(self, records: Iterable[Record]) -> None:
        now = self._clock.now()
        for record in records:
            seen = self.runs.setdefault(record["_id"], Seen(record, now, now))
            if seen.state != record["state"]:
                seen.changed = now
            seen.record = record

    def _began(self, seen: Seen) -> float:
        return self._clock.true(seen.record["started_at"], seen.first)

    def _run(self, id_: str, seen: Seen) -> Run:
        record = seen.record
        last = record.get("ended_at") if seen.state == FINISHED else record.get("progress_at")
        began = self._began(seen)
        return Run(
            id=id_,
            site=record["site"],
            state=seen.state,
            cause=record.get("cause", ""),
            began=began,
            ended=self._clock.true(last, seen.changed) if last else began,
            due_at=record.get("due_at"),
        )


def stored_keys(database: Database[Record]) -> set[str]:
    """Return the keys of all stored articles."""
    return {key for article in database["articles"].find({}, {"keys": 1}) for key in article["keys"]}
