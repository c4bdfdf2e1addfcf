"""What the kernel tells of processes."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MIB = 1 << 20


@dataclass(slots=True, frozen=True)
class Usage:
    """A process: memory in MiB, CPU in seconds, without its children's."""

    rss: float
    cpu: float
    files: int
    threads: int


def usage(pid: int) -> Usage | None:
    """Return what a process uses; None if there is none."""
    folder = Path("/proc", str(pid))
    with suppress(OSError):
        fields = _stat(pid)
        rss = int((folder / "statm").read_text().split()[1]) * _PAGE / _MIB
        cpu = (int(fields[11]) + int(fields[12])) / TICK
        return Usage(rss, cpu, sum(1 for _ in (folder / "fd").iterdir()), int(fields[17]))
    return None


def children(pid: int) -> dict[int, str]:
    """Return the children of a process and their states, `Z` for one that has ended and waits to be asked."""
    found = {}
    for each in pids():
        with suppress(OSError):
            fields = _stat(each)
            if int(fields[1]) == pid:
                found[each] = fields[0]
    return found


def has_environment(pid: int, name: str, value: str) -> bool:
    """Whether a process was started with a variable of that value."""
    with suppress(OSError):
        return f"{name}={value}".encode() in Path("/proc", str(pid), "environ").read_bytes().split(b"\0")
    return False


def of_environment(name: str, value: str) -> list[int]:
    """Return the processes that have a variable of that value: ours, whoever their parent is by now."""
    return [pid for pid in pids() if has_environment(pid, name, value)]


def of_command(word: str) -> list[int]:
    """Return the processes whose command line has a word."""
    return [pid for pid in pids() if word in command(pid).split()]


def command(pid: int) -> str:
    """Return the command line of a process; empty if there is none."""
    with suppress(OSError):
        return Path("/proc", str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def busy() -> tuple[float, float]:
    """Return the seconds of CPU that the machine has worked, and all that it had, since it was started."""
    spent = [int(ticks) / TICK for ticks in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = spent[3] + spent[4]
    return sum(spent) - idle, sum(spent)


def pids() -> Iterator[int]:
    """Yield every process of the machine."""
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())


def born_ago(pid: int) -> float | None:
    """Return how many seconds ago a process was started; None if there is none."""
    with suppress(OSError):
        uptime = float(Path("/proc/uptime").read_text().split()[0])
        return uptime - int(_stat(pid)[19]) / TICK
    return None


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on, which is the third."""
    return Path("/proc", str(pid), "stat").read_text(errors="replace").rpartition(")")[2].split()
