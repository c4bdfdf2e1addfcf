"""Sends messages through Apprise, which speaks mail, chats and webhooks.

Apprise takes 25 MiB and the service waits idle for weeks, so it is imported in a process that lives for one sending:
`python -m scheduler.alerts.notify` reads what to send from standard input and writes what became of it, a JSON line a
letter. An address is a secret: it is in no command line, log, message or error; a target is called by its number.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from scheduler.installation import ROOT
from store.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

logger = logging.getLogger(__name__)

PATIENCE = 15.0  # seconds that a target has to take a letter; all are sent at once
_GRACE = 10.0  # further seconds, for a process that does not even give up by itself
_TOO_LONG = "it did not answer in time"
_MALFORMED = "malformed"
_LONGEST_PROBLEM = 200  # characters
_SHORTEST_SECRET = 3  # characters: shorter words of an address are left in what is said of it

Request = dict[str, str]


@dataclass(slots=True, frozen=True)
class Target:
    """An address and what it is called. Names change with the order of the addresses, a mark does not."""

    name: str
    address: str = field(repr=False)

    @property
    def mark(self) -> str:
        """What the store knows the address by."""
        return _mark(self.address)


@dataclass(slots=True, kw_only=True, frozen=True)
class Letter:
    target: Target
    title: str
    text: str


@dataclass(slots=True, frozen=True)
class Delivery:
    """What became of a letter; without a `problem` its target took it."""

    target: Target
    problem: str


@cache
def _mark(address: str) -> str:
    """Digest an address, so slowly (50 ms, 16 MiB) that no weak password in it can be found by trying many.

    Without a salt of its own, for it must be the same in all services of a database.
    """
    digest = hashlib.scrypt(address.encode(), salt=b"winnow alerts", n=1 << 14, r=8, p=1, dklen=8)
    return digest.hex()


def targets_of(addresses: Iterable[str]) -> list[Target]:
    """Name the addresses by number and scheme.

    >>> [target.name for target in targets_of(["slack://A/B/C", "A/B/C"])]
    ['address 1 (slack)', 'address 2']
    """
    return [Target(_name(number, address), address) for number, address in enumerate(addresses, 1)]


def check_addresses(addresses: Iterable[str]) -> list[Target]:
    """Return the targets; nothing is sent. An address that can't be looked at, on a busy machine, is only logged.

    Raises:
        ConfigError: Apprise can make nothing of an address; the message names it by number and scheme.
    """
    targets = targets_of(addresses)
    problems = _ask([{"address": target.address} for target in targets])
    for target, problem in zip(targets, problems, strict=True):
        if problem == _MALFORMED:
            what = "no address that Apprise knows; docs/alerts.md has the form of each service"
            raise ConfigError(f"WINNOW_ALERTS: {target.name}: {what}")
        if problem:
            logger.warning("WINNOW_ALERTS: %s could not be checked: %s", target.name, problem)
    return targets


def send(letters: Sequence[Letter], *, patience: float = PATIENCE) -> list[Delivery]:
    """Send letters, all at once; returns within half a minute, whatever the targets do."""
    asked = [{"address": each.target.address, "title": each.title, "text": each.text} for each in letters]
    return [Delivery(each.target, problem) for each, problem in zip(letters, _ask(asked, patience), strict=True)]


def _name(number: int, address: str) -> str:
    scheme, found, _ = address.partition("://")
    return f"address {number} ({scheme})" if found and re.fullmatch("[a-z]{1,16}", scheme) else f"address {number}"


def _ask(requests: Sequence[Request], patience: float = PATIENCE) -> list[str]:
    """Have the requests done in a process of their own; return the problem of each, empty where there was none."""
    if not requests:
        return []
    command = [sys.executable, "-m", "scheduler.alerts.notify"]
    given = json.dumps({"patience": patience, "requests": requests}).encode()
    otherwise = _TOO_LONG
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            timeout=patience + _GRACE,
            check=False,
        )
        said, otherwise = done.stdout, f"the sending process ended with {done.returncode}"
    except subprocess.TimeoutExpired as late:  # it was killed
        said = late.stdout or b""
    answers = dict(json.loads(line) for line in said.splitlines())
    return [answers.get(number, otherwise) for number in range(len(requests))]


def main() -> None:
    """Do what standard input asks for. A target that still hangs at the end must not hold this process."""
    asked = json.loads(sys.stdin.buffer.read())
    requests: list[Request] = asked["requests"]
    with ThreadPoolExecutor(len(requests)) as pool:
        tasks = {pool.submit(_do, request, asked["patience"]): number for number, request in enumerate(requests)}
        for task in as_completed(tasks):
            answer = tasks[task], _problem(task, requests[tasks[task]]["address"])
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()
        os._exit(0)


def _problem(task: Future[str], address: str) -> str:
    error = task.exception()
    said = f"{type(error).__name__} in Apprise" if error else task.result()
    return said if said == _MALFORMED else without_secrets(said, address)


def _do(request: Request, patience: float) -> str:
    """Send a letter, or only look at its address if it has no text; return what went wrong."""
    import apprise

    service = apprise.Apprise.instantiate(request["address"])
    if service is None:
        return _MALFORMED
    if "text" not in request:
        return ""
    carrier = apprise.Apprise()
    carrier.add(service)
    result = carrier.notify(
        body=request["text"], title=request["title"], body_format=apprise.NotifyFormat.TEXT, timeout=patience
    )
    return "" if result else _explanation(result)


def _explanation(result: Any) -> str:
    import apprise

    if result.status == apprise.AppriseResultStatus.TIMEOUT:
        return _TOO_LONG
    return "; ".join(entry.message for entry in result.logs()) or "it was not taken, for no reason that Apprise tells"


def without_secrets(text: str, address: str) -> str:
    """Return one line without any word of an address but its scheme, plain or percent-encoded.

    >>> without_secrets("hooks.example refused T0KEN: 404", "json://hooks.example/T0KEN")
    '… refused …: 404'
    """
    rest = address.partition("://")[2] or address
    words = {*re.split(r"[/?&=@:#+,\s]+", rest), *re.split(r"[/?&=@:#+,\s]+", unquote(rest))}
    words |= {unquote(word) for word in words}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _SHORTEST_SECRET:
            text = re.sub(re.escape(word), "…", text, flags=re.IGNORECASE)
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_PROBLEM else f"{line[:_LONGEST_PROBLEM]}…"


if __name__ == "__main__":
    main()
