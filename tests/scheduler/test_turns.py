from datetime import UTC, datetime, timedelta

from scheduler.turns import Due, Turn, Turns

NOON = datetime(2025, 12, 20, 12, tzinfo=UTC)


def taken(turns, run):
    async def take():
        return [(await turns.get()).site for _ in range(len(turns))]

    return run(take())


def test_whoever_has_been_due_longest_goes_first_and_no_site_waits_twice(run):
    turns = Turns()
    for minutes, site in enumerate(("a", "b", "a", "c", "a")):
        turns.put(Turn(site, NOON + timedelta(minutes=minutes)))
    turns.put(Turn("late", NOON - timedelta(minutes=1)))
    assert taken(turns, run) == ["late", "a", "b", "c"]


def test_what_a_person_wants_goes_before_all_that_is_due(run):
    turns = Turns()
    turns.put(Turn("due", NOON - timedelta(hours=1)))
    turns.put(Turn("wanted", NOON, wanted=True))
    turns.put(Turn("wanted too", NOON, wanted=True))
    assert taken(turns, run) == ["wanted", "wanted too", "due"]


def test_a_turn_that_is_taken_back_does_not_come(run):
    turns = Turns()
    turns.put(Turn("a", NOON))
    turns.put(Turn("b", NOON))
    turns.drop("a")
    assert taken(turns, run) == ["b"]


def test_a_due_crawl_tells_the_spider_what_it_is_for():
    scheduled = Due(site="demo", asked_by="schedule", moment=NOON, after="demo-1")
    said = {"asked_by": "schedule", "due_at": "2025-12-20T12:00:00+00:00", "after": "demo-1"}
    assert scheduled.arguments() == said
    assert Due(site="demo", asked_by="ann", wanted_at=NOON).arguments() == {
        "asked_by": "ann",
        "wanted_at": "2025-12-20T12:00:00+00:00",
    }
