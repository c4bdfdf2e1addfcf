"""`winnow db` over what a real crawl stored."""

from tests.scheduler.conftest import NOW


def test_of_a_crawled_database_nothing_is_told_and_there_is_nothing_to_do(winnow):
    winnow("crawl", "newsroom")
    assert winnow("db", "check").stdout == ""
    assert winnow("db", "migrate").stdout == "nothing to do\n"
    assert winnow.json("db", "check") == []


def test_drift_is_one_line_with_its_remedy_and_exit_code_1(winnow, sync_database):
    winnow("db", "migrate")
    sync_database["articles"].drop_index("keys_1")
    said = winnow("db", "check", code=1).stdout
    assert said == "articles: index keys_1 is missing → winnow db migrate\n"
    assert winnow.json("db", "check", code=1)[0]["code"] == "missing"
    assert winnow("db", "migrate").stdout == "mended: articles: index keys_1 is missing\n"
    assert winnow("db", "check").stdout == ""


def test_a_database_of_a_newer_winnow_is_refused_in_one_line(winnow, sync_database):
    sync_database["meta"].insert_one({"_id": "schema", "version": 99})
    for command in (["db", "migrate"], ["crawl", "newsroom"], ["articles"], ["runs"]):
        said = winnow(*command, code=2).stderr
        assert said == "winnow: the database is of version 99, this Winnow knows 1; upgrade Winnow\n"
    assert "upgrade Winnow" in winnow("db", "check", code=1).stdout


def test_stats_count_documents_and_bytes(winnow, sync_database):
    winnow("db", "migrate")
    run = {"site": "demo", "state": "failed", "counts": {}, "started_at": NOW}
    sync_database["runs"].insert_many([{"_id": str(number), **run} for number in range(1234)])
    said = winnow.json("db", "stats")
    runs = next(size for size in said["collections"] if size["name"] == "runs")
    assert runs["documents"] == 1234
    assert runs["bytes"] > 1234 * 50
    assert runs["indexes"] > 0
    assert 0 < said["disk"]["free"] < said["disk"]["total"]
    shown = winnow("db", "stats").stdout
    assert "1,234" in shown
    assert "are free on the server's disk" in shown
