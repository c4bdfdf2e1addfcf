"""A mongod of our own: started by the first process that needs it, stopped when the last has gone.

Locks say who lives, and the end of a process, however it ends, releases them; no pid in a file is trusted:

    mongod.users        shared: every user. Exclusive: the supervisor, while it stops the server
    mongod.supervisor   exclusive: the supervisor. Who finds it free starts one, which inherits the lock
    db/mongod.lock      exclusive: mongod itself

The supervisor (`python -m store.mongod DATA`) starts the server, or adopts the one that a killed supervisor left;
starts it again when it dies; stops it, and ends, when nobody has used it for `LINGER` seconds.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from store.errors import StoreUnavailable
from store.mongod_start import Files, rotate, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINGER = 2.0  # seconds that the server outlives its last user, so that the next command finds it running
_POLL = 0.25  # seconds between two looks at the users and the server
_WITHIN = 60.0  # seconds that another process's start or stop may take; a recovery after a crash is slow


class EmbeddedServer:
    """The server of one data folder, as a user of it sees it."""

    def __init__(self, data: Path) -> None:
        self._files = Files(data.resolve())

    @property
    def uri(self) -> str:
        return f"mongodb://{quote(str(self._files.socket), safe='')}/?directConnection=true"

    @contextmanager
    def used(self) -> Iterator[str]:
        """Keep the server running, and yield its URI.

        Raises:
            StoreUnavailable: it can't be started; the message says why and what to do.
        """
        files = self._files
        with _explained(files):
            files.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            users = _open(files.users_lock)
        try:
            _until(lambda: _lock(users, fcntl.LOCK_SH), f"the embedded MongoDB is still stopping; see {files.log}")
            self.ensure_running()
            yield self.uri
        finally:
            _mind_orphan(files)
            os.close(users)

    def is_running(self) -> bool:
        """Whether it answers; nothing is started, and it may end the next moment."""
        return _answers(self._files)

    def ensure_running(self) -> None:
        """Return when the server answers, started if need be. Blocks. The caller holds the server in use."""
        _until(
            lambda: _supervise(self._files) or _answers(self._files),
            f"the embedded MongoDB does not answer; see {self._files.log}",
        )


def main(data: Path) -> int:
    """Bring the server up, return to the user that waits, and stay behind to watch it."""
    files = Files(data)
    try:
        with _explained(files):
            _bring_up(files)
    except StoreUnavailable as error:
        sys.stderr.write(str(error))
        return error.exit_code
    if os.fork() == 0:
        os.dup2(0, 2)  # /dev/null: the user reads the other end of stderr until it is closed
        _watch(files)
    return 0


def _supervise(files: Files) -> bool:
    """Start a supervisor unless there is one; true if it was started, and the server answers."""
    with _explained(files), _opened(files.supervisor_lock) as lock:
        if not _lock(lock, fcntl.LOCK_EX):
            return False
        _start_supervisor(files, lock)
        return True


def _mind_orphan(files: Files) -> None:
    """Give a server whose supervisor was killed another: nobody else may come to stop it."""
    with suppress(OSError, StoreUnavailable), _opened(files.supervisor_lock) as lock:
        if _lock(lock, fcntl.LOCK_EX) and _is_open(files):
            _start_supervisor(files, lock)


def _start_supervisor(files: Files, lock: int) -> None:
    """Run `main`, in a session that Ctrl-C doesn't reach; it inherits the lock, so that it is never free between."""
    with subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "store.mongod", str(files.data)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        pass_fds=[lock], start_new_session=True, cwd=Path(__file__).parents[1],
    ) as child:  # fmt: skip
        problem = child.communicate()[1]
    if child.returncode == StoreUnavailable.exit_code:
        raise StoreUnavailable(problem)
    if child.returncode:
        raise RuntimeError(f"the supervisor of mongod failed: {problem}")


def _bring_up(files: Files) -> None:
    """Start the server, or wait for the one that has the data: it may be starting or stopping."""
    _until(
        lambda: not _is_open(files) or _answers(files),
        f"another mongod has {files.pid.parent} open; stop it, or set MONGODB_URI to it",
    )
    if not _is_open(files):
        start(files)


def _watch(files: Files) -> None:
    """Serve as long as there are users: a server that died is started again."""
    with suppress(StoreUnavailable), _explained(files), _opened(files.users_lock) as users:
        while _is_needed(files, users):
            start(files)
        if files.socket.parent != files.data:
            shutil.rmtree(files.socket.parent, ignore_errors=True)


def _is_needed(files: Files, users: int) -> bool:
    """Return when the server has ended: true if it died among users, false if it was stopped without any."""
    with _opened(files.pid) as held:
        last_used = time.monotonic()
        while not _lock(held, fcntl.LOCK_SH):
            time.sleep(_POLL)
            if rotate(files.log):
                _signal(held, signal.SIGUSR1)  # it opens a new one
            if not _lock(users, fcntl.LOCK_EX):
                last_used = time.monotonic()
            elif time.monotonic() - last_used < LINGER:
                fcntl.flock(users, fcntl.LOCK_UN)
            else:  # newcomers wait: the lock is ours until this process ends
                _signal(held, signal.SIGTERM)
                fcntl.flock(held, fcntl.LOCK_SH)
                return False
    return not _lock(users, fcntl.LOCK_EX)


def _signal(held: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, ValueError):  # it ended just now, and emptied its file
        os.kill(int(os.pread(held, 32, 0)), number)


def _is_open(files: Files) -> bool:
    """Whether a mongod has the data open. To be asked under the supervisor's lock: mongod takes our look for one."""
    if not files.pid.exists():
        return False
    with _opened(files.pid) as held:
        return not _lock(held, fcntl.LOCK_SH)


def _answers(files: Files) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(files.socket)) == 0


@contextmanager
def _explained(files: Files) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = f"{error.filename or files.data}: {error.strerror}"
        raise StoreUnavailable(f"{reason}; set WINNOW_DATA to a folder that can be written to") from None


def _until(condition: Callable[[], bool], problem: str) -> None:
    deadline = time.monotonic() + _WITHIN
    while not condition():
        if time.monotonic() > deadline:
            raise StoreUnavailable(problem)
        time.sleep(0.02)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = _open(path)
    try:
        yield file
    finally:
        os.close(file)


def _lock(file: int, kind: int) -> bool:
    """Take a lock, or say that another has it."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
