"""The related block, by its heading and by its structure, on themes of all kinds."""

import pytest

from crawler.discover.related import find_related
from crawler.document import parse

URL = "https://news.example.com/post/7.html"
BODY = (
    "<p>The council met on Tuesday to settle the budget, and it took most of the night to agree on the roads.</p>" * 4
)
LINKS = (
    '<li><a href="/post/3.html">A bridge for the valley</a></li>'
    '<li><a href="/post/4.html">Schools reopen on Monday</a></li>'
)
EXPECTED = [
    ("https://news.example.com/post/3.html", "A bridge for the valley"),
    ("https://news.example.com/post/4.html", "Schools reopen on Monday"),
]


def related(html: str) -> list[tuple[str, str]]:
    page = f"<html><body><div class='post'><h1>Budget settled</h1>{html}</div></body></html>"
    return [(teaser.url, teaser.title) for teaser in find_related(parse(page.encode(), URL))]


@pytest.mark.parametrize(
    "heading",
    [
        "相关文章",
        "相关阅读：",
        "猜你喜欢",
        "【延伸阅读】",
        "Related posts:",
        "You might also like",
        "More from the council",
        "関連記事",
    ],
)
@pytest.mark.parametrize("frame", ["<h3>{}</h3><ul>{}</ul>", "<div><div><b>{}</b></div><div><ul>{}</ul></div></div>"])
def test_a_heading_tells_the_block(heading, frame):
    assert related(BODY + frame.format(heading, LINKS)) == EXPECTED


@pytest.mark.parametrize("name", ["yarpp-related", "jp-relatedposts", "relatecon", "related-posts", "post_recommend"])
def test_without_a_heading_the_class_tells(name):
    assert related(f"{BODY}<div class='{name}'><ul>{LINKS}</ul></div>") == EXPECTED


def test_a_heading_in_the_text_that_no_links_follow_is_no_block():
    assert related(f"{BODY}<p><strong>推荐阅读</strong></p>{BODY}") == []


@pytest.mark.parametrize(
    "place",
    ["<aside><h3>Related posts</h3><ul>{}</ul></aside>", "<div class='sidebar'><h3>相关文章</h3><ul>{}</ul></div>"],
)
def test_a_sidebar_is_related_to_none(place):
    assert related(BODY + place.format(LINKS)) == []


def test_latest_and_popular_lists_are_not_related():
    assert related(f"{BODY}<h3>Most read</h3><ul>{LINKS}</ul><h3>最新文章</h3><ul>{LINKS}</ul>") == []


def test_other_sites_and_the_page_itself_are_left_out():
    links = (
        '<li><a href="https://ads.example.net/x">Elsewhere entirely</a></li><li><a href="#top">Back to the top</a></li>'
    )
    assert related(f"{BODY}<h3>相关文章</h3><ul>{links}{LINKS}</ul>") == EXPECTED


def test_the_full_title_wins_over_a_cut_one():
    links = '<li><a href="/post/3.html" title="A bridge for the valley at last">A bridge for…</a></li>'
    assert related(f"{BODY}<h3>Related</h3><ul>{links}</ul>") == [(EXPECTED[0][0], "A bridge for the valley at last")]


def test_the_excerpt_is_what_the_item_says_beside_its_title():
    html = f"""<h1>Budget settled</h1>{BODY}<div class="related"><h3>Related posts</h3>
    <div><a href="/post/3.html"><img src="3.jpg"></a><h4><a href="/post/3.html">A bridge for the valley</a></h4>
    <p>Work begins in the spring.</p></div>
    <div><a href="/post/4.html"><h4>Schools reopen on Monday</h4><p>After two weeks of snow.</p></a></div></div>"""
    teasers = find_related(parse(html.encode(), URL))
    assert [teaser.excerpt for teaser in teasers] == ["Work begins in the spring.", "After two weeks of snow."]
