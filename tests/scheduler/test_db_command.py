"""`winnow db` over what a real crawl stored, and over databases that are not well."""

import pytest

from store.migrations import VERSION
from tests.scheduler.conftest import NOW
from tests.support.articles import address, article, store
from tests.support.winnow import Winnow


@pytest.fixture
def bare(mongo_uri, sync_database, tmp_path):
    """The command over an empty database."""
    return Winnow(tmp_path, mongo_uri)


def test_a_crawled_database_is_well_and_comes_back_from_its_dump(winnow, sync_database, tmp_path):
    winnow("crawl", "newsroom")
    assert winnow("db", "check").stdout == ""
    assert winnow("db", "migrate").stdout == "nothing to do\n"
    crawled = list(sync_database["articles"].find().sort("_id"))
    folder = tmp_path / "monday"
    assert winnow("db", "dump", str(folder)).stdout.startswith(f"{folder}: ")
    assert "--yes" in winnow("db", "load", str(folder), "--replace", code=2).stderr
    sync_database["articles"].delete_many({})
    assert "loaded" in winnow("db", "load", str(folder), "--replace", "--yes").stdout
    assert list(sync_database["articles"].find().sort("_id")) == crawled
    assert winnow.json("db", "check") == []


def test_drift_is_one_line_with_its_remedy_and_exit_code_1(bare, sync_database):
    bare("db", "migrate")
    sync_database["articles"].drop_index("keys_1")
    said = bare("db", "check", code=1).stdout
    assert said == "articles: index keys_1 is missing → winnow db migrate\n"
    assert bare.json("db", "check", code=1)[0]["code"] == "missing"
    assert bare("db", "migrate").stdout == "mended: articles: index keys_1 is missing\n"


def test_a_database_of_a_newer_winnow_is_refused_in_one_line(bare, sync_database):
    sync_database["meta"].insert_one({"_id": "schema", "version": 99})
    for command in (["db", "migrate"], ["crawl", "http://example.com/"]):
        said = bare(*command, code=2).stderr
        assert said == f"winnow: the database is of version 99, this Winnow knows {VERSION}; upgrade Winnow\n"


def test_stats_count_documents_and_bytes(bare, sync_database):
    run = {"site": "demo", "state": "failed", "counts": {}, "started_at": NOW}
    sync_database["runs"].insert_many([{"_id": str(number), **run} for number in range(1234)])
    said = bare.json("db", "stats")
    runs = next(size for size in said["collections"] if size["name"] == "runs")
    assert runs["documents"] == 1234
    assert runs["bytes"] > 1234 * 50
    assert runs["indexes"] > 0
    assert 0 < said["disk"]["free"] < said["disk"]["total"]
    shown = bare("db", "stats").stdout
    assert "1,234" in shown
    assert "are free on the server's disk" in shown


def test_the_search_index_is_made_anew(bare, sync_database):
    bare("db", "migrate")
    store(sync_database, article(1, text="港口"), article(2))
    assert bare("db", "index").stdout == "2 articles can be searched\n"
    assert [found["url"] for found in bare.json("articles", "港口")] == [address(1)]
