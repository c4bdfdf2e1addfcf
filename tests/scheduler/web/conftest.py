"""The web side over a real store, in a thread of its own, with a client in this one."""

import os
import shutil
import ssl

import httpx
import pytest
from playwright.sync_api import sync_playwright

from tests.support.browser import Visit
from tests.support.webapp import served, state_of

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # the site speaks http; to load them takes 20 ms a client


@pytest.fixture
def state():
    """Two sites of a service that is ready."""
    return state_of("beacon", "lantern")


@pytest.fixture
def web(sync_database, mongo_uri, tmp_path, state, monkeypatch):
    """The app, served. What it is asked to crawl is crawled beside the same store."""
    monkeypatch.setenv("MONGODB_URI", mongo_uri)
    monkeypatch.setenv("WINNOW_DATA", str(tmp_path))
    with served(sync_database, tmp_path, state) as site:
        yield site


@pytest.fixture
def client(web):
    """A program that asks it."""
    with httpx.Client(base_url=web.url, verify=NO_AUTHORITIES) as asking:
        yield asking


@pytest.fixture(scope="module")
def chromium():
    """The system's browser; without one the tests fail in CI and skip elsewhere."""
    path = shutil.which("chromium")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no chromium on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, web):
    """Open pages; none may log an error or ask another host for anything."""
    opened = []

    def opens(**options):
        opened.append(Visit(chromium, web.url, **options))
        return opened[-1].page

    yield opens
    for each in opened:
        each.context.close()
    assert [trouble for each in opened for trouble in each.troubles] == []
