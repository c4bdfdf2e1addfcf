"""What a service sees of its installation: disks, the sites file, a store that is away."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.alerts.installation import Facts, judge_installation, judge_server, judge_store
from store.stats import Disk

NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)
GIB = 1 << 30


def facts(**given):
    return Facts(**{"host": "here", "disk": Disk(free=50 * GIB, total=100 * GIB)} | given)


@pytest.mark.parametrize(
    ("free", "total", "found"),
    [
        (GIB - 1, 10 * GIB, "holds"),
        (1.4 * GIB, 10 * GIB, None),
        (1.6 * GIB, 10 * GIB, "over"),
        (4.9 * GIB, 100 * GIB, "holds"),
        (6 * GIB, 100 * GIB, None),
        (8 * GIB, 100 * GIB, "over"),
        (19 * GIB, 4000 * GIB, "holds"),
        (40 * GIB, 4000 * GIB, "over"),  # 1 % of a large disk
        (0.95 * GIB, GIB, "over"),
        (0.25 * GIB, GIB, None),
        (0.19 * GIB, GIB, "holds"),
    ],
)
def test_the_disk_is_nearly_full(free, total, found):
    judgement = judge_installation(facts(disk=Disk(free=int(free), total=total)))
    parts = {"holds": judgement.holding, "over": judgement.over}
    assert [name for name, part in parts.items() if any(alert.kind == "disk" for alert in part)] == (
        [found] if found else []
    )


def test_a_data_folder_that_cannot_be_looked_at_is_told():
    [alert] = judge_installation(facts(disk="No such file or directory")).holding
    assert alert.message == "the data folder on here can't be looked at: No such file or directory"


@pytest.mark.parametrize(
    ("free", "total", "holding", "over"),
    [
        (GIB // 2, 10 * GIB, 1, 0),
        (9 * GIB, 10 * GIB, 0, 1),
        (4 * GIB, 100 * GIB, 1, 0),  # of the same size, but not as full: another disk
        (50 * GIB + 4096, 100 * GIB, 0, 0),  # the data folder's
    ],
)
def test_the_disk_of_mongodb_is_judged_if_it_is_another(free, total, holding, over):
    judgement = judge_server(facts(), Disk(free=free, total=total))
    assert (len(judgement.holding), len(judgement.over)) == (holding, over)
    assert {alert.about for alert in judgement.holding + judgement.over} <= {"MongoDB"}


def test_an_error_in_the_sites_file_holds_until_it_is_mended():
    [alert] = judge_installation(facts(sites_file_error="sites.toml:3: not valid TOML")).holding
    assert (alert.kind, alert.subject, alert.about) == ("sites-file", "winnow", "here")
    assert "sites.toml:3" in alert.message
    assert "sites-file" in {alert.kind for alert in judge_installation(facts()).over}


@pytest.mark.parametrize(("minutes", "holds"), [(None, False), (4, False), (5, True)])
def test_a_store_that_is_away_is_told_after_five_minutes(minutes, holds):
    since = None if minutes is None else NOW - timedelta(minutes=minutes)
    assert bool(judge_store(facts(store_away_since=since), NOW)) is holds
