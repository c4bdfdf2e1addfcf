"""The embedded server with real processes: shared, restarted, and gone when nobody needs it."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pymongo import MongoClient

from store.errors import StoreUnavailable
from store.mongod import EmbeddedServer
from store.mongod_start import Files, why_failed

ROOT = Path(__file__).parents[2]
USER = """
import sys, time
from pathlib import Path
from store.mongod import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])).used() as uri:
    print(uri, flush=True)
    sys.stdin.readline()
"""


@contextlib.contextmanager
def user(data):
    """A process that uses the server until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        try:
            yield process
        finally:
            process.stdin.close()
            process.wait(timeout=30)


def uri_of(process):
    return process.stdout.readline().strip()


def pid_of(data):
    return int(Files(data).pid.read_text() or 0)


def supervisors_of(data):
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_bytes().split(b"\0")
            if b"store.mongod" in command and os.fsencode(data) in command:
                found.append(int(folder.name))
    return found


def is_alive(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def wait_until(condition, within=20.0):
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def count(uri):
    with MongoClient(uri, serverSelectionTimeoutMS=10_000) as client:
        return client["test"]["things"].count_documents({})


def insert(uri):
    with MongoClient(uri, w=1, journal=True) as client:
        client["test"]["things"].insert_one({})


@pytest.fixture
def data(tmp_path):
    """A data folder whose server is gone by the end of the test."""
    folder = tmp_path / "data"
    yield folder
    wait_until(lambda: not supervisors_of(folder))
    assert not (Files(folder).pid.exists() and is_alive(pid_of(folder)))


def test_two_users_share_one_server_and_the_last_one_stops_it(data):
    with user(data) as first:
        uri = uri_of(first)
        with user(data) as second:
            assert uri_of(second) == uri
            pid = pid_of(data)
        assert is_alive(pid)
        assert count(uri) == 0
    wait_until(lambda: not is_alive(pid))
    assert not list(data.glob("*.sock"))


def test_eight_users_that_start_at_once_get_one_server(data):
    with contextlib.ExitStack() as stack:
        users = [stack.enter_context(user(data)) for _ in range(8)]
        assert len({uri_of(each) for each in users}) == 1
        assert len(supervisors_of(data)) == 1


def test_no_port_is_opened_and_the_disk_use_is_small(data):
    with user(data) as process:
        uri_of(process)
        inodes = {str(fd.readlink()) for fd in Path(f"/proc/{pid_of(data)}/fd").iterdir() if fd.is_symlink()}
        tcp = [
            line.split()[9]
            for name in ("tcp", "tcp6")
            for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        ]
        assert not {f"socket:[{inode}]" for inode in tcp} & inodes
        assert sum(file.stat().st_size for file in data.rglob("*") if file.is_file()) < 60 << 20


def test_a_killed_user_lets_go(data):
    with user(data) as process:
        uri_of(process)
        pid = pid_of(data)
        process.kill()
        wait_until(lambda: not is_alive(pid))


def test_a_killed_server_is_started_again_with_what_it_acknowledged(data):
    with user(data) as process:
        uri = uri_of(process)
        insert(uri)
        killed = pid_of(data)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: pid_of(data) not in (0, killed))
        assert count(uri) == 1


def test_a_killed_supervisor_is_replaced_and_the_server_adopted(data):
    with user(data) as process:
        uri = uri_of(process)
        pid, (supervisor,) = pid_of(data), supervisors_of(data)
        os.kill(supervisor, signal.SIGKILL)
        wait_until(lambda: not is_alive(supervisor))
        with user(data) as second:
            assert uri_of(second) == uri
            assert pid_of(data) == pid
            assert len(supervisors_of(data)) == 1
    wait_until(lambda: not is_alive(pid))


def test_server_and_supervisor_killed_at_once_start_anew(data):
    with user(data) as process:
        insert(uri_of(process))
        for pid in (*supervisors_of(data), pid_of(data)):
            os.kill(pid, signal.SIGKILL)
    with user(data) as process:
        assert count(uri_of(process)) == 1


def test_a_newcomer_who_arrives_while_the_last_one_leaves_gets_a_server(data):
    for pause in (0.0, 1.9, 2.1, 2.3):
        with user(data) as process:
            assert count(uri_of(process)) == 0
        time.sleep(pause)


def test_a_long_path_gets_its_socket_elsewhere_and_leaves_nothing(tmp_path):
    folder = tmp_path / ("long" * 30)
    with user(folder) as process:
        assert count(uri_of(process)) == 0
        sockets = Files(folder).socket.parent
        assert sockets != folder
    wait_until(lambda: not supervisors_of(folder))
    assert not sockets.exists()


def test_a_data_folder_that_is_a_file_is_one_clear_line(tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreUnavailable, match="data"), EmbeddedServer(tmp_path / "data").used():
        pass


def test_a_server_that_does_not_start_says_why(tmp_path, monkeypatch):
    broken = tmp_path / "mongod"
    broken.write_text(
        "#!/bin/sh\necho 'mongod: error while loading shared libraries: libcurl.so.4: cannot open' >&2\nexit 127\n"
    )
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(StoreUnavailable, match="apt-get install libcurl4"), EmbeddedServer(tmp_path / "data").used():
        pass


def test_a_server_that_outlives_supervisor_and_users_is_stopped_all_the_same(data):
    with user(data) as process:
        uri_of(process)
        pid, (supervisor,) = pid_of(data), supervisors_of(data)
        os.kill(supervisor, signal.SIGKILL)
        wait_until(lambda: not is_alive(supervisor))
    wait_until(lambda: not is_alive(pid))


def test_a_server_dies_with_its_folder(data):
    with user(data) as process:
        uri_of(process)
        pid = pid_of(data)
    shutil.rmtree(data)
    wait_until(lambda: not is_alive(pid))


@pytest.mark.parametrize("name", ["two words", "新闻", "a,b", "a:b", "a%b@c?d"])
def test_any_folder_name_will_do(tmp_path, name):
    with EmbeddedServer(tmp_path / name).used() as uri:
        assert count(uri) == 0


def test_users_with_different_temporary_folders_meet_at_a_long_path(tmp_path, monkeypatch):
    folder = tmp_path / ("long" * 30)
    with user(folder) as first:
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        with user(folder) as second:
            assert uri_of(first) == uri_of(second)


def test_a_socket_folder_that_others_may_enter_is_refused(tmp_path):
    folder = tmp_path / ("long" * 30)
    sockets = Files(folder).socket.parent
    sockets.mkdir()
    sockets.chmod(0o777)
    try:
        with pytest.raises(StoreUnavailable, match="private"), EmbeddedServer(folder).used():
            pass
    finally:
        sockets.rmdir()


def test_data_of_a_newer_mongodb_is_one_clear_line(data):
    with user(data) as process:
        uri_of(process)
    wait_until(lambda: not supervisors_of(data))
    turtle = data / "db" / "WiredTiger.turtle"
    turtle.write_bytes(re.sub(rb"major=\d+", b"major=99", turtle.read_bytes()))
    with pytest.raises(StoreUnavailable, match=r"^[^\n]*unsupported WiredTiger[^\n]*$"), EmbeddedServer(data).used():
        pass


def test_the_first_error_of_a_start_is_the_reason():
    log = [
        '{"s":"I","msg":"starting"}\n',
        '{"s":"E","msg":"listener","attr":{"error":"Read-only file system"}}\n',
        '{"s":"F","msg":"aborting"}\n',
    ]
    assert why_failed("", log) == "Read-only file system"
