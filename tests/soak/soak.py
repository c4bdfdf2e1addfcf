"""One soak from start to report: all sites are crawled, faults, all sites are crawled once more, the judgement."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

from tests.soak import faults, ledger, processes, sites
from tests.soak.growth import growth, quantile
from tests.soak.ledger import Span
from tests.soak.loop import Loop
from tests.soak.report import Articles, Left, Report, Service, by_kind
from tests.soak.stage import Stage
from tests.soak.watch import stored_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.soak.faults import Fault, Kind
    from tests.soak.plan import Plan

_RECOVERY = 120.0  # seconds that the next fault waits for the recovery from an outage
_OPENING = 120.0  # seconds after an interval in which all sites must have been crawled


def soak(plan: Plan) -> Report:
    """Soak the service."""
    with Stage(plan) as stage:
        course = Course(plan, stage)
        course.open()
        with Loop(course.note_recoveries, 0.25) as noting:
            course.strike()
            course.settle()
            noting.check()
        return course.judge()


class Course:
    """The phases of a soak."""

    def __init__(self, plan: Plan, stage: Stage) -> None:
        self._plan = plan
        self._stage = stage
        self._rng = Random(plan.seed)
        self._faults: list[Fault] = []
        self._killed: dict[str, float] = {}
        self._kinds, self._left_out = faults.kinds(stage, plan.kinds)
        self._settled = False
        self._busy = processes.busy()

    def open(self) -> None:
        """Let one site after another come into the sites file, so that they fall due one after another later on."""
        for line in self._left_out:
            self._say(f"ATTENTION {line}")
        self._say(f"{self._plan.sites} sites come one after another, each every {self._plan.every} s; no faults yet")
        for count in range(1, self._plan.sites + 1):
            self._stage.make_known(count)
            time.sleep(self._plan.every / self._plan.sites)
        if not self._wait(lambda: self._finished_since(0.0), _OPENING):
            said = self._stage.log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"not all sites were crawled within {_OPENING:.0f} s; the service said last:\n{said}")

    def strike(self) -> None:
        """Do one fault after another, drawn by the seed, each kind at least once; Ctrl-C ends that early."""
        deadline = self._now() + self._plan.lasting
        try:
            for number, kind in enumerate(_drawn(self._kinds, self._rng)):
                if number >= len(self._kinds) and self._now() >= deadline:
                    break
                self._strike(kind)
                time.sleep(self._rng.uniform(*self._plan.pause))
                self._stage.check()
        except KeyboardInterrupt:
            self._say("no more faults; Ctrl-C again leaves out that all sites are crawled once more")

    def settle(self) -> None:
        """Let every site be crawled once more, with nothing new and without faults."""
        self._stage.publishing.stop()
        off = self._now()
        self._say("no more faults; all sites are crawled once more")
        within = self._plan.every + self._plan.patience + _OPENING
        try:
            self._settled = self._wait(lambda: self._finished_since(off), within)
        except KeyboardInterrupt:
            self._say("ended early")

    def note_recoveries(self) -> None:
        for fault in list(self._faults):
            if fault.came_late(self._stage.watch):
                self._faults.remove(fault)
            elif fault.well is None and fault.kind.is_well(self._stage.watch, fault):
                fault.well = self._now()

    def judge(self) -> Report:
        """End the service, look at what is there, and tell."""
        stage, end = self._stage, self._now()
        worked, had = (after - before for after, before in zip(processes.busy(), self._busy, strict=True))
        self._say("the service is ended")
        code = stage.keeper.stop()
        stage.server.ensure_running()
        stage.watch.look_at_all_runs()
        runs = stage.watch.told()
        outages = [Span(fault.at, fault.well or end) for fault in self._faults if fault.kind.is_outage]
        report = Report(
            seconds=round(end, 1),
            sites=self._plan.sites,
            every=self._plan.every,
            busy=round(worked / had, 3),
            settled=self._settled,
            left_out=self._left_out,
            states=dict(Counter(f"{run.state} {run.cause}".strip() for run in runs)),
            account=ledger.account(
                runs, stage.known, every=self._plan.every, patience=self._plan.patience, outages=outages, end=end
            ),
            delay=self._delay(outages),
            articles=self._articles(),
            left=self._left(runs),
            service=self._service(code),
            faults=by_kind(self._faults),
        )
        report.judge()
        return report

    def _strike(self, kind: Kind) -> None:
        fault = faults.strike(kind, self._stage, self._rng)
        if fault is None:
            self._say(f"{kind.name}: nothing to hit")
            return
        self._faults.append(fault)
        if kind.name == "crawl killed":
            self._killed[fault.run] = fault.at
        self._say(f"{kind.name} for {fault.until - fault.at:.1f} s {fault.run}")
        if kind.is_outage:
            is_well = self._wait(lambda: fault.well is not None, _RECOVERY)
            self._say(f"    well after {fault.recovery:.1f} s" if is_well else "    NOT WELL")

    def _finished_since(self, moment: float) -> bool:
        return len(self._stage.watch.finished_after(moment)) >= self._plan.sites

    def _delay(self, outages: Sequence[Span]) -> dict[str, float]:
        """Return how late runs began that were due in a time without outages."""
        found = self._stage.watch.delays()
        calm = [late for due, late in found if not any(Span(due, due + late).overlap(each) for each in outages)]
        return {f"p{share}": round(quantile(calm, share / 100), 2) for share in (50, 99, 100)}

    def _articles(self) -> Articles:
        database, watch = self._stage.database, self._stage.watch
        stored, genuine = stored_keys(database), sites.genuine(list(self._stage.sites.values()))
        judged = {verdict["_id"] for verdict in database["verdicts"].find({}, {"_id": 1})}
        grouped = [{"$unwind": "$keys"}, {"$sortByCount": "$keys"}, {"$match": {"count": {"$gt": 1}}}]
        return Articles(
            published=self._stage.publisher.published,
            genuine=len(genuine),
            stored=database["articles"].count_documents({}),
            unfetched=len(genuine.keys() & judged - stored),
            lost=sorted(watch.keys - stored),
            missing=sorted(genuine[key] for key in genuine.keys() - stored - judged) if self._settled else [],
            twice=[each["_id"] for each in database["articles"].aggregate(grouped)],
        )

    def _left(self, runs: Sequence[ledger.Run]) -> Left:
        return Left(
            running=[run.id for run in runs if run.state == ledger.RUNNING],
            leases=[lease["_id"] for lease in self._stage.database["leases"].find()],
            crawls=len(self._stage.crawls()),
            false_ends=ledger.false_ends(runs, self._killed),
        )

    def _service(self, code: int | None) -> Service:
        samples, lives = self._stage.watch.samples, self._stage.keeper.lives
        return Service(
            starts=len(lives),
            codes=dict(Counter(str(life.code) for life in lives)),
            exit=code,
            most_mib=round(max(sample.rss for sample in samples), 1),
            most_files=max(sample.files for sample in samples),
            most_threads=max(sample.threads for sample in samples),
            most_children=max(sample.children for sample in samples),
            most_zombies=max(sample.zombies for sample in samples),
            tracebacks=dict(Counter(self._stage.tracebacks())),
            growth=growth(samples),
        )

    def _wait(self, condition: Callable[[], bool], within: float) -> bool:
        deadline = time.monotonic() + within
        while not condition():
            if time.monotonic() > deadline:
                return False
            self._stage.check()
            time.sleep(0.2)
        return True

    def _now(self) -> float:
        return self._stage.clock.now()

    def _say(self, line: str) -> None:
        load = os.getloadavg()[0]
        sys.stderr.write(f"{self._now():7.1f} s  load {load:4.1f}  {len(self._stage.watch.runs):5} runs  {line}\n")
        sys.stderr.flush()


def _drawn(kinds: Sequence[Kind], rng: Random) -> Iterator[Kind]:
    """Yield each kind once, then rounds of all, each kind as often as it says; every round in an order of its own."""
    yield from rng.sample(kinds, len(kinds))
    deck = [kind for kind in kinds for _ in range(kind.times)]
    while deck:
        yield from rng.sample(deck, len(deck))
