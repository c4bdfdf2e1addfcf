"""Work that is done again and again beside the faults."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable


class Loop:
    """Does something every so many seconds in a thread of its own, while the `with` block lasts."""

    def __init__(self, work: Callable[[], None], every: float) -> None:
        self._work = work
        self._every = every
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Do it no more, and return when it is over. Can be called twice."""
        self._stop.set()
        self._thread.join()

    def check(self) -> None:
        """Raise what the work raised: it is not done any more then, and the soak is worth nothing."""
        if self._error:
            raise self._error

    def _run(self) -> None:
        try:
            while not self._stop.wait(self._every):
                self._work()
        except BaseException as error:  # noqa: BLE001 - raised again by `check`
            self._error = error
