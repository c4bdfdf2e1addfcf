"""The clock, as one that is set sees itself."""

import os
import subprocess
import sys

import pytest

from scheduler.clock import now
from tests.soak.clock import Clock, can_be_set

ASK = """
import sys
from scheduler.clock import ClockWatch
watch = ClockWatch()
for _ in sys.stdin:
    print(round(watch.jump()), flush=True)
"""


def test_now_is_what_the_store_gives_back(sync_database):
    moment = now()
    sync_database["moments"].insert_one({"_id": 1, "at": moment})
    assert sync_database["moments"].find_one({})["at"] == moment


@pytest.mark.skipif(not can_be_set() and not os.environ.get("CI"), reason="there is no C compiler")
def test_a_jump_is_told_once_in_either_direction(tmp_path):
    clock, told = Clock(tmp_path), []
    with subprocess.Popen(
        [sys.executable, "-uc", ASK], env=clock.environ(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        for ahead in (0, 3600, 3600, -60):
            clock.set(ahead)
            process.stdin.write("look\n")
            process.stdin.flush()
            told.append(int(process.stdout.readline()))
    assert told == [0, 3600, 0, -3660]
