"""A person's verdict: given, kept whole through kills and rivals, and taken back exactly."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from store import migrations, review_queries, reviews
from store.errors import Conflict
from tests.support.articles import NOW, article, store
from tests.support.killed_reviews import fingerprint

LATER = NOW + timedelta(minutes=5)
BAIT = [{"code": "hook", "detail": "你有没有想过", "weight": 2.5}]
VERDICT = ("status", "reasons", "story", "copy_of")


@pytest.fixture
def stored(sync_database):
    """Two quarantined articles (0, 1), one rejected (2), and an accepted one (3) with two copies (4, 5)."""
    migrations.migrate(sync_database)
    held = {"status": "quarantined", "story": None, "reasons": BAIT}
    head = article(3)["_id"]
    copy = {"status": "duplicate", "story": head, "copy_of": head, "reasons": [{"code": "copy"}]}
    records = [article(0, **held), article(1, **held), article(2, **held | {"status": "rejected"}), article(3)]
    store(sync_database, *(record | {"reasons": record.get("reasons", [])} for record in records))
    store(sync_database, article(4, **copy), article(5, **copy))
    return sync_database


def own(number):
    return article(number)["_id"]


def state(database):
    """What a review may change, of all articles, but for the rising numbers."""
    found = database["articles"].find({}, dict.fromkeys((*VERDICT, "review"), 1)).sort("_id")
    return [record | {"review": record.get("review")} for record in found]


def now(database, number):
    return database["articles"].find_one({"_id": own(number)})


def restore(database, number, **given):
    return reviews.restore(database, own(number), fingerprint, **{"by": "ada", "now": NOW} | given)


def condemn(database, number, **given):
    return reviews.condemn(database, own(number), **{"by": "ada", "now": NOW} | given)


def undo(database, review, **given):
    return reviews.undo(database, review["_id"], **{"by": "ada", "now": LATER} | given)


def story_of_fingerprint(database, number):
    found = database["fingerprints"].find_one({"_id": own(number)})
    return found and found["story"]


@pytest.mark.parametrize("number", [0, 2], ids=["quarantined", "rejected"])
def test_a_restored_article_is_accepted_and_found_as_a_story_of_its_own(stored, number):
    review = restore(stored, number)
    found = now(stored, number)
    assert [found[name] for name in VERDICT] == [
        "accepted",
        [{"code": "restored", "detail": "by ada", "weight": 0.0}],
        own(number),
        None,
    ]
    assert (found["review"]["id"], found["review"]["deed"], found["review"]["by"]) == (review["_id"], "restore", "ada")
    kept = stored["fingerprints"].find_one({"_id": own(number)})
    assert (kept["exact"], kept["bands"], kept["story"]) == (7, [1, 2, 3], own(number))


@pytest.mark.parametrize("number", [0, 3], ids=["quarantined", "accepted"])
def test_a_condemned_article_is_rejected(stored, number):
    condemn(stored, number)
    found = now(stored, number)
    assert [found[name] for name in VERDICT] == [
        "rejected",
        [{"code": "condemned", "detail": "by ada", "weight": 1.0}],
        None,
        None,
    ]


def test_copies_are_condemned_with_the_article_that_they_are_of_and_found_no_more(stored):
    condemn(stored, 3)
    assert [now(stored, number)["status"] for number in (3, 4, 5)] == ["rejected"] * 3
    assert [story_of_fingerprint(stored, number) for number in (3, 4, 5)] == [None] * 3


@pytest.mark.parametrize(("deed", "number"), [(restore, 0), (restore, 2), (condemn, 1), (condemn, 3)])
def test_undone_all_is_exactly_as_before(stored, deed, number):
    before, story = state(stored), story_of_fingerprint(stored, number)
    review = undo(stored, deed(stored, number))
    assert state(stored) == before
    assert story_of_fingerprint(stored, number) == story
    assert (review["undone_at"], review["undone_by"]) == (LATER, "ada")


def test_an_undo_brings_back_the_review_before(stored):
    first = restore(stored, 0)
    before = state(stored)
    undo(stored, condemn(stored, 0))
    assert state(stored) == before
    undo(stored, first)
    assert now(stored, 0)["status"] == "quarantined"


def test_every_change_takes_a_rising_number(stored):
    last = now(stored, 0)["seq"]
    for deed in (lambda: restore(stored, 0), lambda: condemn(stored, 0)):
        review = deed()
        assert now(stored, 0)["seq"] > last
        last = now(stored, 0)["seq"]
    undo(stored, review)
    assert now(stored, 0)["seq"] > last


def test_a_deed_or_an_undo_done_twice_is_done_once(stored):
    review = restore(stored, 0)
    assert restore(stored, 0, now=LATER)["_id"] == review["_id"]
    assert undo(stored, review) == undo(stored, review, now=LATER + timedelta(minutes=1))
    assert stored["reviews"].count_documents({}) == 1


@pytest.mark.parametrize(
    ("deed", "number", "seen", "told"),
    [
        (restore, 3, "", "it is accepted by now"),
        (restore, 4, "", f"it is a copy of {own(3)}"),
        (condemn, 2, "", "it is rejected by now"),
        (condemn, 4, "", f"it is a copy of {own(3)}"),
        (condemn, 3, "quarantined", "it is accepted by now"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(stored, deed, number, seen, told):
    before = state(stored)
    with pytest.raises(Conflict, match=told):
        deed(stored, number, seen=seen)
    assert state(stored) == before
    assert stored["reviews"].count_documents({}) == 0


def test_of_two_people_the_second_is_told_who_was_first(stored):
    restore(stored, 0)
    with pytest.raises(Conflict, match="ada has restored it already"):
        condemn(stored, 0, by="bob", seen="quarantined")
    with pytest.raises(Conflict, match="ada has restored it already"):
        restore(stored, 0, by="bob")
    assert now(stored, 0)["status"] == "accepted"


def test_of_many_at_once_one_is_first_and_the_others_are_told(stored):
    def review(number):
        deed = restore if number % 2 else condemn
        try:
            return deed(stored, 0, by=f"person-{number}", seen="quarantined")
        except Conflict:
            return None

    with ThreadPoolExecutor(8) as people:
        done = [review for review in people.map(review, range(8)) if review]
    (first,) = done
    assert now(stored, 0)["review"]["id"] == first["_id"]
    assert [each["_id"] for each in stored["reviews"].find()] == [first["_id"]]
    assert stored["reviews"].count_documents({"open": True}) == 0


def test_an_open_review_that_another_closed_and_undid_meanwhile_is_not_carried_out_again(stored):
    """Whoever read it while it was open comes to it late."""
    before = state(stored)
    review = restore(stored, 0)
    read = stored["reviews"].find_one({"_id": review["_id"]}) | {"open": True}
    undo(stored, review)
    reviews._carry_out(stored, read)
    assert state(stored) == before
    assert reviews.find(stored, review["_id"])["undone_by"] == "ada"


def test_a_review_carried_out_anew_leaves_what_became_a_copy_since_in_the_story_that_it_joined(stored):
    restore(stored, 0)
    joined = {"status": "duplicate", "story": own(3), "copy_of": own(3)}
    stored["articles"].update_one({"_id": own(0)}, {"$set": joined})
    stored["fingerprints"].update_one({"_id": own(0)}, {"$set": {"story": own(3)}})
    reviews.replay(stored, NOW)
    assert (now(stored, 0)["status"], story_of_fingerprint(stored, 0)) == ("duplicate", own(3))


def test_what_came_since_is_not_undone(stored):
    first = restore(stored, 0)
    condemn(stored, 0, by="bob")
    with pytest.raises(Conflict, match="bob has condemned the article since"):
        undo(stored, first)
    second = condemn(stored, 1)
    stored["articles"].update_one({"_id": own(1)}, {"$set": {"versions": 1, "text": "y"}})
    with pytest.raises(Conflict, match="text of the article has changed"):
        undo(stored, second)
    third = restore(stored, 2)
    store(stored, article(6, status="duplicate", story=own(2), copy_of=own(2)))
    with pytest.raises(Conflict, match="copies have joined"):
        undo(stored, third)
    fourth = condemn(stored, 3)
    store(stored, article(7, story=own(3)))
    with pytest.raises(Conflict, match="another article stands for its story"):
        undo(stored, fourth)
    assert all(reviews.find(stored, each["_id"])["undone_at"] is None for each in (first, second, third, fourth))


def test_a_second_person_can_not_undo_what_is_undone(stored):
    review = undo(stored, restore(stored, 0))
    with pytest.raises(Conflict, match="ada has undone this already"):
        undo(stored, review, by="bob")


def test_a_copy_that_was_restored_on_its_own_stays_when_the_rest_is_undone(stored):
    review = condemn(stored, 3)
    restore(stored, 4, by="bob")
    undo(stored, review)
    assert [now(stored, number)["status"] for number in (3, 4, 5)] == ["accepted", "accepted", "duplicate"]
    assert [story_of_fingerprint(stored, number) for number in (3, 4, 5)] == [own(3), own(4), own(3)]


def test_what_is_not_there_is_no_review(stored):
    assert reviews.restore(stored, "nowhere", fingerprint, by="ada", now=NOW) is None
    assert reviews.condemn(stored, "nowhere", by="ada", now=NOW) is None
    assert reviews.undo(stored, "nowhere", by="ada", now=NOW) is None


def test_the_history_is_paged_newest_first_and_knows_the_last_of_a_person(stored):
    done = [restore(stored, 0), condemn(stored, 1, now=LATER, by="bob"), restore(stored, 2, now=LATER)]
    ids = []
    after = None
    while True:
        found, after = review_queries.page_of_history(stored, review_queries.History(limit=1, after=after))
        ids += [each["_id"] for each in found]
        if after is None:
            break
    newest = sorted((done[1]["_id"], done[2]["_id"]), reverse=True)
    assert ids == [*newest, done[0]["_id"]]
    assert review_queries.last_of(stored, "ada")["_id"] == done[2]["_id"]
    undo(stored, done[2])
    assert review_queries.last_of(stored, "ada")["_id"] == done[0]["_id"]
    assert review_queries.standing(stored, own(1))["_id"] == done[1]["_id"]
    assert review_queries.standing(stored, own(2)) is None
