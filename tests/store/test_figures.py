"""Figures: what is counted, of which days, and that of articles only an index is read for it."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from store import figures, migrations
from store.figures import Window, by_day
from tests.support.articles import article

NOW = datetime(2025, 12, 20, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_NUMBERS = 2**31


@pytest.fixture
def store(sync_database):
    """A database with its indexes, and a way to put articles there: at a moment, with whatever fields."""
    migrations.migrate(sync_database)
    numbers = iter(range(MOST_NUMBERS))

    def put(at=NOW - HOUR, site="beacon", **fields):
        given = {"sort_at": at, "published_at": at, "published_precision": "minute", "stored_at": at, "reasons": []}
        sync_database["articles"].insert_one(article(next(numbers), site=site, **(given | fields)))

    put.database = sync_database
    return put


def made(store, days=30, site=None):
    return figures.figures(store.database, Window(now=NOW, days=days, site=site))


def test_a_day_is_that_of_the_publishers_zone(store):
    late = datetime(2025, 12, 19, 17, tzinfo=UTC)
    store(late, published_offset=480)
    store(late, published_offset=-300)
    store(late)
    found = made(store, days=2).days
    assert (found.first, found.last) == (date(2025, 12, 19), date(2025, 12, 20))
    assert found.sites[0].days == [2, 1]


def test_a_day_that_has_begun_in_the_east_is_shown_once_it_has_articles(store):
    assert made(store, days=1).days.last == date(2025, 12, 20)
    store(NOW, published_offset=480)
    assert made(store, days=1).days.last == date(2025, 12, 21)


def test_what_is_dated_in_the_future_or_before_the_window_does_not_count(store):
    store(NOW + 9 * DAY)
    store(NOW - 2 * DAY)
    store(NOW - DAY)
    found = made(store, days=2).days
    assert (found.last, found.total, found.sites[0].days) == (date(2025, 12, 20), 1, [1, 0])


def test_only_accepted_articles_count_by_day_and_those_of_a_site_where_it_is_named(store):
    store()
    store(site="lantern")
    store(status="duplicate")
    assert [(each.site, each.total) for each in made(store).days.sites] == [("beacon", 1), ("lantern", 1)]
    assert [(each.site, each.total) for each in made(store, site="lantern").days.sites] == [("lantern", 1)]


def test_sites_with_fewer_articles_are_told_of_together(store):
    for site, times in (("beacon", 3), ("lantern", 2), ("harbour", 1)):
        for _ in range(times):
            store(site=site)
    few = made(store, days=1).days.of_most(1)
    assert ([each.site for each in few.sites], few.others, few.total) == (["beacon"], [3], 6)


def test_verdicts_count_by_their_first_reason_articles_and_teasers_apart(store):
    reasons = [{"code": "slogan-title"}, {"code": "promise"}]
    store(status="quarantined", reasons=reasons)
    store(status="quarantined", reasons=reasons)
    store(status="duplicate", reasons=[{"code": "copy"}])
    told = {"site": "beacon", "url": "http://x.example/", "title": "t", "status": "rejected"}
    for age in (1, 40):
        record = told | {"_id": str(age), "reasons": [{"code": "hook"}], "at": NOW - age * DAY}
        store.database["verdicts"].insert_one(record)
    found = [(each.item, each.status, each.reason, each.count) for each in made(store).reasons]
    assert found == [
        ("article", "quarantined", "slogan-title", 2),
        ("article", "duplicate", "copy", 1),
        ("teaser", "rejected", "hook", 1),
    ]
    assert made(store, site="lantern").reasons == []


def test_reasons_and_delays_are_of_the_same_days_as_the_articles(store):
    """The day before the first has begun in the UTC of the window's start; what is dated in the future is of no day."""
    store(NOW - DAY)
    for at in (NOW - 2 * DAY, NOW + 9 * DAY):
        store(at)
        store(at, status="duplicate", reasons=[{"code": "copy"}])
        told = {"site": "beacon", "url": "http://x.example/", "title": "t", "status": "rejected"}
        store.database["verdicts"].insert_one(told | {"_id": str(at), "reasons": [{"code": "hook"}], "at": at})
    found = made(store, days=2)
    assert (found.days.total, found.delays.all.articles, found.reasons) == (1, 1, [])


def test_the_delay_is_of_articles_whose_hour_is_known(store):
    for minutes in (4, 20, 21, 3000):
        store(NOW - 3 * DAY, stored_at=NOW - 3 * DAY + minutes * timedelta(minutes=1))
    store(NOW - 3 * DAY, stored_at=NOW, published_precision="day")
    store(NOW - 3 * DAY, stored_at=NOW - 4 * DAY, site="lantern")
    found = made(store).delays
    assert (found.all.articles, found.all.p50, found.all.p99) == (5, 21 * 60, 51 * 3600)
    assert [(each.site, each.articles, each.p50) for each in found.sites] == [
        ("beacon", 4, 21 * 60),
        ("lantern", 1, 60),
    ]
    assert {each.below: each.articles for each in found.histogram if each.articles} == {300: 2, 1800: 2, 259200: 1}


def test_an_empty_archive_has_figures(store):
    found = made(store)
    assert (found.days.total, len(found.days.others), found.reasons, found.delays.all.p50) == (0, 30, [], None)


def test_of_very_many_verdicts_the_newest_count(store):
    assert not made(store).is_cut
    told = {
        "site": "beacon",
        "url": "http://x.example/",
        "title": "t",
        "status": "rejected",
        "reasons": [{"code": "old"}],
    }
    records = [told | {"_id": str(number), "at": NOW - 2 * DAY} for number in range(figures.COUNTED)]
    store.database["verdicts"].insert_many(records)
    store.database["verdicts"].insert_one(told | {"_id": "new", "at": NOW, "reasons": [{"code": "new"}]})
    found = made(store)
    assert [(each.reason, each.count) for each in found.reasons] == [("old", figures.COUNTED - 1), ("new", 1)]
    assert found.is_cut


@pytest.mark.parametrize("site", [None, "beacon"])
@pytest.mark.parametrize("ask", [figures._days, lambda *given: figures._delays(*given, by_day({}, given[1]))])
def test_no_article_is_read_for_days_and_delays(store, sync_database, ask, site):
    """Explained by the server: the index alone answers, however long the articles are."""
    asked = []

    class Listening:
        def __getitem__(self, name):
            return self

        def aggregate(self, pipeline):
            asked.append(pipeline)
            return []

    for number in range(20):
        store(site=("beacon", "lantern")[number % 2])
    ask(Listening(), Window(now=NOW, days=30, site=site))
    command = {"aggregate": "articles", "pipeline": asked[0], "cursor": {}}
    explained = sync_database.command("explain", command, verbosity="queryPlanner")
    planner = explained.get("queryPlanner") or explained["stages"][0]["$cursor"]["queryPlanner"]
    chosen = json.dumps(planner["winningPlan"], default=str)
    assert "PROJECTION_COVERED" in chosen
    assert "FETCH" not in chosen
