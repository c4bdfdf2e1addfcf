"""`winnow stats`: the figures as lines of 80 columns, and as JSON."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from store import migrations
from tests.support.articles import article

NOW = datetime(2025, 12, 20, 4, tzinfo=UTC)


@pytest.fixture
def archive(sync_database):
    """Articles of 20 sites, some quarantined."""
    migrations.migrate(sync_database)
    for number in range(200):
        at = NOW - timedelta(hours=7 * number)
        fields = {
            "sort_at": at,
            "published_at": at,
            "published_precision": "minute",
            "stored_at": at + timedelta(hours=2),
        }
        status = "quarantined" if number % 10 == 0 else "accepted"
        reasons = [{"code": "c" * 60, "detail": "", "weight": 1.0}] if number % 10 == 0 else []
        site = f"{'long-name-' * 3}{number % 20}"
        sync_database["articles"].insert_one(article(number, site=site, status=status, reasons=reasons, **fields))


def test_figures_are_lines_of_80_columns(winnow, archive):
    lines = winnow("stats").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in "".join(lines)
    assert lines[0] == "articles by day and site"
    assert lines[1].split()[:2] == ["all", "90"]
    assert any(line.startswith("other sites") for line in lines)
    assert any(line.startswith("article quarantined: ccc") and line.endswith("█") for line in lines)
    assert "half within 2 h 10 min, 90 % within 2 h 10 min, 99 % within 2 h 10 min" in lines


def test_wide_characters_keep_to_the_columns(winnow, sync_database):
    reasons = [{"code": "港" * 30, "detail": "", "weight": 1.0}]
    when = {"sort_at": NOW, "published_at": NOW}
    sync_database["articles"].insert_one(article(1, site="港口新闻网站" * 3, **when))
    sync_database["articles"].insert_one(article(2, status="quarantined", reasons=reasons, **when))
    lines = winnow("stats").stdout.splitlines()
    told = [line for line in lines if "港" in line]  # one of a site, one of a reason
    assert [cell_len(line[: line.index(" 1 ") + 2]) for line in told] == [24, 50]
    assert all("… " in line for line in told)


def test_a_window_and_a_site_are_chosen(winnow, archive):
    told = winnow.json("stats", "--since", "7d", "--site", f"{'long-name-' * 3}1")
    assert (told["days"]["total"], len(told["days"]["others"]), told["reasons"]) == (2, 7, [])


def test_nothing_collected_is_said_so(winnow, sync_database):
    assert winnow("stats").stdout.count("none in these days") == 3


def test_a_window_that_is_none_is_a_mistake(winnow, sync_database):
    assert winnow("stats", "--since", "2999-01-01", code=2).stderr.count("\n") == 1
