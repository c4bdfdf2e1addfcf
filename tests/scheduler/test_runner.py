"""A crawl process as its caller sees it: whatever happens to it, it has an end with an exit code."""

import os
import signal

import pytest

from scheduler.runner import Crawl, CrawlOrder
from store import leases


@pytest.fixture
def environ(winnow, monkeypatch):
    """The environment of the tests' command, for processes that are started from here."""
    for name, value in winnow.options()["env"].items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def order(winnow):
    return CrawlOrder(arguments={"site": "newsroom", "run": "r1"}, log=winnow.data / "r1.log", tells="end")


async def ended(order, signal=None):
    crawl = await Crawl.start(order)
    if signal:
        os.kill(crawl.pid, signal)
    return await crawl.follow()


def test_a_crawl_tells_how_it_ended(environ, order, run):
    end = run(ended(order))
    assert (end["state"], end["exit_code"]) == ("finished", 0)


def test_a_site_that_is_being_crawled_is_exit_code_4(environ, order, database, run):
    run(leases.acquire(database, "newsroom", "another"))
    assert run(ended(order))["exit_code"] == 4


def test_a_server_that_is_away_is_exit_code_3(environ, order, run):
    environ.setenv("MONGODB_URI", "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=200")
    assert run(ended(order))["exit_code"] == 3


def test_a_crawl_that_is_killed_has_an_end_all_the_same(environ, order, run):
    end = run(ended(order, signal.SIGKILL))
    assert end["state"] == "interrupted"
    assert "SIGKILL" in end["reason"]


def test_alert_addresses_stay_with_the_service(environ, order):
    environ.setenv("WINNOW_ALERTS", "json://example.com/secret")
    assert "secret" not in str(order.environ()) + str(order.command())
