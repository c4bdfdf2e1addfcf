"""What a person types becomes a query, or one sentence on what is wrong with it."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from store.errors import ConfigError
from store.queries import Query
from store.query_text import parse

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2025, 12, 20, 12, tzinfo=CHINA)


def test_words_phrases_and_what_must_not_be():
    query = parse('人工智能 "machine learning" -广告 -"sponsored post" co-op', Query(), NOW)
    assert query.words == ("人工智能", "machine learning", "co-op")
    assert query.without == ("广告", "sponsored post")


def test_fields_take_words_and_phrases():
    query = parse('site:news.example.com author:"Ada Lovelace" tag:财经 after:2025-09-18 before:2025-10', Query(), NOW)
    assert (query.site, query.author, query.tag) == ("news.example.com", "Ada Lovelace", "财经")
    assert query.since == date(2025, 9, 18)
    assert query.until == date(2025, 10, 1)


def test_a_time_without_a_zone_is_in_that_of_now():
    assert parse("after:2025-09-18T08:30", Query(), NOW).since == datetime(2025, 9, 18, 8, 30, tzinfo=CHINA)
    assert parse("after:2025-09-18T08:30Z", Query(), NOW).since == datetime(2025, 9, 18, 8, 30, tzinfo=UTC)


def test_chinese_quotes_and_colons_do_as_well():
    query = parse("“人工 智能” 「复工复产」 site：a.example －广告", Query(), NOW)
    assert query == Query(words=("人工 智能", "复工复产"), site="a.example", without=("广告",))


def test_an_age_counts_from_now():
    assert parse("after:7d", Query(), NOW).since == NOW - timedelta(days=7)


def test_what_was_asked_already_stays():
    base = Query(words=("港口",), status="any", site="a.example")
    assert parse("集装箱", base, NOW) == Query(words=("港口", "集装箱"), status="any", site="a.example")
    assert parse("  ", base, NOW) == base


def test_a_quote_that_is_not_closed_is_a_sign_of_the_word():
    assert parse('12" record', Query(), NOW).words == ('12"', "record")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("before:yesterday", "before: 'yesterday' is no moment: write 2025-09-18"),
        ("after:99999999999w", "no moment"),
        ("site:", "site: says nothing"),
        ("-site:a.example", "can't be excluded"),
        ("++", "nothing to search for in '\\+\\+'"),
        ("啊" * 501, "500 characters at most"),
        ("word " * 51, "50 words of 1,000 characters"),
        ("a" * 400 + " " + "b" * 400 + " " + "c" * 400, "50 words of 1,000 characters"),
    ],
)
def test_a_mistake_is_told(text, sentence):
    with pytest.raises(ConfigError, match=sentence):
        parse(text, Query(), NOW)


def test_a_date_may_be_any_of_the_calendar():
    assert parse("after:0002-01-01", Query(), datetime(2025, 1, 1, tzinfo=UTC)).since.year == 2
