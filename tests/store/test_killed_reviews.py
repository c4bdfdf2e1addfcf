"""A review whose process is killed before any of its writes is whole or never was, once someone reviews again."""

import json
import subprocess
import sys

import pytest

from store import reviews
from tests.store.test_reviews import NOW, condemn, fingerprint, own, restore, state, stored, undo
from tests.support.winnow import ROOT

__all__ = ["stored"]
MOST = 30  # writes of one review


@pytest.fixture
def killed(mongo_uri):
    """Do something in a process that is killed before its write of this number; tell whether there was one."""
    command = [sys.executable, "-m", "tests.support.killed_reviews", mongo_uri]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def do(writes, deed, name):
            process.stdin.write(json.dumps([writes, deed, name]) + "\n")
            process.stdin.flush()
            said = process.stdout.readline().strip()
            assert said in ("killed", "done")
            return said == "killed"

        yield do
        process.stdin.close()


def plain(records):
    """What is told of articles, without what differs each time: the ids of reviews."""
    return [record | {"review": record["review"] and record["review"]["deed"]} for record in records]


def whole(database):
    """Articles and the stories by which their fingerprints are found, where they are found by one."""
    found = database["fingerprints"].find({"story": {"$gte": ""}}).sort("_id")
    return plain(state(database)), [(each["_id"], each["story"]) for each in found]


def reset(database, documents):
    for name, records in documents.items():
        database[name].delete_many({})
        if records:
            database[name].insert_many(records)


def saved(database):
    return {name: list(database[name].find()) for name in ("articles", "fingerprints", "reviews")}


@pytest.mark.parametrize(("deed", "number"), [("restore", 0), ("condemn", 3)])
def test_a_deed_is_carried_out_by_the_next_review_or_never_was(stored, killed, deed, number):
    again = {"restore": restore, "condemn": condemn}[deed]
    documents, before = saved(stored), whole(stored)
    again(stored, number)
    after, kills = whole(stored), 0
    reset(stored, documents)
    while killed(kills + 1, deed, own(number)):
        reviews.carry_out_open(stored)
        assert whole(stored) == (after if stored["reviews"].count_documents({}) else before)
        assert stored["reviews"].count_documents({"open": True}) == 0
        again(stored, number)
        assert whole(stored) == after
        assert stored["reviews"].count_documents({}) == 1
        reset(stored, documents)
        kills += 1
        assert kills < MOST
    assert kills >= 5


@pytest.mark.parametrize(("deed", "number"), [(restore, 0), (condemn, 3)])
def test_an_undo_is_carried_out_by_the_next_review_or_never_was(stored, killed, deed, number):
    before, review = whole(stored), deed(stored, number)
    documents, after, kills = saved(stored), whole(stored), 0
    while killed(kills + 1, "undo", review["_id"]):
        restore(stored, 2, by="bob")  # reviews something else, and so carries out what is open
        is_undone = reviews.find(stored, review["_id"])["undone_at"] is not None
        undo(stored, reviews.restore(stored, own(2), fingerprint, by="bob", now=NOW), by="bob")
        assert whole(stored) == (before if is_undone else after)
        undo(stored, review)
        assert whole(stored) == before
        reset(stored, documents)
        kills += 1
        assert kills < MOST
    assert kills >= 4
