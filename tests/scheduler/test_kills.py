"""A killed crawl or a killed MongoDB loses nothing that was stored, and the next crawl completes the site."""

import pytest

from tests.support.kills import kill_crawls, kill_mongod

pytestmark = pytest.mark.long


@pytest.mark.parametrize("kill", [kill_crawls, kill_mongod])
def test_nothing_is_lost_missing_or_twice(kill, tmp_path):
    toll = kill(4, tmp_path)
    assert toll.kills == 4
    assert (toll.lost, toll.missing, toll.twice, toll.refetched) == (0, 0, 0, 0)
