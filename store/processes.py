"""Processes by name and birth: whether a holder still lives, also after its pid is used again."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def born(pid: int) -> int | None:
    """Return when a process of this machine started, in clock ticks since boot; None if there is none, or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else int(fields[19])


def this_process() -> dict[str, Any]:
    """Name this process so that others on its machine can see whether it lives."""
    return {"host": socket.gethostname(), "space": _space(), "pid": os.getpid(), "born": born(os.getpid())}


def is_here(holder: Mapping[str, Any]) -> bool:
    """Whether the holder is a living process of this machine."""
    return _is_in_sight(holder) and holder["born"] is not None and born(holder["pid"]) == holder["born"]


def is_dead(holder: Mapping[str, Any]) -> bool:
    """Whether the holder is known to have died. Of one on another machine or in another container nothing is known."""
    return _is_in_sight(holder) and born(holder["pid"]) != holder["born"]


def _is_in_sight(holder: Mapping[str, Any]) -> bool:
    return bool(holder["host"] == socket.gethostname() and holder.get("space") == _space())


def _space() -> int:
    """Return the number of the space in which pids are counted: containers have their own, and may share a name."""
    try:
        return Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return 0


def kill(holder: Mapping[str, Any]) -> None:
    """End a living process of this machine at once; one that is elsewhere or another user's is left alone."""
    if is_here(holder):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(holder["pid"], signal.SIGKILL)


def resident(pid: int) -> int:
    """Return the bytes of memory that a process holds; 0 if there is none."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
