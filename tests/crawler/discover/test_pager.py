import pytest

from crawler.discover.pager import next_page
from crawler.document import parse

SITE = "http://example.com"


def following(here, *links):
    """Return the path of the next page of a page with these (href, text) links."""
    anchors = "".join(f'<a href="{href}">{text}</a>' for href, text in links)
    url = next_page(parse(f"<body>{anchors}</body>".encode(), SITE + here))
    return url and url.removeprefix(SITE)


@pytest.mark.parametrize(
    "label", ["下一页", "下页", "后页", "下一頁 »", "Next", "Next Page →", "Older posts", "»", "›", ">>"]
)
def test_a_label_names_the_next_page(label):
    assert following("/", ("/page_2.html", label)) == "/page_2.html"


def test_rel_names_the_next_page():
    page = parse(b'<head><link rel="next" href="/page/2/"></head><body>x</body>', SITE + "/")
    assert next_page(page) == SITE + "/page/2/"


@pytest.mark.parametrize(
    ("here", "pattern"),
    [
        ("/page_3.html", "/page_{}.html"),
        ("/c-1_3.html", "/c-1_{}.html"),
        ("/page/3/", "/page/{}/"),
        ("/?paged=3", "/?paged={}"),
    ],
)
def test_the_numbers_of_a_pager_name_the_next_page(here, pattern):
    numbers = [(pattern.format(number), str(number)) for number in (1, 2, 4, 5, 9)]
    assert following(here, *numbers) == pattern.format(4)


def test_a_first_page_without_number_is_followed_by_the_second():
    assert following("/list_12.html", ("/list_12_2.html", "2"), ("/list_12_3.html", "3")) == "/list_12_2.html"


def test_a_last_page_that_links_back_has_no_next_page():
    assert following("/page_9.html", ("/page_1.html", "下一页"), ("/page_8.html", "8"), ("/", "首页")) is None
    assert following("/page_9.html", ("/", "下一页"), ("/page_9.html", "下一页"), ("#", "下一页")) is None


def test_a_list_that_counts_down_is_followed_by_its_label():
    links = (("/list_99.html", "上一页"), ("/list_97.html", "下一页"))
    assert following("/list_98.html", *links) == "/list_97.html"


def test_the_next_article_a_calendar_and_comment_counts_are_no_next_page():
    links = (
        ("/post/5.html", "下一篇"),
        ("/2025/12/12/", "12"),
        ("/post/77.html", "3"),
        ("http://other.example/2", "Next"),
    )
    assert following("/", *links) is None


def test_a_tag_page_given_as_source_has_its_pages():
    assert following("/tags-12.html", ("/tags-12_2.html", "下页")) == "/tags-12_2.html"
