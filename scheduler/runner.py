"""One crawl = one child process: started, listened to, stopped, and its end told.

A crash or a leak of a crawl ends with its process. The child outlives a caller that dies; its lease keeps others off.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.installation import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Event = dict[str, Any]

_LINE = 1 << 20  # bytes: the longest event line that is read
_CRASHED = 1


@dataclass(slots=True, kw_only=True, frozen=True)
class CrawlOrder:
    """What a crawl process is asked for: the spider's arguments, its log, and the sites file if not the usual one.

    `bounds` are settings that hold it tighter than the usual ones.

    On standard output, for `follow`, it tells its whole course or, with `tells` = "end", only how it ended.
    """

    arguments: Mapping[str, str]
    log: Path
    sites: Path | None = None
    tells: str = "all"
    bounds: Mapping[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        """Return the environment: the crawl process starts in the project's folder, and needs no alert addresses."""
        ours = {name: value for name, value in os.environ.items() if name != "WINNOW_ALERTS"}
        for name in ("WINNOW_DATA", "WINNOW_SITES"):
            if ours.get(name):
                ours[name] = str(Path(ours[name]).absolute())
        if self.sites:
            ours["WINNOW_SITES"] = str(self.sites)
        return ours | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), ours.get("PYTHONPATH")]))}

    def command(self) -> list[str]:
        """Return the command line of the crawl process."""
        arguments = [part for name, value in self.arguments.items() for part in ("-a", f"{name}={value}")]
        settings = {"WINNOW_EVENTS": self.tells, **self.bounds}
        arguments += [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        return [sys.executable, "-m", "scrapy", "crawl", "news", *arguments, "--logfile", str(self.log)]


class Crawl:
    """A crawl process under way."""

    def __init__(self, process: asyncio.subprocess.Process, order: CrawlOrder) -> None:
        self._process = process
        self._order = order

    @classmethod
    async def start(cls, order: CrawlOrder) -> Crawl:
        """Start a crawl process in a session of its own, so that a Ctrl-C in the terminal reaches only its caller.

        What it says before its log is set up, and after that is closed, lands there too.
        """
        with order.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *order.command(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                env=order.environ(),
                limit=_LINE,
                start_new_session=True,
            )
        return cls(process, order)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def follow(self, on_event: Callable[[Event], None] = lambda _: None) -> Event:
        """Pass on the events of the crawl, and return its `end`; a process that died without one gets it here."""
        end: Event | None = None
        assert self._process.stdout
        async for line in self._process.stdout:
            try:
                event = json.loads(line)
            except ValueError:  # something printed by mistake
                continue
            on_event(event)
            if event["event"] == "end":
                end = event
        code = await self._process.wait()
        return end or self._death(code)

    def stop(self) -> None:
        """Ask the crawl to end cleanly: it stores what it has."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """End the crawl at once; what it had not stored is fetched again by the next run."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)

    def _death(self, code: int) -> Event:
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"
        reason = f"the crawl process {how}; see {self._order.log}"
        state = "interrupted" if code < 0 else "failed"
        return {"event": "end", "state": state, "reason": reason, "exit_code": code if code > 0 else _CRASHED}
