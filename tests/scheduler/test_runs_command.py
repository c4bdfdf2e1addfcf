"""`winnow runs`: what goes on, and the log of it."""

import json
import subprocess

import pytest

from tests.support.service import wait_for


@pytest.fixture
def crawl(winnow, sync_database):
    """A crawl of a second or two, under way."""
    sites = winnow.data / "sites.toml"
    sites.write_text(sites.read_text().replace("delay = 0", "delay = 0.02"))
    process = subprocess.Popen(
        winnow.command("crawl", "newsroom", "--json"), stdout=subprocess.PIPE, **winnow.options()
    )
    with process:
        yield wait_for(lambda: sync_database["runs"].find_one({"state": "running"}))["_id"]
        process.communicate(timeout=60)


def test_a_run_is_followed_to_its_end(winnow, crawl):
    changes = [json.loads(line) for line in winnow("runs", "follow", crawl, "--json").stdout.splitlines()]
    assert {change["id"] for change in changes} == {crawl}
    assert len(changes) > 1
    assert [change["pages"] for change in changes] == sorted(change["pages"] for change in changes)
    assert changes[-1]["state"] == "finished"
    assert changes[-1]["dropped"]


def test_a_followed_run_is_a_line_a_change_without_a_terminal(winnow, crawl):
    lines = winnow("runs", "follow", crawl).stdout.splitlines()
    assert "to go" in lines[0]
    assert lines[-1].endswith("finished: all read")


def test_a_log_is_followed_to_the_end_of_its_run(winnow, crawl):
    assert f"run {crawl} finished: all read" in winnow("runs", "log", crawl, "--follow").stdout


def test_a_log_that_is_not_here_is_one_line(winnow, crawl):
    (winnow.data / "logs" / f"{crawl}.log").unlink()
    assert winnow("runs", "log", crawl, code=2).stderr.count("\n") == 1


def test_an_unknown_run_is_one_line(winnow):
    assert winnow("runs", "follow", "nothing", code=2).stderr.count("\n") == 1
