"""Two mirrors of real CMS sites, each crawled from its home address by the real command, against their truth."""

import pytest

from tests.quality.mirrors import PORTS, measure
from tests.support.mirror import NOW, serve
from tests.support.winnow import Winnow

pytestmark = pytest.mark.long

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


def test_the_page_that_started_it_all(tmp_path, mongo_uri, sync_database):
    with serve("zblog-tpure", PORTS["zblog-tpure"], tmp_path) as mirror:
        environ = {"WINNOW_NOW": NOW, "WINNOW_ALLOW_PRIVATE": f"127.0.0.1:{PORTS['zblog-tpure']}"}
        Winnow(tmp_path, mongo_uri, environ)("crawl", f"{mirror.url}post/268.html")
        stored = {article["url"]: article for article in sync_database["articles"].find()}
        page = stored[f"{mirror.url}post/268.html"]
    assert page["title"] == "更好发挥试验田和增长极作用!陈吉宁调研临港新片区并主持召开座谈会"
    assert (page["authors"], page["category"]) == (["admin"], "绿巨人快讯")
    assert page["published_at"].isoformat() == "2025-09-17T16:00:00+00:00"  # midnight of the 18th in Shanghai
    assert page["text"].startswith("今天(9月18日),上海市委书记")
    assert page["text"].endswith("(本文图片 陈正宝 摄)")
    verdicts = [teaser["status"] for teaser in page["related"]]
    assert verdicts == ["accepted", "rejected", "rejected", "rejected", "rejected", "accepted"]
    assert all(reason["detail"] for teaser in page["related"] for reason in teaser["reasons"])
    followed = {teaser["url"] for teaser in page["related"] if teaser["status"] == "accepted"}
    assert set(stored) == followed | {page["url"]}
