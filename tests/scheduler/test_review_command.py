"""`winnow review`, as a person or a script runs it."""

import getpass

import pytest

from store import migrations
from tests.support.articles import article, store
from tests.support.quarantine import CALL, HOOK, fill, told, waiting
from tests.support.winnow import Winnow


@pytest.fixture
def winnow(mongo_uri, sync_database, tmp_path):
    """The command, over three quarantined articles."""
    migrations.migrate(sync_database)
    fill(sync_database, 3)
    return Winnow(tmp_path, mongo_uri)


def status(database, number):
    return database["articles"].find_one({"_id": article(number)["_id"]})["status"]


def test_what_waits_is_listed_with_the_reason_that_weighs_most(winnow, sync_database):
    store(sync_database, told(8), waiting(9, reasons=[CALL, HOOK], title="惊人\x1b[31m内幕"))
    done = winnow("review")
    assert done.stdout.count("asks what nobody asked") == 4
    assert "\x1b" not in done.stdout
    assert done.stderr == "4 of 4 articles\n"
    assert [each["title"] for each in winnow.json("review", "--site", "beacon", "--limit", "1")] == ["第0号报道"]
    assert "1 of 2 articles; --limit 0 shows all" in winnow("review", "--site", "beacon", "--limit", "1").stderr
    assert [each["title"][:2] for each in winnow.json("review", "list", "--reason", "call")] == ["惊人"]
    assert "nothing is waiting" in winnow("review", "--site", "nowhere").stderr


def test_a_pipe_gets_a_line_for_each_with_tabs_between_as_that_of_articles(winnow, sync_database):
    long = "长" * 200
    store(sync_database, waiting(9, reasons=[HOOK | {"weight": 0.1}, CALL | {"weight": 9.0}], title=long))
    (row,) = [line for line in winnow("review").stdout.splitlines() if long in line]
    (same,) = [line for line in winnow("articles", "--status", "any").stdout.splitlines() if long in line]
    assert row.split("\t")[:5] == same.split("\t")[:5]
    assert row.split("\t")[5].startswith("call")
    winnow("review", "condemn", article(9)["_id"])
    (done,) = winnow.json("review", "history")
    (told,) = winnow("review", "history").stdout.splitlines()
    assert told.split("\t")[::2] == [done["id"], getpass.getuser(), long]


def test_restored_condemned_and_undone(winnow, sync_database):
    first, second = (article(number)["_id"] for number in (0, 1))
    assert "restored: 第0号报道" in winnow("review", "restore", first[:6]).stderr
    assert "condemned: 第1号报道" in winnow("review", "condemn", article(1)["url"]).stderr
    assert [status(sync_database, number) for number in range(3)] == ["accepted", "rejected", "quarantined"]
    assert sync_database["articles"].find_one({"_id": first})["review"]["by"] == getpass.getuser()
    done = winnow.json("review", "history")
    assert [(each["article"], each["deed"]) for each in done] == [(second, "condemn"), (first, "restore")]
    assert "put back: 第1号报道" in winnow("review", "undo").stderr
    winnow("review", "undo", done[1]["id"])
    assert [status(sync_database, number) for number in range(3)] == ["quarantined"] * 3
    assert winnow("review", "history").stdout.count("undone") == 2
    assert "there is no review" in winnow("review", "undo", code=2).stderr


def test_copies_go_with_the_article_that_they_are_of(winnow, sync_database):
    own = article(8)["_id"]
    store(sync_database, told(8), told(9, status="duplicate", story=own, copy_of=own))
    assert "condemned with 1 copy: 第8号报道" in winnow("review", "condemn", own).stderr
    assert status(sync_database, 9) == "rejected"


def test_one_that_does_not_fit_is_told_and_the_others_are_done(winnow, sync_database):
    store(sync_database, told(8))
    done = winnow("review", "restore", article(8)["_id"], article(0)["_id"], code=1)
    assert f"winnow: {article(8)['_id']}: it is accepted by now" in done.stderr
    assert status(sync_database, 0) == "accepted"


@pytest.mark.parametrize(
    "arguments", [["restore", "nowhere"], ["condemn", "nowhere"], ["undo", "nowhere"], ["restore"]]
)
def test_what_is_not_there_is_a_mistake(winnow, sync_database, arguments):
    said = winnow("review", *arguments, code=2).stderr
    assert "nowhere" in said or "Missing argument" in said
    assert sync_database["reviews"].count_documents({}) == 0
