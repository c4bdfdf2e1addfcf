"""What names and lines say of the part of a page that bears them."""

import pytest

from crawler.extract.markers import Zone, is_appeal, zone_of


@pytest.mark.parametrize("name", ["read-more", "readMore", "readmore", "post__read-more-box", "ReadMore_wrap__x1"])
def test_a_name_is_read_by_its_words_however_they_are_joined(name):
    assert zone_of("div", name) is Zone.RELATED


@pytest.mark.parametrize(
    ("names", "zone"),
    [
        ("primaryNav", Zone.NAVIGATION),
        ("related-comments", Zone.COMMENTS),
        ("article xiangguanyuedu", Zone.RELATED),
        ("full-width with-sidebar", None),
        ("ck-widget", None),
        ("comments-off", None),
        ("unrelated", None),
        ("address shareholders", None),
        ("block-20a388fd-95ad", None),
        ("elementor-widget", None),
    ],
)
def test_the_table_of_words_decides(names, zone):
    assert zone_of("div", names) is zone


def test_the_page_itself_is_not_judged_by_its_name():
    assert zone_of("body", "sidebar") is None


@pytest.mark.parametrize(
    "text",
    [
        "Sign up for our weekly newsletter, delivered straight to your inbox.",
        "By signing up, you agree to the terms.",
        "更多精彩内容，请继续关注本站。",
    ],
)
def test_a_line_that_asks_the_reader_for_something_is_told(text):
    assert is_appeal(text)


def test_the_words_alone_make_no_appeal():
    assert not is_appeal("The newsletter of the council was printed in 1911.")
    assert not is_appeal("专家表示，这一现象值得关注。")
