"""Keeps the service running, as systemd would: whenever it ends, it is started again a second later."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.soak.clock import Clock

ROOT = Path(__file__).parents[2]
_RESTART = 1.0  # seconds
_TO_START = 30.0  # seconds
_TO_END = 90.0  # seconds that an orderly end may take: the service's grace, and what crawls need to store


@dataclass(slots=True)
class Life:
    """One start of the service; `code` is its exit code when it has ended."""

    pid: int
    began: float
    code: int | None = None


class Keeper:
    """The service, by whatever process it is at the moment."""

    def __init__(self, environ: Mapping[str, str], log: Path, clock: Clock) -> None:
        self.lives: list[Life] = []
        self._environ = environ
        self._log = log
        self._clock = clock
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self.lives:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def life(self) -> Life:
        return self.lives[-1]

    def pid(self) -> int:
        """Return the service's process; while it is being started again, wait for it."""
        deadline = time.monotonic() + _TO_START
        while self.life.code is not None:
            assert time.monotonic() < deadline, f"the service is not running; see {self._log}"
            time.sleep(0.05)
        return self.life.pid

    def stop(self) -> int | None:
        """End the service in order, and return its exit code; None if it had to be killed."""
        self._stop.set()
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_TO_END)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._thread.join()
        return None if self.life.code is None or self.life.code < 0 else self.life.code

    def _keep(self) -> None:
        with self._log.open("ab") as log:
            while not self._stop.is_set():
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "scheduler", "serve"],
                    cwd=ROOT,
                    env=dict(self._environ),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # a Ctrl-C is for the soak, which ends it in order
                )
                self.lives.append(Life(self._process.pid, self._clock.now()))
                self.life.code = self._process.wait()
                self._stop.wait(_RESTART)
