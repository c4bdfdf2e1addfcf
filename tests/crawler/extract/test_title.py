"""The headline among headings, titles and site names."""

import pytest

from crawler.document import parse
from crawler.extract.metadata import read_metadata
from crawler.extract.outline import outline
from crawler.extract.title import find_headline


def headline(html: str, hint: str = "") -> str:
    root = parse(html.encode(), "https://news.example.com/").root
    return find_headline(outline(root), read_metadata(root), hint).text


@pytest.mark.parametrize(
    "html",
    [
        "<title>Budget settled at last - Valley News</title><h1>Budget settled at last</h1>",
        "<title>Budget settled at last | Valley</title><h1><a href='/'>Valley</a></h1><h2>Budget settled at last</h2>",
        "<title>Valley News</title><meta property='og:title' content='Budget settled at last'><p>By Ann</p>",
        "<title>Budget settled at last – Valley News</title><p>No heading here.</p>",
        "<title>Budget settled at last</title><h3>Latest</h3><h3>Budget settled at last</h3><h1>Latest</h1>",
    ],
)
def test_the_headline_is_found_without_the_site(html):
    assert headline(html) == "Budget settled at last"


@pytest.mark.parametrize("joint", [" - ", "_", "-", "|", " | ", "——"])
def test_chinese_joints_are_cut(joint):
    assert headline(f"<title>新片区座谈会今日召开{joint}每日快讯</title><p>正文</p>") == "新片区座谈会今日召开"


def test_a_headline_may_stand_in_a_plain_box():
    html = (
        "<title>新片区座谈会今日召开_每日快讯</title><table><tr><td><font>新片区座谈会今日召开</font></td></tr></table>"
    )
    assert headline(html) == "新片区座谈会今日召开"


def test_the_teaser_stands_in_where_a_page_names_nothing():
    assert headline("<p>正文</p>", "新片区座谈会今日召开") == "新片区座谈会今日召开"


def test_a_heading_broken_into_lines_is_read_whole():
    html = "<title>新片区座谈会召开听取各方意见_每日快讯</title><h1>新片区座谈会召开<div>听取各方意见</div></h1>"
    assert headline(html) == "新片区座谈会召开听取各方意见"
