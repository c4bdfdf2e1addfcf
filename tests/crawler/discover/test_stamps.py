from datetime import UTC, datetime, timedelta, timezone

import pytest

from crawler.discover.stamps import parse_stamp

CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("Sat, 20 Dec 2025 11:53:00 +0800", datetime(2025, 12, 20, 11, 53, tzinfo=CHINA)),
        ("20 Dec 2025 03:53 GMT", datetime(2025, 12, 20, 3, 53, tzinfo=UTC)),
        ("2025-12-20T11:53:00.1234567+08:00", datetime(2025, 12, 20, 11, 53, 0, 123456, tzinfo=CHINA)),
        ("2025-12-20T03:53Z", datetime(2025, 12, 20, 3, 53, tzinfo=UTC)),
        ("2025-12-20 11:53:00", datetime(2025, 12, 20, 11, 53, tzinfo=CHINA)),
        ("2025-12", datetime(2025, 12, 1, tzinfo=CHINA)),
    ],
)
def test_machine_dates_are_read(raw, moment):
    assert parse_stamp(raw, CHINA) == moment


@pytest.mark.parametrize(
    "raw", ["", "soon", "2025-13-01", "0000-00-00T00:00:00", "Sat, 99 Dec 2025 99:00:00", "3小时前"]
)
def test_other_texts_are_no_dates(raw):
    assert parse_stamp(raw) is None
