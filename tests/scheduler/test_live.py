"""A run under way, as it is followed."""

from datetime import UTC, datetime, timedelta

from scheduler.live import Drop, changes, live_run

START = datetime(2025, 12, 20, 12, tzinfo=UTC)


def at(seconds):
    return START + timedelta(seconds=seconds)


def record(pages, told=None, **more):
    counts = {"pages": pages, "articles": pages, "accepted": pages, "queued": 3, "dropped": []}
    told_at = {} if told is None else {"progress_at": at(told)}
    run = {"_id": "r1", "site": "a", "state": "running", "started_at": START, "counts": counts}
    return run | told_at | more


def test_a_run_that_has_told_nothing_yet_is_followed_with_zeros():
    run = live_run({**record(0), "counts": {}}, at(1))
    assert (run.pages, run.rate, run.remaining, run.dropped, run.elapsed) == (0, 0.0, 0, (), 1.0)


def test_a_run_seen_for_the_first_time_has_its_overall_rate():
    assert live_run(record(100, told=50), at(51)).rate == 2.0


def test_the_rate_is_that_of_the_last_seconds():
    run = live_run(record(100, told=50), at(50))
    for second in range(52, 92, 2):
        run = live_run(record(100 + (second - 50) * 5, told=second), at(second), run)
    assert run.rate == 5.0
    assert len(run.readings) < 12


def test_the_rate_stands_between_two_readings():
    first = live_run(record(100, told=50), at(50))
    second = live_run(record(110, told=52), at(52), first)
    assert live_run(record(110, told=52), at(53), second).rate == second.rate


def test_a_run_that_hangs_slows_down_to_nothing():
    run = live_run(record(100, told=50), at(50))
    run = live_run(record(110, told=52), at(52), run)
    run = live_run(record(110, told=52), at(120), run)
    assert run.rate == 0.0


def test_a_run_that_ended_has_its_overall_rate_and_nothing_remaining():
    run = live_run(record(100, told=50, state="finished", ended_at=at(50), reason="all read"), at(500))
    assert (run.rate, run.remaining, run.elapsed, run.has_ended) == (2.0, 0, 50.0, True)


def test_drops_are_told_by_reason():
    counts = {"pages": 1, "dropped": [{"reason": "teaser rejected: hook", "count": 4}]}
    run = live_run({**record(1), "counts": counts}, at(1))
    assert run.dropped == (Drop("teaser rejected: hook", 4),)
    assert run.drops == 4


def test_only_what_changed_is_told():
    runs, changed = changes({}, [record(10, told=2)], at(2))
    assert [run.id for run in changed] == ["r1"]
    runs, changed = changes(runs, [record(10, told=2)], at(3))
    assert changed == []
    runs, changed = changes(runs, [record(12, told=4)], at(4))
    assert [run.pages for run in changed] == [12]


def test_an_end_is_told_once():
    runs, _ = changes({}, [record(10, told=2)], at(2))
    ended = record(12, told=4, state="failed", ended_at=at(4), reason="hung")
    runs, changed = changes(runs, [ended], at(5))
    assert [(run.state, run.reason) for run in changed] == [("failed", "hung")]
    assert changes(runs, [ended], at(6))[1] == []
