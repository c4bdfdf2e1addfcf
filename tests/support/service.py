"""The service in a process of its own, and what to wait for."""

import contextlib
import subprocess
import time

PATIENCE = 40.0  # seconds


@contextlib.contextmanager
def serving(winnow, *, code=0, **environ):
    """The service while the block lasts; then it is ended by SIGTERM, unless it has ended already."""
    environ = {"WINNOW_LISTEN": "127.0.0.1:0", "WINNOW_GRACE": "10"} | environ
    with (winnow.data / "service.log").open("ab") as log:
        service = subprocess.Popen(winnow.command("serve"), stdout=log, stderr=log, **winnow.options(**environ))
    try:
        yield service
    finally:
        service.terminate()
        service.wait(PATIENCE * 2)
    assert service.returncode == code, said(winnow)


def said(winnow):
    """What the services of this folder logged."""
    return (winnow.data / "service.log").read_text()


def wait_for(condition, within=PATIENCE):
    """Return what the condition returns when that is something."""
    deadline = time.monotonic() + within
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
    return found
