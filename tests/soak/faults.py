"""What breaks: each kind of fault, how it is done, and by what one sees that all is well again."""

from __future__ import annotations

import math
import os
import signal
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.soak import processes
from tests.soak.clock import can_be_set
from tests.soak.ledger import FINISHED, RUNNING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from tests.soak.stage import Stage
    from tests.soak.watch import Watch

_HOUR, _DAY = 3600, 86400
_STOPPED, _SET, _FULL = (2.0, 40.0), (5.0, 30.0), (10.0, 30.0)  # seconds that such a fault lasts
_TARGET = 10.0  # seconds within which a crawl must be under way, or the fault is left out


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault, from `at` to `until`, and when all was `well` again. `run` is the crawl that was hit, if one was."""

    kind: Kind
    at: float
    until: float
    run: str = ""
    site: str = ""
    well: float | None = None

    def came_late(self, watch: Watch) -> bool:
        """Whether the crawl that was to be killed had finished already."""
        return self.kind.name == "crawl killed" and watch.state(self.run) == FINISHED

    @property
    def recovery(self) -> float | None:
        """Seconds from the fault's end until all was well."""
        return None if self.well is None else self.well - self.until


@dataclass(slots=True, frozen=True)
class Kind:
    """A kind of fault. `strike` does it and returns the record of the run that it hit, an empty one if it hit none.

    It returns None where there was nothing to hit. An `is_outage` keeps all sites from being crawled; the next fault
    waits until it is over. `times` is how often it comes in a round of all kinds.
    """

    name: str
    times: int
    strike: Callable[[Stage, Random], dict[str, Any] | None]
    is_well: Callable[[Watch, Fault], bool]
    is_outage: bool = True


def strike(kind: Kind, stage: Stage, rng: Random) -> Fault | None:
    """Do a fault, and return when it is done; None if there was nothing to hit."""
    at = stage.clock.now()
    hit = kind.strike(stage, rng)
    if hit is None:
        return None
    until = stage.clock.now() if kind.name not in _AT_ONCE else at
    return Fault(kind=kind, at=at, until=until, run=hit.get("_id", ""), site=hit.get("site", ""))


def kinds(stage: Stage, names: tuple[str, ...]) -> tuple[list[Kind], list[str]]:
    """Return the kinds of these names (all, if none is given) that can be done here, and why the others can't."""
    chosen = [kind for kind in KINDS if not names or kind.name in names]
    left_out = {}
    if not stage.disk.is_own:
        left_out["disk full"] = "no disk of its own could be mounted"
    if not can_be_set():
        left_out |= dict.fromkeys(_CLOCKS, "there is no C compiler (cc)")
    why = [f"{kind.name}: left out, {left_out[kind.name]}" for kind in chosen if kind.name in left_out]
    return [kind for kind in chosen if kind.name not in left_out], why


def _kill_crawl(stage: Stage, rng: Random) -> dict[str, Any] | None:
    run = _under_way(stage, rng)
    if run:
        os.kill(run["holder"]["pid"], signal.SIGKILL)
    return run


def _stop_crawl(stage: Stage, rng: Random) -> dict[str, Any] | None:
    run = _under_way(stage, rng)
    if run:
        _stop(run["holder"]["pid"], _stopped_for(rng))
    return run


def _kill_service(stage: Stage, rng: Random) -> dict[str, Any]:
    os.kill(stage.keeper.pid(), signal.SIGKILL)
    return {}


def _stop_service(stage: Stage, rng: Random) -> dict[str, Any]:
    _stop(stage.keeper.pid(), _stopped_for(rng))
    return {}


def _kill_mongod(stage: Stage, rng: Random) -> dict[str, Any]:
    os.kill(stage.mongod(), signal.SIGKILL)
    return {}


def _stop_mongod(stage: Stage, rng: Random) -> dict[str, Any]:
    _stop(stage.mongod(), _stopped_for(rng))
    return {}


def _set_clock(ahead: int) -> Callable[[Stage, Random], dict[str, Any]]:
    def strike(stage: Stage, rng: Random) -> dict[str, Any]:
        try:
            stage.clock.set(ahead)
            time.sleep(rng.uniform(*_SET))
        finally:
            stage.clock.set(0)
        return {}

    return strike


def _fill_disk(stage: Stage, rng: Random) -> dict[str, Any]:
    try:
        stage.disk.fill()
        time.sleep(rng.uniform(*_FULL))
    finally:
        stage.disk.free()
    return {}


def _under_way(stage: Stage, rng: Random) -> dict[str, Any] | None:
    """Draw a run whose process lives and is ours. A crawl lasts a second or two, so it is looked for closely."""
    deadline = time.monotonic() + _TARGET
    while time.monotonic() < deadline:
        runs = [run for run in stage.watch.under_way() if _is_ours(stage, run["holder"]["pid"])]
        if runs:
            return rng.choice(sorted(runs, key=lambda run: run["_id"]))
        time.sleep(0.02)
    return None


def _is_ours(stage: Stage, pid: int) -> bool:
    return processes.has_environment(pid, "WINNOW_DATA", str(stage.data))


def _stopped_for(rng: Random) -> float:
    """Draw the seconds of a stop: short ones more often, for many fit into a soak."""
    low, high = _STOPPED
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def _stop(pid: int, seconds: float) -> None:
    with _frozen(pid):
        time.sleep(seconds)


@contextmanager
def _frozen(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):  # it was killed meanwhile, as one that hangs
            os.kill(pid, signal.SIGCONT)


def _is_run_again(watch: Watch, fault: Fault) -> bool:
    """The run's end is recorded, and the site has been run again."""
    return watch.state(fault.run) not in (RUNNING, FINISHED) and fault.site in watch.finished_after(fault.at)


def _is_gone_on(watch: Watch, fault: Fault) -> bool:
    """The run came to its end, or another of the site did."""
    return watch.state(fault.run) == FINISHED or _is_run_again(watch, fault)


def _is_serving(watch: Watch, fault: Fault) -> bool:
    """The service says that it is ready, and has begun a run."""
    return watch.is_ready_after(fault.until) and watch.has_begun_after(fault.until)


def _is_crawling(watch: Watch, fault: Fault) -> bool:
    """The service says that it is ready, and a run that began afterwards is finished."""
    return watch.is_ready_after(fault.until) and bool(watch.finished_after(fault.until))


_AT_ONCE = ("crawl killed", "service killed", "mongod killed")
_CLOCKS = ("clock +1 h", "clock -1 h", "clock +1 d")
KINDS = (
    Kind("crawl killed", 4, _kill_crawl, _is_run_again, is_outage=False),
    Kind("crawl stopped", 2, _stop_crawl, _is_gone_on, is_outage=False),
    Kind("service killed", 2, _kill_service, _is_serving),
    Kind("service stopped", 2, _stop_service, _is_serving),
    Kind("mongod killed", 2, _kill_mongod, _is_crawling),
    Kind("mongod stopped", 2, _stop_mongod, _is_crawling),
    *(
        Kind(name, 1, _set_clock(ahead), _is_crawling)
        for name, ahead in zip(_CLOCKS, (_HOUR, -_HOUR, _DAY), strict=True)
    ),
    Kind("disk full", 1, _fill_disk, _is_crawling),
)
