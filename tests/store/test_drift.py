"""How a real database differs from the declared schema."""

import pytest
from pymongo import ASCENDING

from store import commands, drift
from store.migrations import migrate
from store.schema import COLLECTIONS


@pytest.fixture
def drifts(sync_database):
    """What differs, as a person reads it, in a database that was just brought up to date."""
    migrate(sync_database)
    return lambda: [str(found) for found in drift.differences(commands.run(sync_database, drift.read()))]


def test_a_database_brought_up_to_date_has_no_drift(drifts):
    assert drifts() == []


def test_an_empty_database_lacks_every_collection():
    assert [found.collection for found in drift.differences({})] == list(COLLECTIONS)


def test_a_dropped_collection_is_missing(drifts, sync_database):
    sync_database.drop_collection("pages")
    assert drifts() == ["pages: the collection is missing"]


def test_a_dropped_index_is_missing(drifts, sync_database):
    sync_database["sources"].drop_index("site_1")
    assert drifts() == ["sources: index site_1 is missing"]


def test_an_index_of_other_options_is_changed(drifts, sync_database):
    sync_database["schedule"].drop_index("wanted_at_1")
    sync_database["schedule"].create_index([("wanted_at", ASCENDING)])
    assert drifts() == ["schedule: index wanted_at_1 is not as declared"]


def test_an_index_of_the_same_name_over_other_fields_is_changed(drifts, sync_database):
    sync_database["sources"].drop_index("site_1")
    sync_database["sources"].create_index([("kind", ASCENDING)], name="site_1")
    assert drifts() == ["sources: index site_1 is not as declared"]


def test_the_same_index_under_another_name_is_no_drift(drifts, sync_database):
    sync_database["sources"].drop_index("site_1")
    sync_database["sources"].create_index([("site", ASCENDING)], name="by_site")
    assert drifts() == []


def test_an_index_of_the_operators_own_is_surplus(drifts, sync_database):
    sync_database["articles"].create_index([("language", ASCENDING)])
    assert drifts() == ["articles: index language_1 is not Winnow's"]


@pytest.mark.parametrize(
    ("change", "how"),
    [
        ({"validator": {"title": {"$exists": True}}}, "is not as declared"),
        ({"validator": {}}, "is missing"),
        ({"validationAction": "warn"}, "is not as declared"),
    ],
)
def test_a_validator_that_someone_changed_is_drift(drifts, sync_database, change, how):
    sync_database.command("collMod", "articles", **change)
    assert drifts() == [f"articles: the validator {how}"]


def test_every_drift_is_mended_but_a_surplus_index_only_when_told(drifts, sync_database):
    sync_database.drop_collection("pages")
    sync_database["sources"].drop_index("site_1")
    sync_database["schedule"].drop_index("wanted_at_1")
    sync_database["schedule"].create_index([("wanted_at", ASCENDING)])
    sync_database["articles"].create_index([("language", ASCENDING)])
    sync_database.command("collMod", "runs", validator={})
    assert len(migrate(sync_database)) == 4
    assert drifts() == ["articles: index language_1 is not Winnow's"]
    assert migrate(sync_database, drop_surplus=True) == ["mended: articles: index language_1 is not Winnow's"]
    assert drifts() == []
