"""Which of a page's dates is that of publication."""

from datetime import UTC, datetime

import pytest

from crawler.document import parse
from crawler.extract.article import extract_article
from crawler.extract.info import Info
from crawler.extract.metadata import Metadata
from crawler.extract.published import Clock, published_candidates
from crawler.items import Article, Page

NOW = datetime(2025, 12, 20, 4, 0, tzinfo=UTC)
SENTENCE = "The council met on Tuesday to settle the budget, and it took most of the night to agree on the roads. "


def article(info: str = "", *, head: str = "", after: str = "", url: str = "https://news.example.com/a") -> Article:
    html = (
        f"<html lang='en'><head><title>Budget settled</title>{head}</head><body><h1>Budget settled</h1><p>{info}</p>"
        f"<div>{f'<p>{SENTENCE}</p>' * 3}</div>{after}<footer>Copyright 2011-01-01 Valley News</footer></body></html>"
    )
    page = Page(url=url, status=200, headers={}, body=html.encode(), fetched_at=NOW)
    found = extract_article(parse(page.body, page.url), page, site="x", now=NOW)
    assert isinstance(found, Article)
    return found


META = '<meta property="article:published_time" content="2024-05-13T08:30:00+02:00">'


def day(found: Article) -> str | None:
    return found.published_at.date().isoformat() if found.published_at else None


def test_the_printed_day_wins_over_the_declared():
    assert day(article("May 10, 2024", head=META)) == "2024-05-10"


def test_a_declared_time_refines_the_printed_day():
    found = article("May 13, 2024", head=META)
    assert found.published_at == datetime(2024, 5, 13, 6, 30, tzinfo=UTC)
    assert found.published_text == "May 13, 2024"
    assert found.published_precision == "second"


def test_a_declared_date_stands_in():
    assert day(article(head=META)) == "2024-05-13"


def test_a_day_without_a_year_gives_way_to_a_declared_date():
    assert day(article("March 3", head=META)) == "2024-05-13"


def test_the_update_is_no_publication():
    found = article("Updated May 20, 2024", head=META)
    assert day(found) == "2024-05-13"
    assert found.modified_at == datetime(2024, 5, 20, tzinfo=UTC)


def test_the_address_is_the_last_resort():
    assert day(article(url="https://news.example.com/2024/05/13/budget")) == "2024-05-13"


@pytest.mark.parametrize(
    "after",
    [
        "<div class='comments'><p>Ann, 2025-01-02: " + SENTENCE + "</p></div>",
        "<h3>Related posts</h3><ul><li><a href='/b'>A bridge for the valley</a> 2025-01-02</li></ul>",
        "<div class='sidebar'>2025-01-02</div>",
    ],
)
def test_dates_of_others_are_not_the_article_s(after):
    assert article(after=after).published_at is None


@pytest.mark.parametrize("info", ["May 13, 2031", "May 13, 1890"])
def test_no_date_in_the_future_or_before_1990(info):
    assert article(info).published_at is None


def test_of_several_printed_days_the_declared_one_counts():
    info = "The hall on May 2, 2024.</p><p>May 13, 2024</p><p>Updated May 20, 2024"
    assert day(article(info, head=META)) == "2024-05-13"


@pytest.mark.parametrize("info", ["2 days ago", "USA TODAY", "13/05/2024 or so"])
def test_a_relative_day_gives_way_to_a_declared_date(info):
    assert day(article(info, head=META)) == "2024-05-13"


def test_a_printed_day_that_is_the_declared_change_is_no_publication():
    changed = '<meta property="article:modified_time" content="2024-05-20T10:00:00+02:00">'
    assert day(article("May 20, 2024", head=META + changed)) == "2024-05-13"


def test_day_and_month_are_turned_where_the_declared_date_says_so():
    declared = META.replace("05-13", "10-03")
    assert day(article("03/10/2024", head=declared)) == "2024-10-03"


@pytest.mark.parametrize("info", ["<div>2019</div><div>09/07</div>", "<div>07</div><div>2019-09</div>"])
def test_a_date_set_in_two_lines_is_read_as_one(info):
    assert day(article(info)) == "2019-09-07"


def test_the_candidates_are_told_with_their_places():
    data = Metadata(meta={"article:published_time": "2024-05-13"})
    info = Info([], [], [], [], [], [])
    found = published_candidates(info, data, "https://news.example.com/2024/05/14/a", Clock(NOW, UTC), None)
    assert [(each.value.at.day, each.source) for each in found] == [(13, "said to machines"), (14, "in the address")]
