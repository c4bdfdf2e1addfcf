"""What is asked of the verdicts."""

import pytest

from store import verdict_queries
from store.errors import ConfigError
from store.verdict_queries import Verdicts
from tests.support.articles import NOW


def test_a_part_of_a_title_that_would_take_too_long_to_find_is_a_mistake_that_says_what_to_ask(sync_database):
    told = {"site": "demo", "url": "http://x.example/", "status": "rejected", "reasons": [], "at": NOW}
    sync_database["verdicts"].insert_many(told | {"_id": str(number), "title": "a" * 4000} for number in range(5000))
    asked = Verdicts(part="ab")
    with pytest.raises(ConfigError, match="ask for a site or a reason"):
        verdict_queries.page(sync_database, asked, patience=0.001)
    assert verdict_queries.page(sync_database, asked, patience=60) == ([], None)
