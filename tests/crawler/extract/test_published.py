"""Which of a page's dates is that of publication."""

from datetime import UTC, datetime

import pytest

from crawler.document import parse
from crawler.extract.article import extract_article
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
