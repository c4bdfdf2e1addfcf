"""A dump comes back whole, into a database that nobody uses, or not at all."""

import json
import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from store import articles, check, manifest, migrations, reviews
from store.connect import connect, read_settings
from store.dump import dump
from store.errors import ConfigError, SiteBusy
from store.load import load
from store.processes import this_process
from store.queries import Archive, Query
from store.search.index import SearchIndex
from tests.support.articles import NOW, address, article, store
from tests.support.killed_reviews import fingerprint
from tests.support.winnow import ROOT

LATER = NOW + timedelta(hours=1)


def quiet(name, done, total):
    """Show nothing."""


def bring_back(database, folder, *, replace=False):
    dumped = manifest.read(folder)
    manifest.verify(folder, dumped)
    return load(database, folder, dumped, replace=replace, now=LATER, on_progress=quiet)


@pytest.fixture
def stored(sync_database):
    migrations.migrate(sync_database)
    store(sync_database, *map(article, range(3)))
    return sync_database


@pytest.fixture
def folder(stored, tmp_path):
    """A dump of three articles."""
    dump(stored, tmp_path / "d", now=NOW, on_progress=quiet)
    return tmp_path / "d"


def test_what_is_loaded_is_what_was_saved(stored, folder, elsewhere):
    bring_back(elsewhere, folder)
    for name in set(stored.list_collection_names()) - {"meta"}:
        assert list(elsewhere[name].find().sort("_id")) == list(stored[name].find().sort("_id"))
    assert list(check.findings(elsewhere)) == []


def test_a_database_that_is_not_empty_is_only_replaced_when_told(folder, elsewhere):
    elsewhere["articles"].insert_one(article(99))
    with pytest.raises(ConfigError, match="not empty; --replace"):
        bring_back(elsewhere, folder)
    assert elsewhere["articles"].count_documents({}) == 1
    bring_back(elsewhere, folder, replace=True)
    assert elsewhere["articles"].count_documents({}) == 3


def test_a_database_brought_up_to_date_but_unused_counts_as_empty(folder, elsewhere):
    migrations.migrate(elsewhere)
    bring_back(elsewhere, folder)
    assert elsewhere["articles"].count_documents({}) == 3


def _spoil(folder):
    path = folder / "winnow" / "articles.bson.gz"
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def _lose(folder):
    (folder / "winnow" / "pages.bson.gz").unlink()


def _say(folder, **fields):
    path = folder / manifest.NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_spoil, "damaged.*articles.bson.gz is not as it was written"),
        (_lose, "damaged.*pages.bson.gz: No such file"),
        (lambda folder: (folder / manifest.NAME).unlink(), "no dump of Winnow"),
        (lambda folder: (folder / manifest.NAME).write_text("{"), "manifest.json is damaged"),
        (lambda folder: _say(folder, format=2), "format 2 is not known"),
        (lambda folder: _say(folder, documents={"../../x": 1}), "do not fit"),
        (lambda folder: _say(folder, version=99), r"of version 99, this Winnow knows \d+; upgrade"),
    ],
    ids=["changed", "lost", "no manifest", "half a manifest", "other format", "other files", "newer"],
)
def test_a_dump_that_is_damaged_or_newer_changes_nothing(folder, elsewhere, damage, said):
    damage(folder)
    with pytest.raises(ConfigError, match=said):
        bring_back(elsewhere, folder)
    assert elsewhere.list_collection_names() == []


def test_a_living_crawl_is_not_disturbed(folder, stored):
    lease = {"_id": "demo", "run": "r1", "until": datetime.now(UTC) + timedelta(minutes=1), "holder": this_process()}
    stored["leases"].insert_one(lease)
    with pytest.raises(SiteBusy, match="demo is being crawled by run r1"):
        bring_back(stored, folder, replace=True)
    assert stored["meta"].find_one({"_id": "load"}) is None
    stored["leases"].update_one({}, {"$set": {"holder.born": -1}})
    bring_back(stored, folder, replace=True)
    assert stored["leases"].count_documents({}) == 0


def test_two_loads_do_not_mix(folder, elsewhere):
    mark = {"_id": "load", "folder": "/backup/monday", "at": NOW, "holder": this_process()}
    elsewhere["meta"].insert_one(mark)
    with pytest.raises(SiteBusy, match="is loading /backup/monday"):
        bring_back(elsewhere, folder, replace=True)


def test_what_was_under_way_is_not_carried_over(stored, elsewhere, tmp_path):
    run = {"_id": "r1", "site": "demo", "state": "running", "started_at": NOW, "counts": {}}
    stored["runs"].insert_one(run | {"holder": {"host": socket.gethostname(), "pid": 1, "born": 1}})
    stored["leases"].insert_one({"_id": "demo", "run": "r1", "until": LATER, "holder": {"host": "h", "pid": 1}})
    stored["schedule"].insert_one({"_id": "demo", "paused_by": "desk", "paused_at": NOW, "wanted_at": NOW})
    dump(stored, tmp_path / "d", now=NOW, on_progress=quiet)
    bring_back(elsewhere, tmp_path / "d")
    (found,) = elsewhere["runs"].find()
    assert (found["state"], found["cause"], found["ended_at"]) == ("interrupted", "stopped", NOW)
    assert elsewhere["schedule"].find_one() == {"_id": "demo", "paused_by": "desk", "paused_at": NOW}
    assert elsewhere["leases"].count_documents({}) == 0


def test_a_dump_of_an_older_version_is_migrated(sync_database, elsewhere, tmp_path):
    sync_database["fires"].insert_one({"_id": "demo", "at": NOW})
    dump(sync_database, tmp_path / "d", now=NOW, on_progress=quiet)
    assert "migrated to version 1" in bring_back(elsewhere, tmp_path / "d")[0]
    assert elsewhere["schedule"].find_one()["due_at"] == NOW
    assert list(check.findings(elsewhere)) == []


def test_a_newer_database_goes_back_by_an_older_dump(folder, stored):
    stored["meta"].update_one({"_id": "schema"}, {"$set": {"version": 99}})
    stored["novelties"].insert_one({})
    bring_back(stored, folder, replace=True)
    assert list(check.findings(stored)) == []
    assert "novelties" not in stored.list_collection_names()


_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from store import manifest
from store.connect import connect, read_settings
from store.load import load
from store.processes import this_process

def die(name, done, total):
    if name == "articles":
        os.kill(os.getpid(), signal.SIGKILL)

folder = Path(sys.argv[1])
with connect(read_settings()) as database:
    load(database, folder, manifest.read(folder), replace=True, now=datetime.now(UTC), on_progress=die)
"""


def test_a_load_that_was_killed_is_known_to_all_and_mended_by_the_next(folder, stored, mongo_uri):
    environ = os.environ | {"MONGODB_URI": mongo_uri}
    done = subprocess.run([sys.executable, "-c", _KILLED, str(folder)], cwd=ROOT, env=environ, check=False)
    assert done.returncode == -signal.SIGKILL
    settings = read_settings({"MONGODB_URI": mongo_uri})
    with pytest.raises(ConfigError, match="half loaded"), connect(settings):
        pass
    assert "half-loaded" in {finding.code for finding in check.findings(stored)}
    with pytest.raises(ConfigError, match="--replace"):
        bring_back(stored, folder)
    bring_back(stored, folder, replace=True)
    with connect(settings) as database:
        assert database["articles"].count_documents({}) == 3
        assert list(check.findings(database)) == []


def test_a_dump_is_whole_although_a_crawl_stores_at_every_moment_of_it(stored, elsewhere, tmp_path):
    """Between any two reads a crawl stores an article and then says that its source is read."""
    stored["sources"].insert_one({"_id": "feed", "site": "demo", "newest": 0})
    store(stored, *map(article, range(1000, 1250)))
    numbers = count(5000)

    def crawl(name, done, total):
        number = next(numbers)
        store(stored, article(number))
        stored["sources"].update_one({"_id": "feed"}, {"$set": {"newest": number}})

    dump(stored, tmp_path / "d", now=NOW, on_progress=crawl)
    assert next(numbers) > 5005
    bring_back(elsewhere, tmp_path / "d")
    assert list(check.findings(elsewhere)) == []
    newest = elsewhere["sources"].find_one()["newest"]
    wanted = {article(number)["_id"] for number in range(5000, newest + 1)}
    assert wanted <= set(elsewhere["articles"].distinct("_id"))


def test_an_article_that_gave_way_while_it_was_saved_is_a_copy_again(stored, elsewhere, tmp_path):
    store(stored, *map(article, range(1000, 1250)))
    late, early = article(0), article(5000, story=article(0)["_id"], sort_at=NOW - timedelta(days=1))

    def give_way(name, done, total):
        if name == "articles" and done == 200:
            writes = articles.give_way(late["_id"], late["_id"], early["_id"])
            stored["articles"].bulk_write([write(1) for write in writes])
            store(stored, early)

    dump(stored, tmp_path / "d", now=NOW, on_progress=give_way)
    bring_back(elsewhere, tmp_path / "d")
    loaded, saved = (each["articles"].find_one({"_id": late["_id"]}, {"seq": 0}) for each in (elsewhere, stored))
    assert loaded == saved
    assert elsewhere["articles"].find_one({"_id": late["_id"]})["copy_of"] == early["_id"]


def test_each_story_that_is_settled_takes_a_number_of_its_own(stored, elsewhere, tmp_path):
    """A number that is taken long before its write might be passed by who looks for what is new."""
    for number in (100, 200):
        earlier = article(number)
        store(stored, earlier, article(number + 1, story=earlier["_id"], sort_at=NOW + timedelta(days=1)))
    dump(stored, tmp_path / "d", now=NOW, on_progress=quiet)
    bring_back(elsewhere, tmp_path / "d")
    copies = list(elsewhere["articles"].find({"status": "duplicate"}))
    assert len({copy["seq"] for copy in copies}) == len(copies) == 2


def test_a_search_of_what_was_loaded_finds_that_alone(stored, elsewhere, tmp_path):
    store(stored, article(11, text="港口"))
    dump(stored, tmp_path / "d", now=NOW, on_progress=quiet)
    archive = Archive(elsewhere, SearchIndex(tmp_path))
    store(elsewhere, article(12, text="港口"))
    assert [each["url"] for each in archive.find(Query(words=("港口",)))] == [address(12)]
    bring_back(elsewhere, tmp_path / "d", replace=True)
    assert [each["url"] for each in archive.find(Query(words=("港口",)))] == [address(11)]


def test_a_review_that_came_in_while_the_articles_were_saved_is_carried_out(stored, sync_database, elsewhere, tmp_path):
    store(sync_database, article(7, status="quarantined", story=None, reasons=[]))
    own = article(7)["_id"]
    earlier = sync_database["articles"].find_one({"_id": own})
    review = reviews.restore(sync_database, own, fingerprint, by="ada", now=NOW + timedelta(seconds=5))
    sync_database["articles"].replace_one({"_id": own}, earlier)
    dump(sync_database, tmp_path / "d", now=NOW, on_progress=quiet)
    bring_back(elsewhere, tmp_path / "d")
    loaded = elsewhere["articles"].find_one({"_id": own})
    assert (loaded["status"], loaded["review"]["id"]) == ("accepted", review["_id"])
