"""A short soak with the faults that cost little: what the long one does, at every change."""

import pytest

from tests.soak.plan import Plan
from tests.soak.soak import soak

pytestmark = pytest.mark.long


def test_a_service_that_is_killed_loses_nothing_and_does_nothing_twice(tmp_path):
    plan = Plan(
        folder=tmp_path,
        sites=6,
        every=6,
        lasting=4.0,
        pause=(0.5, 1.0),
        publishing=0.5,
        disk=0,
        kinds=("crawl killed", "service killed"),
    )
    report = soak(plan)
    assert report.failures == []
    assert report.settled
    assert report.account.run >= 12
    assert report.faults.keys() == {"crawl killed", "service killed"}
    assert report.service.starts >= 2
