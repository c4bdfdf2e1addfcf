"""Two mirrors of real CMS sites, each crawled from its home address by the real command, against their truth."""

import pytest

from tests.quality.mirrors import measure
from tests.support.mirror import NOW, serve
from tests.support.winnow import Winnow

# Raised when the product gets better, lowered by nobody: each is what was reached when it was last set.
FLOORS = {
    "zblog-tpure": {"originals accepted with title": 0.99, "day": 0.99},
    "wordpress": {"originals accepted with title": 0.99, "day": 1.0},
}
COMMON = {
    "genuine not lost": 0.99,
    "author": 1.0,
    "category": 1.0,
    "spam not accepted": 0.90,
    "exact copies in their story": 1.0,
    "light copies in their story": 1.0,
    "medium copies in their story": 0.95,
    "text": 0.99,
}
PORTS = {"zblog-tpure": 8711, "wordpress": 8721}


@pytest.mark.parametrize("name", PORTS)
def test_a_crawl_from_the_home_address_alone(name, tmp_path, mongo_uri, sync_database):
    with serve(name, PORTS[name], tmp_path) as mirror:
        allowed = {"WINNOW_NOW": NOW, "WINNOW_ALLOW_PRIVATE": f"127.0.0.1:{PORTS[name]}"}
        winnow = Winnow(tmp_path, mongo_uri, allowed)
        winnow("crawl", mirror.url)
        stored = {key: article for article in sync_database["articles"].find() for key in article["keys"]}
        written = sync_database.command("serverStatus")["opcounters"]
        again = winnow.json("crawl", mirror.url)["counts"]
        assert (again["articles"], again["new"], again["changed"]) == (0, 0, 0)
        assert sync_database.command("serverStatus")["opcounters"]["insert"] <= written["insert"] + 1
    figures = measure(mirror.truth(), stored, mirror.url)
    table = figures.table()
    below = {figure: table[figure] for figure, floor in (COMMON | FLOORS[name]).items() if table[figure] < floor}
    assert not below, {figure: figures.shares[figure].missed for figure in below if figure in figures.shares}
    assert figures.mixed_stories == []
