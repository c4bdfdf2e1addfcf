"""What is wrong with a database is told, and what is well is not."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from store import check, migrations, processes
from store.urls import key
from tests.support.articles import NOW, article, store


@pytest.fixture
def healthy(sync_database):
    """Three articles, one a copy, one rejected, and what an interrupted crawl leaves behind."""
    migrations.migrate(sync_database)
    first = article(1)
    copy = article(2, status="duplicate", story=first["_id"], copy_of=first["_id"])
    store(sync_database, first, copy, article(3, status="rejected", story=None))
    version = {"_id": f"{first['_id']}/1", "article": first["_id"], "number": 1, "title": "t", "text": "x"}
    sync_database["versions"].insert_one(version)
    sync_database["fingerprints"].insert_one({"_id": "ahead", "story": "ahead", "exact": 2})
    return sync_database


@pytest.fixture
def codes(healthy):
    return lambda: {finding.code: finding for finding in check.findings(healthy)}


def test_of_a_healthy_database_nothing_is_told(codes):
    assert codes() == {}


@pytest.mark.parametrize(("collection", "code"), [("pages", "no-page"), ("fingerprints", "no-fingerprint")])
def test_an_article_must_have_page_and_fingerprint(codes, healthy, collection, code):
    lost = key("http://example.com/2")
    healthy[collection].delete_one({"_id": lost})
    found = codes()
    assert list(found) == [code]
    assert (found[code].count, found[code].ids) == (1, (lost,))
    assert lost in found[code].what


def test_story_original_and_versions_must_name_an_article(codes, healthy):
    healthy["articles"].delete_one({"_id": key("http://example.com/1")})
    assert set(codes()) == {"no-story", "no-original", "no-article"}


def test_many_lost_ones_are_counted_and_three_named(codes, healthy):
    store(healthy, *(article(number) for number in range(10, 30)))
    healthy["pages"].delete_many({"url": {"$regex": "/[12][0-9]$"}})
    finding = codes()["no-page"]
    assert (finding.count, len(finding.ids)) == (20, 3)
    assert ": 20 (" in finding.what


def test_a_document_that_breaks_its_validator_is_named(codes, healthy):
    healthy["articles"].update_one(
        {"_id": key("http://example.com/3")}, {"$set": {"status": "excellent"}}, bypass_document_validation=True
    )
    finding = codes()["invalid"]
    assert finding.ids == (key("http://example.com/3"),)
    assert finding.what.startswith("articles: documents that break the validator: 1 (")


def running(database, holder, until):
    run = {"_id": "r1", "site": "demo", "state": "running", "started_at": NOW, "counts": {}, "holder": holder}
    database["runs"].insert_one(run)
    if until:
        database["leases"].insert_one({"_id": "demo", "run": "r1", "until": until, "holder": holder})


@pytest.mark.parametrize(
    ("born", "seconds", "is_dead"),
    [
        (processes.born(os.getpid()), 60, False),
        (processes.born(os.getpid()), -60, True),
        (-1, 60, True),
        (processes.born(os.getpid()), None, True),
    ],
    ids=["holds its lease", "lease ran out", "process is gone", "no lease"],
)
def test_a_run_that_is_recorded_as_under_way_must_hold_a_lease(codes, healthy, born, seconds, is_dead):
    until = None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)
    running(healthy, processes.this_process() | {"born": born}, until)
    assert ("dead-run" in codes()) is is_dead


def test_drift_and_version_are_told_with_the_command_that_mends_them(codes, healthy):
    healthy["sources"].drop_index("site_1")
    healthy["pages"].create_index("url")
    healthy["meta"].update_one({"_id": "schema"}, {"$set": {"digest": "other", "version": 0}})
    found = codes()
    assert {code: finding.remedy for code, finding in found.items()} == {
        "older": "winnow db migrate",
        "missing": "winnow db migrate",
        "surplus": "winnow db migrate --drop-surplus",
    }
    migrations.migrate(healthy, drop_surplus=True)
    assert codes() == {}


@pytest.mark.parametrize("change", [{"$set": {"digest": "other"}}, {"$unset": {"digest": ""}}])
def test_another_programs_shape_is_told(codes, healthy, change):
    healthy["meta"].update_one({"_id": "schema"}, change)
    assert list(codes()) == ["digest"]


def test_a_newer_or_half_loaded_database_is_told(codes, healthy):
    healthy["meta"].update_one({"_id": "schema"}, {"$set": {"version": 99}})
    healthy["meta"].insert_one({"_id": "load", "folder": "/backup/monday"})
    assert {"newer", "half-loaded"} <= set(codes())
