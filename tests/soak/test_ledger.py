"""The judge must find what was done twice or lost, and nothing else."""

from datetime import UTC, datetime

import pytest

from tests.soak.ledger import Run, Span, account, false_ends, merged

EVERY, END = 20.0, 100.0


def run(began, ended=None, *, site="a", state="finished", due=None):
    moment = datetime.fromtimestamp(due, UTC) if due is not None else None
    ended = began + 2 if ended is None else ended
    return Run(id=f"{site}-{began}", site=site, state=state, began=began, ended=ended, due_at=moment)


def judge(*runs, outages=(), patience=5.0):
    return account(runs, {"a": 0.0}, every=EVERY, patience=patience, outages=outages, end=END)


def test_a_site_that_runs_at_each_moment_loses_nothing():
    told = judge(*(run(began, due=began) for began in (1, 21, 41, 61, 81)))
    assert (told.due, told.run, told.made_up, told.lost, told.doubles) == (5, 5, 0, 0, [])


def test_two_runs_at_once_are_a_double():
    told = judge(run(1), run(21, 30), run(29), run(41), run(61), run(81))
    assert len(told.doubles) == 1
    assert "a-29" in told.doubles[0]


def test_a_run_within_a_long_one_is_a_double_also_behind_a_short_one():
    assert len(judge(run(1, 60), run(21, 22), run(41, 42), run(61), run(81)).doubles) == 2


def test_runs_of_two_sites_at_once_are_no_double():
    runs = [run(began, site=site) for site in "ab" for began in (1, 21, 41, 61, 81)]
    assert not account(runs, {"a": 0.0, "b": 0.0}, every=EVERY, patience=5.0, outages=[], end=END).doubles


def test_a_moment_that_was_finished_twice_is_a_double():
    told = judge(run(1, due=1), run(5, due=1), run(21), run(41), run(61), run(81))
    assert len(told.doubles) == 1


def test_a_moment_that_was_tried_again_after_a_death_is_none():
    told = judge(run(1, due=1, state="interrupted"), run(5, due=1), run(24), run(44), run(64), run(84))
    assert (told.doubles, told.lost) == ([], 0)


@pytest.mark.parametrize("starts", [(30, 50, 70, 90), (1, 21, 61, 81), (1, 21, 41, 61)])
def test_a_gap_is_a_loss_at_the_start_in_the_middle_and_at_the_end(starts):
    told = judge(*map(run, starts))
    assert (told.lost, len(told.gaps)) == (1, 1)


def test_a_run_that_did_not_finish_closes_no_gap():
    told = judge(run(1), run(21), run(41, state="failed"), run(61), run(81))
    assert told.lost == 1


def test_moments_of_an_outage_are_made_up_for_by_one_run():
    told = judge(run(1), run(61), run(81), outages=[Span(15, 58)])
    assert (told.run, told.made_up, told.lost) == (3, 2, 0)


def test_an_outage_that_counts_twice_excuses_once():
    told = judge(run(1), run(61), run(81), outages=[Span(15, 35), Span(15, 35), Span(20, 30)])
    assert told.lost == 1


def test_a_site_that_never_ran_lost_everything():
    assert judge().lost == 4


def test_a_site_that_came_later_is_judged_from_then_on():
    told = account([run(71), run(91)], {"a": 70.0}, every=EVERY, patience=5.0, outages=[], end=END)
    assert (told.due, told.run, told.lost) == (2, 2, 0)


def test_spans_are_merged_in_order():
    assert merged([Span(5, 6), Span(1, 3), Span(2, 4)]) == [Span(1, 4), Span(5, 6)]


def test_a_killed_run_that_is_called_finished_is_found():
    killed = {"a-1": 1.5, "a-21": 30.0, "a-41": 42.0}
    runs = [run(1), run(21), run(41, state="interrupted")]
    assert [line.split()[0] for line in false_ends(runs, killed)] == ["a-1"]
