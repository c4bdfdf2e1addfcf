"""The service's log, of our own code and of the libraries, as a process writes it on standard error."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.winnow import ROOT

_PROCESS = """
import logging, sys, threading, time, urllib.request, warnings
from datetime import UTC
import uvicorn
from apscheduler.schedulers.background import BackgroundScheduler
from scheduler import logs

async def answer(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})

def fail():
    raise ZeroDivisionError("of a job")

logs.set_up(sys.argv[1])
logger = logging.getLogger("scheduler.service")
logger.info("%s is due: 龙舟\\nand \\udc80 more", "demo", extra={"site": "demo", "run": "demo-1"})
logger.debug("not shown")
try:
    fail()
except ZeroDivisionError:
    logger.exception("a crawl could not be started")
warnings.warn("this is old", stacklevel=1)

server = uvicorn.Server(uvicorn.Config(answer, port=0, lifespan="off", log_config=None))
thread = threading.Thread(target=server.run)
thread.start()
while not server.started:
    time.sleep(0.01)
port = server.servers[0].sockets[0].getsockname()[1]
urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live").close()
server.should_exit = True
thread.join()

scheduler = BackgroundScheduler(timezone=UTC)
scheduler.start()
scheduler.add_job(fail)
time.sleep(0.2)
scheduler.shutdown()
raise RuntimeError("at the end")
"""


def written(form):
    done = subprocess.run(
        [sys.executable, "-c", _PROCESS, form], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    return done.stderr.splitlines()


@pytest.fixture(scope="module")
def lines():
    """Every line as JSON: one that is none fails here."""
    return [json.loads(line) for line in written("json")]


def said(lines, logger):
    return [line for line in lines if line["logger"] == logger]


def test_every_line_has_time_level_logger_and_message(lines):
    for line in lines:
        assert list(line)[:3] == ["level", "logger", "message"]
        moment = datetime.fromisoformat(line["time"])
        assert moment.utcoffset() == timedelta(0)
        assert abs(datetime.now(UTC) - moment) < timedelta(minutes=5)


def test_a_message_of_several_lines_is_one_line_and_keeps_its_facts(lines):
    first = said(lines, "scheduler.service")[0]
    assert first["level"] == "INFO"
    assert first["message"] == "demo is due: 龙舟\nand \udc80 more"
    assert (first["site"], first["run"]) == ("demo", "demo-1")


def test_a_traceback_is_part_of_its_line(lines):
    error = said(lines, "scheduler.service")[1]
    assert error["level"] == "ERROR"
    assert error["exc_info"].startswith("Traceback")
    assert error["exc_info"].endswith("ZeroDivisionError: of a job")


def test_libraries_and_warnings_follow(lines):
    assert not any(said(lines, "uvicorn.access"))
    (job,) = said(lines, "apscheduler.executors.default")
    assert "ZeroDivisionError" in job["exc_info"]
    assert "this is old" in said(lines, "py.warnings")[0]["message"]


def test_the_error_that_ends_the_process_is_logged(lines):
    assert lines[-1]["level"] == "CRITICAL"
    assert "RuntimeError: at the end" in lines[-1]["exc_info"]


def test_text_is_for_people():
    found = written("text")
    assert found[0].endswith("INFO scheduler.service: demo is due: 龙舟")
    assert any(line.endswith("ERROR scheduler.service: a crawl could not be started") for line in found)
    assert "RuntimeError: at the end" in found
