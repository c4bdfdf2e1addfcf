"""A database is brought to this program's version by whoever starts, and refused if it is of a later one."""

import asyncio
from datetime import UTC, datetime

import pytest
from pymongo.errors import WriteError

from store import commands, drift, migrations, schema
from store.connect import connect, open_async, read_settings
from store.crawl import Asked, CrawlStore
from store.errors import ConfigError
from store.sequence import BEFORE_NUMBERS
from tests.support.articles import article

AT = datetime(2025, 12, 20, 12, tzinfo=UTC)
FIRING = {"run": migrations.BEFORE_SCHEDULES, "due_at": AT, "fired_at": AT, "tries": 2}


def version(database):
    return database["meta"].find_one({"_id": "schema"})["version"]


def test_an_empty_database_gets_collections_validators_and_indexes(database, sync_database, run):
    run(migrations.prepare(database))
    assert set(schema.COLLECTIONS) < set(sync_database.list_collection_names())
    with pytest.raises(WriteError):
        sync_database["articles"].insert_one({"_id": "x", "status": "excellent"})
    assert len(sync_database["articles"].index_information()) == 7
    assert version(sync_database) == migrations.VERSION


def test_a_database_up_to_date_has_nothing_to_do(sync_database):
    assert migrations.migrate(sync_database)
    assert migrations.migrate(sync_database) == []


def test_a_crawl_leaves_an_unchanged_database_alone(database, sync_database, run):
    run(migrations.prepare(database))
    sync_database.command("collMod", "articles", validator={})
    run(migrations.prepare(database))
    assert "validator" not in sync_database["articles"].options()


def test_many_at_once_bring_an_empty_database_up_to_date(database, sync_database, run):
    async def together():
        await asyncio.gather(*(migrations.prepare(database) for _ in range(8)))

    sync_database["fires"].insert_many({"_id": f"s{n}", "at": AT} for n in range(50))
    run(together())
    assert migrations.migrate(sync_database) == []
    assert sync_database["schedule"].count_documents(FIRING) == 50


def test_the_old_firings_become_schedules(sync_database):
    sync_database["fires"].insert_one({"_id": "demo", "at": AT})
    assert "migrated to version 1" in migrations.migrate(sync_database)[0]
    assert sync_database["schedule"].find_one() == {"_id": "demo", **FIRING}
    assert "fires" not in sync_database.list_collection_names()


def test_a_schedule_that_is_there_has_the_last_word(sync_database):
    sync_database["fires"].insert_many([{"_id": "fired", "at": AT}, {"_id": "paused", "at": AT}])
    newer = {"_id": "fired", "run": "r7", "due_at": AT.replace(hour=13), "fired_at": AT.replace(hour=13), "tries": 2}
    sync_database["schedule"].insert_many([newer, {"_id": "paused", "paused_at": AT, "paused_by": "desk"}])
    migrations.migrate(sync_database)
    fired, paused = sync_database["schedule"].find().sort("_id")
    assert fired == newer
    assert paused == {"_id": "paused", "paused_at": AT, "paused_by": "desk", **FIRING}


def test_a_migration_cut_off_anywhere_is_completed_by_the_next(sync_database):
    for done in range(3):
        sync_database.client.drop_database(sync_database.name)
        sync_database["fires"].insert_one({"_id": "demo", "at": AT})
        work, reply = migrations.MIGRATIONS[0].work(), None
        for _ in range(done):
            command = work.send(reply)
            reply = sync_database.command(command.document, allowable_errors=command.allowed)
        migrations.migrate(sync_database)
        assert list(sync_database["schedule"].find()) == [{"_id": "demo", **FIRING}]
        assert version(sync_database) == migrations.VERSION


def test_articles_without_a_number_get_one(sync_database):
    old = article(1)
    del old["seq"]
    sync_database["articles"].insert_many([old, article(2, seq=777)])
    assert "articles carry a number" in " ".join(migrations.migrate(sync_database))
    assert [record["seq"] for record in sync_database["articles"].find().sort("url")] == [BEFORE_NUMBERS, 777]


def test_articles_are_numbered_by_parts_of_which_none_reads_more_than_its_own(sync_database):
    """A million articles numbered by one command would take longer than a client waits for its answer."""
    strange = ["", "!", "8", "Z", "zzzz", "{", "\u6e2f", 5, None, {"a": 1}, AT]
    ids = [*strange, *(article(number)["_id"] for number in range(200))]
    sync_database["articles"].insert_many({"_id": own} for own in ids)
    read = []

    class Explaining:
        def command(self, document, **given):
            plain = {name: value for name, value in document.items() if name != "writeConcern"}
            explained = sync_database.command("explain", plain, verbosity="executionStats")
            read.append(explained["executionStats"]["totalDocsExamined"])
            return sync_database.command(document, **given)

    assert commands.run(Explaining(), migrations.MIGRATIONS[1].work())
    assert sync_database["articles"].count_documents({"seq": BEFORE_NUMBERS}) == len(ids)
    assert sum(read) == len(ids)
    assert max(read) < 30


@pytest.fixture
def former(sync_database):
    """A database of version 2 with the indexes that were declared once, and one that is somebody's own."""
    migrations.migrate(sync_database)
    sync_database["meta"].update_one({"_id": "schema"}, {"$set": {"version": 2}})
    sync_database["articles"].create_index([("status", 1), ("sort_at", -1), ("_id", -1)])
    sync_database["articles"].create_index([("site", 1), ("status", 1), ("sort_at", -1), ("_id", -1)])
    sync_database["verdicts"].create_index([("site", 1), ("at", -1)])
    sync_database["runs"].create_index("state")
    sync_database["runs"].create_index("own")
    return sync_database


def surplus(database):
    found = drift.differences(commands.run(database, drift.read()))
    return [str(each) for each in found]


def test_indexes_that_longer_ones_replaced_are_dropped_and_no_other(former):
    assert len(surplus(former)) == 5
    assert migrations.migrate(former) == [
        "migrated to version 3: indexes that longer ones have replaced are gone",
    ]
    assert surplus(former) == ["runs: index own_1 is not Winnow's"]
    former["meta"].update_one({"_id": "schema"}, {"$set": {"version": 2}})
    assert migrations.migrate(former) == []


def test_a_crawl_drops_them_too(former, database, run):
    run(migrations.prepare(database))
    assert surplus(former) == ["runs: index own_1 is not Winnow's"]
    assert version(former) == migrations.VERSION


@pytest.fixture
def settings(mongo_uri):
    return read_settings({"MONGODB_URI": mongo_uri})


@pytest.fixture(
    params=[
        ({"_id": "schema", "version": 99}, r"version 99, this Winnow knows \d+; upgrade Winnow"),
        ({"_id": "load", "folder": "/backup/monday", "at": AT}, "half loaded.*db load /backup/monday --replace"),
    ],
    ids=["newer", "half-loaded"],
)
def unfit(request, sync_database):
    """A database that must not be worked on, and how that is said."""
    mark, said = request.param
    sync_database["meta"].insert_one(mark)
    return said


def test_no_command_works_on_an_unfit_database(unfit, settings):
    with pytest.raises(ConfigError, match=unfit), connect(settings):
        pass
    with connect(settings, as_is=True) as database:
        assert database["meta"].count_documents({}) == 1


def test_no_crawl_works_on_an_unfit_database(unfit, settings, sync_database, run):
    async def begin():
        store = CrawlStore(open_async(settings), site="demo", run="r1", dry_run=False)
        try:
            await store.begin(Asked(), AT)
        finally:
            await store.close()

    with pytest.raises(ConfigError, match=unfit):
        run(begin())
    assert sync_database.list_collection_names() == ["meta"]


def test_an_unfit_database_is_not_migrated(unfit, sync_database):
    with pytest.raises(ConfigError, match=unfit):
        migrations.migrate(sync_database)
