from datetime import UTC, datetime, timedelta

from store.fingerprints import INDEXES, RANKED, _sharing, candidates, upsert

DAY = datetime(2025, 12, 20, tzinfo=UTC)


async def store(database, id_, bands, *, exact=0, story=None, at=DAY):
    """Store an article with its fingerprint, as a crawl does."""
    write = upsert(id_, story=story or id_, exact=exact, bands=bands, at=at)
    await database["fingerprints"].bulk_write([write])
    article = {"title": f"title {id_}", "text": f"text {id_}", "story": story or id_}
    await database["articles"].replace_one({"_id": id_}, article, upsert=True)


def test_candidates_come_with_their_text_by_bands_shared(database, run):
    async def scenario():
        await store(database, "two", [1, 2, -7, 8], exact=2**62, story="older")
        await store(database, "three", [1, 2, 3, 8])
        await store(database, "none", [11, 12, 13])
        return await candidates(database, 5, [1, 2, 3, -(2**31)], exclude="other")

    three, two = run(scenario())
    assert three["_id"] == "three"
    assert two == {"_id": "two", "story": "older", "exact": 2**62, "title": "title two", "text": "text two"}


def test_the_oldest_exact_copy_comes_first_and_a_text_without_bands_has_only_that(database, run):
    async def scenario():
        await store(database, "later", [], exact=5, at=DAY + timedelta(days=1))
        await store(database, "earlier", [], exact=5)
        await store(database, "near", [1, 2], exact=6)
        short = await candidates(database, 5, [], exclude="other")
        return short, await candidates(database, 5, [1, 2], exclude="other")

    short, long = run(scenario())
    assert [record["_id"] for record in short] == ["earlier"]
    assert [record["_id"] for record in long] == ["earlier", "near"]


def test_an_article_is_no_candidate_for_itself(database, run):
    async def scenario():
        await store(database, "me", [1, 2, 3], exact=5)
        return await candidates(database, 5, [1, 2, 3], exclude="me")

    assert run(scenario()) == []


def test_a_fingerprint_whose_article_was_never_written_is_passed_over(database, run):
    async def scenario():
        await database["fingerprints"].bulk_write([upsert("lost", story="lost", exact=5, bands=[1], at=DAY)])
        return await candidates(database, 5, [1], exclude="other")

    assert run(scenario()) == []


def test_a_fingerprint_in_a_story_that_its_article_is_not_in_finds_nothing_and_hides_no_later_copy(database, run):
    """As a crawl leaves it that was under way while a person condemned the article."""

    async def scenario():
        for number, name in enumerate(("condemned", "near", "later")):
            exact, at = 6 if name == "near" else 5, DAY + timedelta(days=number)
            await store(database, name, [1, 2], exact=exact, at=at)
        await database["articles"].update_many({"_id": {"$in": ["condemned", "near"]}}, {"$set": {"story": None}})
        return await candidates(database, 5, [1, 2], exclude="other")

    assert [record["_id"] for record in run(scenario())] == ["later"]


def test_a_changed_article_is_found_by_its_new_text_alone(database, run):
    async def scenario():
        await store(database, "a", [1, 2, 3])
        await store(database, "a", [4, 5, 6])
        old = await candidates(database, 9, [1, 2, 3], exclude="other")
        return old, await candidates(database, 9, [4, 5, 6], exclude="other")

    old, new = run(scenario())
    assert old == []
    assert [record["_id"] for record in new] == ["a"]


def test_a_formula_that_a_whole_site_repeats_costs_a_bounded_look(database, run):
    """Of many articles with one band, the newest are looked at; the index gives them in order, without a sort."""

    async def scenario():
        await database["fingerprints"].create_indexes(INDEXES)
        for number in range(RANKED * 4):
            await store(database, f"{number:03}", [7, 1000 + number], at=DAY + timedelta(days=number))
        found = await candidates(database, 9, [7, 8], exclude="other", limit=3)
        command = {"aggregate": "fingerprints", "pipeline": _sharing(9, [7, 8], "other", 3), "cursor": {}}
        plan = await database.command("explain", command, verbosity="executionStats")
        return found, plan["stages"][0]["$cursor"]["executionStats"]

    found, stats = run(scenario())
    assert [record["_id"] for record in found] == ["199", "198", "197"]
    assert stats["totalDocsExamined"] <= RANKED
    assert stats["totalKeysExamined"] <= RANKED + 2
