"""The web side over a real store, in a thread of its own, with a client in this one."""

import httpx
import pytest

from tests.support.webapp import served, state_of


@pytest.fixture
def state():
    """Two sites of a service that is ready."""
    return state_of("beacon", "lantern")


@pytest.fixture
def web(sync_database, tmp_path, state):
    """The app, served."""
    with served(sync_database, tmp_path, state) as site:
        yield site


@pytest.fixture
def client(web):
    """A program that asks it."""
    with httpx.Client(base_url=web.url) as asking:
        yield asking
