"""Dates as sites print them, against a frozen moment."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.extract.dates import CHINA, find_dates, parse_machine

NOW = datetime(2025, 12, 20, 12, 0, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("刚刚", "2025-12-20 12:00", "minute"),
        ("7分钟前", "2025-12-20 11:53", "minute"),
        ("3小时前", "2025-12-20 09:00", "hour"),
        ("昨天 12:30", "2025-12-19 12:30", "minute"),
        ("前天", "2025-12-18 00:00", "day"),
        ("3天前", "2025-12-17 00:00", "day"),
        ("2周前 (12-08)", "2025-12-08 00:00", "day"),
        ("3个月前 (09-18)", "2025-09-18 00:00", "day"),
        ("11个月前 (01-13)", "2025-01-13 00:00", "day"),
        ("6年前 (2020-04-03)", "2020-04-03 00:00", "day"),
        ("3个月前", "2025-09-20 00:00", "month"),
        ("2 hours ago", "2025-12-20 10:00", "hour"),
        ("an hour ago", "2025-12-20 11:00", "hour"),
        ("发布时间：2024.05.13 08:30 来源：新华网", "2024-05-13 08:30", "minute"),
        ("2020年4月3日 12:30:05", "2020-04-03 12:30", "second"),
        ("2020年4月3日 下午3:05", "2020-04-03 15:05", "minute"),
        ("5月6日", "2025-05-06 00:00", "day"),
        ("12月24日", "2024-12-24 00:00", "day"),
        ("2020年04月", "2020-04-01 00:00", "month"),
        ("April 2, 2020", "2020-04-02 00:00", "day"),
        ("12 May 2024, 3:15 pm", "2024-05-12 15:15", "minute"),
        ("Sept. 5, 2024", "2024-09-05 00:00", "day"),
        ("8 mars 2024", "2024-03-08 00:00", "day"),
        ("25/12/2024", "2024-12-25 00:00", "day"),
        ("12/25/2024", "2024-12-25 00:00", "day"),
        ("1.2.2024", "2024-02-01 00:00", "day"),
    ],
)
def test_a_printed_date_is_read(text, expected, precision):
    stamp = find_dates(text, NOW, CHINA)[0]
    assert stamp.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") == expected
    assert stamp.precision == precision


@pytest.mark.parametrize(
    "text",
    ["", "版权所有 2010-2024", "第 13 页", "2031-01-01", "1889-04-01", "2024-13-45", "比分 3-2", "电话 010-62771234"],
)
def test_what_is_no_date_of_publication_is_left(text):
    assert find_dates(text, NOW, CHINA) == []


def test_the_printed_form_is_kept_with_its_gloss():
    assert find_dates("admin  3个月前 (09-18)  快讯", NOW, CHINA)[0].text == "3个月前 (09-18)"


def test_a_printed_zone_wins_over_the_site():
    assert find_dates("2024-05-13T08:00:00Z", NOW, CHINA)[0].at == datetime(2024, 5, 13, 8, tzinfo=UTC)
    assert find_dates("2024-05-13 08:00:00 +0200", NOW, CHINA)[0].at.utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize("text", ["20240513", "20240513T083000", "1715560200", "1715560200000"])
def test_machine_dates_are_read(text):
    stamp = parse_machine(text, NOW, CHINA)
    assert stamp is not None
    assert stamp.at.date().isoformat() == "2024-05-13"
