"""A second database on the tests' server, to load into."""

import pytest


@pytest.fixture
def elsewhere(sync_database):
    """An empty database beside the first."""
    client = sync_database.client
    client.drop_database("elsewhere")
    yield client["elsewhere"]
    client.drop_database("elsewhere")
