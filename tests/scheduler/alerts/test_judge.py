"""What holds, what is over and what nobody can tell, by tables of run records."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.alerts.judge import Past, judge_site, needs_lists, silence_to_judge

NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
GIB = 1 << 30


def counts(**given):
    zero = dict.fromkeys(("pages", "lists", "articles", "new", "known", "failed", "queued", "quarantined"), 0)
    return {**zero, "dropped": [], **given}


def run(state="finished", **given):
    record = {"_id": "demo-1", "state": state, "cause": "", "reason": "all read", "complete": state == "finished",
              "asked_by": "schedule", "started_at": NOW, "counts": counts(pages=1, lists=1, known=20)}  # fmt: skip
    return record | given


def barren(**given):
    return run(counts=counts(pages=2, lists=2), **given)


def unchanged():
    return run(counts=counts(pages=3))


def died(cause, state="failed"):
    return run(state, cause=cause, reason=f"ended by {cause}")


def limited():
    """A run of `--limit 3`: it fetched three and left the rest."""
    return run(complete=False, counts=counts(pages=4, lists=1, articles=3, new=3))


def news(articles=10, quarantined=0, **fields):
    """A run that brought articles; `fields` is how many of them have each."""
    had = {"articles": articles, "authors": articles, "category": articles} | fields
    return run(counts=counts(pages=1 + articles, lists=1, articles=articles, new=articles, quarantined=quarantined,
                             fields=had))  # fmt: skip


def judged(*runs, **past):
    """Judge runs, the newest first, four hours apart; return the alerts that hold, and those that are over."""
    judgement = judge_site("demo", Past(runs=apart(runs, timedelta(hours=4)), **past))
    names = [{" ".join(filter(None, (a.kind, a.about))) for a in part} for part in (judgement.holding, judgement.over)]
    return names[0], names[1]


def apart(runs, gap):
    return [run | {"started_at": NOW - number * gap} for number, run in enumerate(runs)]


def holding(*runs, **past):
    return judged(*runs, **past)[0]


WELL = [run()] * 10


@pytest.mark.parametrize(
    ("runs", "kinds"),
    [
        ([died("unreadable")] * 3 + WELL, {"failing"}),
        ([died("died", "interrupted")] * 3, {"failing"}),
        ([died("unreadable"), died("stopped", "interrupted"), died("error"), died("died", "interrupted")], {"failing"}),
        ([died("time-limit"), *WELL], {"killed"}),
        ([died("memory-limit"), *WELL], {"killed"}),
        ([died("hung", "interrupted"), *WELL], {"killed"}),
        ([died("stopped", "interrupted"), died("hung"), *WELL], {"killed"}),
        ([died("time-limit")] * 3, {"failing", "killed"}),
        ([barren()] * 2 + WELL, {"yields-nothing teasers"}),
        ([unchanged(), barren(), died("error"), barren(), *WELL], {"yields-nothing teasers"}),
        # and what is no reason to alert anyone
        ([], set()),
        (WELL, set()),
        ([died("unreadable"), *WELL], set()),
        ([died("unreadable")] * 2 + WELL, set()),
        ([died("stopped", "interrupted")] * 9, set()),
        ([died("store-unavailable")] * 9, set()),
        ([died("lease-lost")] * 9, set()),
        ([barren(), *WELL], set()),
        ([barren()] * 10, set()),  # a new site, or one that never showed anything
        ([barren()] * 2 + [run()] * 4, set()),  # too few to know it by
        ([barren()] * 2 + [barren(), run(), run()] * 5, set()),  # its lists are often empty
        ([barren(complete=False)] * 2 + WELL, set()),  # a source could not be read: perhaps the one with the teasers
        ([unchanged()] * 20 + WELL, set()),
        ([run(counts=counts(pages=2, lists=1))] * 5 + WELL, set()),  # one list unchanged, the other an index
        ([limited()] * 10 + WELL, set()),
        (
            [run(counts=counts(pages=1, lists=1, dropped=[{"reason": "teaser rejected: bait", "count": 3}]))] * 3
            + WELL,
            set(),
        ),
    ],
)
def test_what_the_ends_and_lists_of_runs_say(runs, kinds):
    assert holding(*runs) == kinds


def test_a_run_of_one_address_says_nothing_of_the_site():
    single = run("failed", asked_by="person", cause="error")
    del single["complete"]
    assert judged(*[single] * 5) == (set(), set())
    assert judged(*[single] * 5, *WELL)[0] == set()


@pytest.mark.parametrize(
    ("runs", "kinds"),
    [
        ([run()], {"failing", "yields-nothing teasers"}),
        (WELL, {"failing", "killed", "yields-nothing teasers"}),
        ([run(), died("hung")], {"failing", "yields-nothing teasers"}),  # killed: one finished run is not enough
        ([unchanged(), unchanged()], {"failing", "killed"}),
        ([died("unreadable"), *WELL], {"yields-nothing teasers"}),
        ([died("stopped", "interrupted")], set()),
        ([barren()] * 30, {"failing", "killed"}),  # that it once showed more is forgotten, but nothing is well again
    ],
)
def test_an_alert_is_over_only_when_the_opposite_is_shown(runs, kinds):
    assert judged(*runs)[1] == kinds


def moments(gap, number, *, ended_ago):
    return [NOW - ended_ago - gap * i for i in range(number)]


def quiet(gap, number, silence, longest=None):
    """A site with news at every gap, and none for a while."""
    return {"news_at": moments(gap, number, ended_ago=silence), "silence": silence, "longest_silence": longest or gap}


@pytest.mark.parametrize(
    ("gap", "number", "silence", "holds"),
    [
        (HOUR, 400, 2 * HOUR, False),
        (HOUR, 400, 4 * HOUR, True),
        (timedelta(minutes=10), 2100, HOUR, False),  # six times its longest, but nobody needs to act on an hour
        (timedelta(minutes=10), 2010, 4 * HOUR, False),  # its 13 days hold one weekend
        (8 * HOUR, 60, 20 * HOUR, False),
        (8 * HOUR, 60, 25 * HOUR, True),
        (HOUR, 100, timedelta(days=3), False),  # four days old: this may be its first weekend
        (HOUR, 100, timedelta(days=5), True),
        (timedelta(days=7), 12, timedelta(days=34), False),  # of 11 silences one is 5 times the longest too often
        (timedelta(days=7), 12, timedelta(days=36), True),
        (timedelta(days=7), 5, timedelta(days=60), False),  # too few silences to know the longest by
        (HOUR, 0, HOUR, False),
    ],
)
def test_a_silence_is_long_only_beside_the_sites_own(gap, number, silence, holds):
    assert holding(unchanged(), unchanged(), **quiet(gap, number, silence)) == (
        {"yields-nothing articles"} if holds else set()
    )


def test_a_silence_is_told_with_its_figures():
    past = quiet(5 * HOUR, 100, timedelta(days=3))
    [alert] = judge_site("demo", Past(runs=[run()] * 2, **past)).holding
    assert alert.message == "no new article for 3 days; the longest of its last 99 silences was 5 hours"


@pytest.mark.parametrize("first", [news(), died("error"), run(counts=counts())])
def test_there_is_no_silence_to_judge_after_a_run_that_brought_news_or_read_nothing(first):
    assert silence_to_judge([first, run()], moments(HOUR, 400, ended_ago=24 * HOUR)) is None


def test_a_silence_to_judge_lasts_from_the_last_news_to_the_last_run_unless_it_is_short():
    assert silence_to_judge([run(), run()], moments(HOUR, 9, ended_ago=24 * HOUR)) == (NOW - 24 * HOUR, NOW)
    assert silence_to_judge([run(), run()], moments(HOUR, 9, ended_ago=3 * HOUR)) is None
    assert silence_to_judge([run(), news()], moments(HOUR, 9, ended_ago=24 * HOUR)) is None
    assert silence_to_judge([run(), run()], []) is None


def test_a_silence_is_over_with_the_first_new_article():
    assert "yields-nothing articles" in judged(news(1))[1]
    assert "yields-nothing articles" not in judged(run())[1]


def test_empty_lists_are_not_told_twice_as_a_silence():
    long_ago = quiet(HOUR, 400, 24 * HOUR)
    assert holding(barren(), barren(), *WELL, **long_ago) == {"yields-nothing teasers"}
    assert holding(*[barren()] * 30, **long_ago) == set()  # that it once showed more has rolled out


def test_lists_are_empty_for_long_only_beside_the_sites_own_empty_times():
    """They are empty at night, 24 runs of a quarter of an hour, and no one is told; after a second day someone is."""
    week = ([run()] * 72 + [barren()] * 24) * 7
    for empty, holds in ((24, False), (100, False), (160, True)):
        read = apart([barren()] * empty + week, timedelta(minutes=15))
        past = Past(runs=read[:30], read=read)
        assert needs_lists(past.runs)
        assert bool(judge_site("demo", past).holding) is holds


def test_empty_lists_are_told_after_four_days_although_they_were_empty_for_as_long_as_three_once():
    for days, holds in ((3, False), (5, True)):
        read = apart([barren()] * 24 * days + [run()] * 100 + [barren()] * 72 + [run()] * 100, HOUR)
        assert bool(judge_site("demo", Past(runs=read[:30], read=read)).holding) is holds


def test_a_site_that_is_known_for_less_than_a_day_may_have_empty_lists_every_night():
    for hours, holds in ((8, False), (30, True)):
        read = apart([barren()] * 8 + [run()] * hours, HOUR)
        assert bool(judge_site("demo", Past(runs=read[:30], read=read)).holding) is holds


def test_a_night_of_empty_lists_is_told_never_in_two_months():
    """Crawled every quarter of an hour from eight in the morning on, empty from midnight to six."""
    begin, told = NOW.replace(hour=8), []
    read = []
    for number in range(60 * 96):
        at = begin + number * timedelta(minutes=15)
        read.insert(0, (barren() if at.hour < 6 else run()) | {"started_at": at})
        del read[2100:]
        if number % 8 == 0 and needs_lists(read[:30]):
            told += judge_site("demo", Past(runs=read[:30], read=read)).holding
    assert told == []


@pytest.mark.parametrize(
    ("bearing", "fields"),
    [
        ([news(5, authors=0), *[news()] * 3], {"authors"}),
        ([news(1, authors=0)] * 5 + [news()] * 3, {"authors"}),
        ([news(11, authors=0, category=0), news(20, authors=16)], {"authors", "category"}),
        ([news(9, authors=0), news(20, authors=16)], set()),
        ([news(4, authors=0), *[news()] * 9], set()),
        ([news(9, authors=0), news(19)], set()),
        ([news(9, authors=0), news(20, authors=15)], set()),
        ([news(9, authors=1), *[news()] * 9], set()),
        ([news(9, authors=0)] * 9, set()),
        ([run(counts=counts(new=3))] * 9, set()),  # counted before fields were
        ([], set()),
    ],
)
def test_a_field_that_most_articles_had_has_vanished(bearing, fields):
    assert holding(bearing=bearing) == {f"field-vanished {name}" for name in fields}


def test_a_vanished_field_is_over_when_an_article_has_it_again():
    assert judged(bearing=[news(9, authors=1, category=0)])[1] == {"field-vanished authors"}


@pytest.mark.parametrize(
    ("bearing", "found"),
    [
        ([news(20, 8), *[news(20, 0)] * 5], ({"quarantine"}, set())),
        ([news(10, 5), news(10, 6), *[news(20, 1)] * 5], ({"quarantine"}, set())),
        ([news(10, 3), *[news(20, 1)] * 5], (set(), {"quarantine"})),  # 3 of the last 30
        ([news(20, 6), *[news(20, 1)] * 5], (set(), set())),  # 6 of 20 where 1 in 20 is usual: once in 1,300
        ([news(20, 12), *[news(20, 2)] * 5], (set(), set())),  # 1 in 10 was usual
        ([news(20, 12), *[news(20, 0)] * 2], (set(), set())),  # too little past
        ([news(20, 12)] * 9, (set(), set())),
        ([news(19, 12)], (set(), set())),
        ([news(20, 4), *[news(20, 12)] * 9], (set(), set())),  # an open one stays: between the two cuts
        ([news(20, 2), *[news(20, 12)] * 9], (set(), {"quarantine"})),
    ],
)
def test_quarantine_grows_beyond_the_sites_own_share(bearing, found):
    holding, over = judged(bearing=bearing)
    assert (holding, over - {"field-vanished authors", "field-vanished category"}) == found


def test_messages_are_one_line_of_bounded_length():
    reason = "no\nanswer\x1b[31m" + "x" * 5000
    judgement = judge_site("demo", Past(runs=[run("failed", cause="error", reason=reason)] * 3))
    [alert] = judgement.holding
    assert alert.message.isprintable()
    assert len(alert.message) < 300
