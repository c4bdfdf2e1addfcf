import pytest

from tests.support.webhook import webhook


@pytest.fixture
def hook():
    with webhook() as listening:
        yield listening
