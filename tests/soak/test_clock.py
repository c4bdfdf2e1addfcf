"""The clock that the soak sets for others, and how it reads what they recorded by it."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.soak.clock import Clock, Era, can_be_set, true_moment

ASK = """
import sys, time
from datetime import datetime
for _ in sys.stdin:
    print(time.time(), datetime.now().timestamp(), time.monotonic())
"""
ERAS = [Era(0, 0), Era(100, 3600), Era(120, 0), Era(200, -3600), Era(220, 0), Era(300, 86400), Era(310, 0)]


@pytest.mark.parametrize(
    ("recorded", "seen", "true"),
    [(50, 51, 50), (3705, 106, 105), (130, 131, 130), (-3395, 240, 205), (86705, 312, 305), (320, 320, 320)],
)
def test_a_moment_is_read_by_the_clock_that_it_was_recorded_by(recorded, seen, true):
    assert true_moment(recorded, seen, ERAS) == true


def test_a_record_is_read_in_seconds_of_the_soak(tmp_path):
    clock = Clock(tmp_path)
    clock.set(3600)
    recorded = datetime.now(UTC) + timedelta(hours=1)
    assert clock.true(recorded, clock.now()) == pytest.approx(clock.now(), abs=0.5)


@pytest.mark.skipif(not can_be_set() and not os.environ.get("CI"), reason="there is no C compiler")
def test_only_the_wall_clock_of_a_process_is_set_while_it_runs(tmp_path):
    clock = Clock(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-uc", ASK],
        env=clock.environ(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        for ahead in (0, 3600, -3600, 86400, 0):
            clock.set(ahead)
            process.stdin.write("now\n")
            process.stdin.flush()
            wall, today, monotonic = map(float, process.stdout.readline().split())
            assert wall == pytest.approx(time.time() + ahead, abs=5)
            assert today == pytest.approx(time.time() + ahead, abs=5)
            assert monotonic == pytest.approx(time.monotonic(), abs=5)
        process.stdin.close()
