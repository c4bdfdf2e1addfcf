"""What a run holds in the database: lease, record, known keys, what it leaves to the next."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from store import articles, leases, migrations, run_queries, runs, schedule, schema, verdicts
from store.connect import open_async, read_settings
from store.crawl import Asked, CrawlStore
from store.errors import LeaseLost, SiteBusy
from store.urls import key

NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
URL = "http://example.com/1"


def record(**fields):
    given = {"_id": key(URL), "keys": [key(URL)], "url": URL, "canonical_url": URL, "site": "demo", "title": "t",
             "text": "x", "status": "accepted", "sort_at": NOW, "fetched_at": NOW, "versions": 0}  # fmt: skip
    return given | fields


@pytest.fixture
def crawl_store(mongo_uri, sync_database):
    """Open the store of a run by its id."""

    def opened(run, **given):
        settings = read_settings({"MONGODB_URI": mongo_uri})
        return CrawlStore(open_async(settings), site="demo", run=run, **{"dry_run": False} | given)

    return opened


def begin(store, now=NOW, **asked):
    return store.begin(Asked(**asked), now)


def end(store, **given):
    return store.end({}, runs.End(runs.FINISHED, "all read", **{"complete": True} | given), [], LATER)


def test_a_second_run_of_a_site_is_refused_while_the_first_lives(crawl_store, run):
    async def scenario():
        first, second = crawl_store("r1"), crawl_store("r2")
        await begin(first)
        with pytest.raises(SiteBusy, match="r1"):
            await begin(second)
        await end(first)
        await begin(second, LATER)
        await end(second)
        await second.close()

    run(scenario())


def test_the_lease_of_a_dead_process_is_taken_and_its_run_marked_interrupted(crawl_store, database, sync_database, run):
    async def scenario():
        await migrations.prepare(database)
        await leases.acquire(database, "demo", "dead")
        await runs.begin(database, "dead", "demo", asked_by="schedule", is_whole=True, due_at=None, now=NOW)
        await database["leases"].update_one({"_id": "demo"}, {"$set": {"holder.born": -1}})
        store = crawl_store("alive")
        await begin(store)
        await end(store)

    run(scenario())
    assert run_queries.find(sync_database, "dead")["state"] == "interrupted"
    assert run_queries.find(sync_database, "alive")["state"] == "finished"


def test_a_run_that_lost_its_lease_writes_nothing_more_and_leaves_its_record_to_others(
    crawl_store, database, sync_database, run
):
    async def scenario():
        slow, quick = crawl_store("slow"), crawl_store("quick")
        await begin(slow)
        slow.add("articles", articles.upsert(record()))
        await database["leases"].update_one({"_id": "demo"}, {"$set": {"holder.born": -1}})
        await begin(quick)
        await asyncio.sleep(1.1)  # a renewal vouches for a second
        for write in (slow.flush, lambda: end(slow)):
            with pytest.raises(LeaseLost, match="slow"):
                await write()
        await quick.report({}, LATER)
        await end(quick)

    run(scenario())
    assert sync_database["articles"].count_documents({}) == 0
    assert run_queries.find(sync_database, "slow")["cause"] == "died"
    assert run_queries.find(sync_database, "quick")["state"] == "finished"


def test_of_two_crawls_for_one_moment_or_wish_the_second_is_refused(crawl_store, sync_database, run):
    schedule.want(sync_database, "demo", by="ann", now=NOW)

    async def scenario():
        moment, wish = {"due_at": NOW, "after": None}, {"wanted_at": NOW}
        for number, asked in enumerate((moment, wish)):
            first, second = crawl_store(f"first{number}"), crawl_store(f"second{number}")
            await begin(first, **asked)
            await end(first)
            with pytest.raises(SiteBusy, match="another service"):
                await begin(second, **asked)
            await second.close()
        last = crawl_store("third")
        await begin(last, due_at=NOW, after="first0")
        await end(last)

    run(scenario())
    assert {record["_id"] for record in run_queries.newest(sync_database, limit=0)} == {"first0", "first1", "third"}
    firing = schedule.of_site(sync_database, "demo").firing
    assert (firing.run, firing.tries, firing.state) == ("third", 2, "finished")


def test_paging_may_end_early_only_after_a_run_that_read_the_whole_site(crawl_store, run):
    async def scenario():
        was_complete = []
        for name, how in (
            ("r1", {"complete": False}),
            ("r2", {"complete": True}),
            ("r3", {"complete": False}),
            ("r4", {}),
        ):
            store = crawl_store(name)
            await begin(store, NOW + timedelta(minutes=len(was_complete)))
            was_complete.append(store.was_complete)
            await end(store, **how)
        return was_complete

    assert run(scenario()) == [False, False, True, False]


def test_articles_verdicts_and_aliases_are_known(crawl_store, run):
    async def scenario():
        store = crawl_store("r1")
        await begin(store)
        store.add("articles", articles.upsert(record(keys=[key(URL), "alias"])))
        bait = {"url": "http://example.com/bait", "site": "demo", "title": "b", "status": "rejected", "reasons": []}
        store.add("verdicts", verdicts.remember(bait, run="r1", at=NOW))
        await store.flush()
        found = await store.known([key(URL), "alias", key("http://example.com/bait"), "new"])
        await end(store)
        return found

    assert run(scenario()) == {key(URL), "alias", key("http://example.com/bait")}


def test_a_changed_text_keeps_the_earlier_one_and_new_facts_alone_do_not(crawl_store, sync_database, run):
    async def scenario():
        store = crawl_store("r1")
        await begin(store)
        before = record()
        store.add("articles", articles.upsert(before))
        changed = record(text="y", fetched_at=LATER, versions=1)
        store.add("versions", articles.keep_version(changed, before), articles.keep_version(changed, before))
        store.add("articles", articles.upsert(changed))
        store.add("articles", articles.upsert(record(text="y", category="other", versions=1)))
        await end(store)

    run(scenario())
    stored = sync_database["articles"].find_one({"_id": key(URL)})
    assert (stored["text"], stored["versions"], stored["category"]) == ("y", 1, "other")
    assert [version["text"] for version in sync_database["versions"].find()] == ["x"]


def test_a_page_that_failed_is_left_to_the_next_run_until_it_is_settled(crawl_store, run):
    teaser = {"url": URL, "origin": "feed", "found_on": "", "title": "t", "excerpt": "", "published_at": None}

    async def scenario():
        first = crawl_store("r1")
        await begin(first)
        first.add("pending", verdicts.postpone("demo", {"teaser": teaser, "error": "timeout"}, run="r1", at=NOW))
        await end(first)
        second = crawl_store("r2")
        await begin(second, LATER)
        assert second.pending == [teaser]
        second.settle(URL)
        await end(second)
        third = crawl_store("r3")
        await begin(third, LATER + timedelta(minutes=1))
        assert third.pending == []
        await end(third)

    run(scenario())


def test_a_page_is_given_up_after_enough_runs_over_enough_days(crawl_store, run):
    teaser = {"url": URL, "origin": "feed", "found_on": "", "title": "$t", "excerpt": "", "published_at": None}
    failure = {"teaser": teaser, "error": "timeout"}

    async def scenario():
        store = crawl_store("r0")
        await begin(store)
        for name in ("a", "a", "b", "c", "d", "e"):
            store.add("pending", verdicts.postpone("demo", failure, run=name, at=NOW))
        await end(store)
        found = []
        for number, age in enumerate((timedelta(hours=1), verdicts.MIN_AGE)):
            store = crawl_store(f"r{number + 1}")
            await begin(store, NOW + age)
            found.append((store.pending, store.given_up))
            await end(store)
        return found

    assert run(scenario()) == [([teaser], []), ([], [(teaser, "timeout")])]


def test_a_document_that_is_refused_does_not_take_the_others_with_it(crawl_store, sync_database, run):
    async def scenario():
        store = crawl_store("r1")
        await begin(store)
        huge = record(_id="huge", keys=["huge"], text="字" * 6_000_000)
        store.add("articles", articles.upsert(huge), articles.upsert(record()))
        await store.flush()
        await end(store)
        return store.refused

    assert run(scenario()) == 1
    assert [article["_id"] for article in sync_database["articles"].find()] == [key(URL)]


def test_a_dry_run_writes_nothing(crawl_store, sync_database, run):
    async def scenario():
        store = crawl_store("r1", dry_run=True)
        await begin(store)
        store.add("articles", articles.upsert(record()))
        await end(store)

    run(scenario())
    assert all(sync_database[name].count_documents({}) == 0 for name in schema.COLLECTIONS)


def test_the_validators_refuse_a_record_that_is_no_article(database, run):
    async def scenario():
        await migrations.prepare(database)
        result = await database.command("insert", "articles", documents=[{"_id": "x", "status": "fine"}], check=False)
        return [error["code"] for error in result["writeErrors"]]

    assert run(scenario()) == [121]
