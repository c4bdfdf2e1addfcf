"""A news site and the real command over it, for every test that asks."""

from datetime import datetime

import pytest

from tests.support.newsroom.process import Newsroom
from tests.support.newsroom.site import ZONE
from tests.support.winnow import Winnow

NOW = datetime(2025, 12, 20, 12, tzinfo=ZONE)
SITES = '[site.newsroom]\nurl = "{url}"\ntimezone = "Asia/Shanghai"\ndelay = 0\n'


@pytest.fixture
def newsroom():
    """The site, at a moment that stands still."""
    with Newsroom(now=NOW) as site:
        yield site


@pytest.fixture
def winnow(newsroom, mongo_uri, sync_database, tmp_path):
    """The command, with the site in its sites file and an empty database."""
    (tmp_path / "sites.toml").write_text(SITES.format(url=newsroom.url))
    environ = {"WINNOW_NOW": NOW.isoformat(), "WINNOW_ALLOW_PRIVATE": f"127.0.0.1:{newsroom.port}"}
    return Winnow(tmp_path, mongo_uri, environ)
