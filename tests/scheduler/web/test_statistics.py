"""The page of statistics and its API: the numbers, the plots, and how long they are kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from starlette.exceptions import HTTPException

from scheduler.web.plots import ceiling, stacked
from scheduler.web.statistics import KEPT, Recent
from store import migrations
from store.figures import Window, by_day, figures
from tests.support.articles import article

NOW = datetime.now(UTC).replace(hour=12, minute=0)


@pytest.fixture
def archive(sync_database):
    """Three articles of a site and one of another, of yesterday, stored after ten minutes; and a rejected teaser."""
    migrations.migrate(sync_database)
    at = NOW - timedelta(days=1)
    for number, site in enumerate(("beacon", "beacon", "beacon", "lantern")):
        times = {"sort_at": at, "published_at": at, "stored_at": at + timedelta(minutes=10)}
        record = article(number, site=site, published_precision="minute", reasons=[], **times)
        sync_database["articles"].insert_one(record)
    told = {"site": "beacon", "url": "http://x.example/", "title": "t", "status": "rejected", "at": NOW}
    sync_database["verdicts"].insert_one(told | {"_id": "1", "reasons": [{"code": "hook"}]})


def test_programs_get_the_numbers(client, archive):
    told = client.get("/api/stats", params={"days": 7}).json()
    assert [(site["site"], site["total"], len(site["days"])) for site in told["days"]["sites"]] == [
        ("beacon", 3, 7),
        ("lantern", 1, 7),
    ]
    assert told["reasons"] == [{"item": "teaser", "status": "rejected", "reason": "hook", "count": 1}]
    assert told["delays"]["all"] == {"site": None, "articles": 4, "p50": 660, "p90": 660, "p99": 660}
    assert sum(told["days"]["others"]) == 0


@pytest.mark.parametrize("asked", [{"days": 0}, {"days": 367}, {"days": "x"}, {"site": "s" * 101}])
def test_what_can_not_be_asked_is_refused(client, asked):
    answer = client.get("/api/stats", params=asked)
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_the_page_has_the_same_numbers_as_text(client, archive):
    page = client.get("/statistics", params={"days": 7}).text
    assert "4 articles kept" in page
    assert "teaser · rejected" in page
    assert 'href="/statistics?days=7&amp;site=lantern"' in page
    assert "style=" not in page
    of_one = client.get("/statistics", params={"days": 7, "site": "lantern"}).text
    assert "1 article kept" in of_one
    assert "Nothing was dropped" in of_one


def test_a_page_without_any_article_says_so(client, sync_database):
    page = client.get("/statistics").text
    assert "No article was published in these days." in page
    assert "Of no article in these days" in page


def test_figures_are_made_once_a_minute_for_each_window(sync_database):
    at, made = [0.0], []
    recent = Recent(clock=lambda: at[0])

    def make(window):
        made.append(window.site)
        return figures(sync_database, window)

    def ask(site):
        return recent.of(Window(now=NOW, days=7, site=site), make)

    first = ask(None)
    at[0] = KEPT - 1
    assert ask(None) is first
    ask("beacon")
    at[0] = KEPT
    assert ask(None) is not first
    assert made == [None, "beacon", None]


def test_figures_of_many_windows_do_not_add_up(sync_database):
    recent, made = Recent(clock=lambda: 0.0), []

    def make(window):
        made.append(window)
        return figures(sync_database, window)

    for number in [*range(100), 99, 0]:
        recent.of(Window(now=NOW, days=1, site=str(number)), make)
    assert len(made) == 101


def test_who_asks_while_other_figures_are_made_for_long_is_told_so_and_gets_what_is_known(sync_database):
    """A store that hangs under one holds up nobody else for long."""
    recent, begun, may_end = Recent(patience=0.05), Event(), Event()
    known = recent.of(Window(now=NOW, days=7), lambda window: figures(sync_database, window))

    def make(window):
        begun.set()
        may_end.wait(10)
        return figures(sync_database, window)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(recent.of, Window(now=NOW, days=30), make)
        begun.wait(10)
        with pytest.raises(HTTPException) as refused:
            recent.of(Window(now=NOW, days=90), make)
        assert recent.of(Window(now=NOW, days=7), make) is known
        may_end.set()
        assert recent.of(Window(now=NOW, days=30), make) is slow.result()
    assert (refused.value.status_code, refused.value.detail) == (
        503,
        "other figures are being made; ask again in a moment",
    )


def test_known_figures_are_told_while_the_store_is_away(client, state, archive):
    assert client.get("/api/stats").json()["days"]["sites"]
    state.store_away_since = NOW
    assert client.get("/api/stats").json()["days"]["sites"]
    assert client.get("/api/stats", params={"days": 90}).status_code == 503


def test_what_is_drawn_adds_up_to_the_counts():
    """The pieces of each bar lie one upon the other, and the highest bar stays below the top."""
    now = datetime(2025, 12, 20, 12, tzinfo=UTC)
    days = [now.date() - timedelta(days=age) for age in range(3)]
    counts = {("a", days[0]): 5, ("b", days[0]): 7, ("a", days[2]): 1}
    plot = stacked(by_day(counts, Window(now=now, days=3)).of_most(6))
    assert plot.scale == (20, 10, 0)
    assert [(str(span.first), span.articles) for span in plot.spans] == [
        ("2025-12-18", [0, 1, 0]),
        ("2025-12-19", [0, 0, 0]),
        ("2025-12-20", [7, 5, 0]),
    ]
    assert 'class="plot-1" d="M21 1000v-350h8v350z"' in plot.drawing
    assert 'class="plot-2" d="M1 1000v-50h8v50zM21 650v-250h8v250z"' in plot.drawing


def test_a_bar_of_a_long_window_is_a_week():
    now = datetime(2025, 12, 20, 12, tzinfo=UTC)
    spans = stacked(by_day({("a", now.date()): 1}, Window(now=now, days=365))).spans
    assert (len(spans), spans[-1].total, (spans[-1].last - spans[-1].first).days) == (53, 1, 6)


def test_the_top_of_a_scale_is_never_below_what_is_drawn():
    assert all(most <= ceiling(most) <= 2 * most + 2 for most in range(5000))
