"""A real mongod for every test that asks for one, and an environment without the operator's settings."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient, MongoClient

from store.errors import StoreUnavailable
from store.mongod import EmbeddedServer

DATABASE = "winnow"
# Its tests mostly wait, while others have the processors
WAITING = "test_service.py"


def pytest_collection_modifyitems(items):
    """Spread the tests that wait evenly, because every process begins with a stretch of its own."""
    waiting = [item for item in items if item.path.name == WAITING]
    others = [item for item in items if item.path.name != WAITING]
    share = len(others) // max(len(waiting), 1) + 1
    heads = [waiting[n : n + 1] + others[n * share : (n + 1) * share] for n in range(max(len(waiting), 1))]
    items[:] = [item for stretch in heads for item in stretch]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in os.environ:
        if name.startswith("WINNOW_") or name == "MONGODB_URI":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def mongo_data(tmp_path_factory) -> Path:
    """The data folder of the tests' own server."""
    return tmp_path_factory.mktemp("mongo")


@pytest.fixture(scope="session")
def mongo_uri(mongo_data) -> Iterator[str]:
    """A server for the whole session; without one the tests fail in CI and skip elsewhere."""
    try:
        with EmbeddedServer(mongo_data).used() as uri:
            yield uri
    except StoreUnavailable as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))


@pytest.fixture
def run() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """Run a coroutine; all of a test run in one event loop, as those of a crawl do."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture
def sync_database(mongo_uri):
    """An empty database, as commands see it."""
    with MongoClient(mongo_uri, tz_aware=True, w=1, journal=True) as client:
        client.drop_database(DATABASE)
        yield client[DATABASE]
        client.drop_database(DATABASE)


@pytest.fixture
def database(mongo_uri, sync_database, run):
    """The same empty database, as a crawl sees it; use it through `run`."""
    client = AsyncMongoClient(mongo_uri, tz_aware=True, w=1, journal=True)
    yield client[DATABASE]
    run(client.close())
