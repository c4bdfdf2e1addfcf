"""Which lines of a page are its text."""

import pytest

from crawler.document import parse
from crawler.extract.body import Zones, find_body
from crawler.extract.outline import outline

SENTENCE = "The council met on Tuesday to settle the budget, and it took most of the night to agree. "
TEXT = f"<p>{SENTENCE}</p>" * 3
LINES = [SENTENCE.strip()] * 3


def text(html: str) -> list[str]:
    page = outline(parse(f"<html><body>{html}</body></html>".encode(), "https://news.example.com/a").root)
    headline = next((n for n, line in enumerate(page.lines) if line.box.tag == "h1"), None)
    body = find_body(page, Zones(page, headline), headline)
    return [page.lines[number].text for number in body.lines] if body else []


@pytest.mark.parametrize(
    "around",
    [
        "<nav><a href='/a'>Home</a><a href='/b'>News</a></nav>{}",
        "{}<div class='comments'><p>" + SENTENCE * 3 + "</p></div>",
        "{}<h3>Comments</h3><div><p>" + SENTENCE + "</p></div>",
        "{}<h3>Related posts</h3><ul><li><a href='/x'>A bridge for the valley</a></li></ul>",
        "{}<div style='display: none'>" + SENTENCE * 2 + "</div>",
        "{}<p style='font-size:0'>" + SENTENCE * 2 + "</p>",
        "{}<p>上一篇：<a href='/x'>昨天的文章</a></p>",
        "{}<p>Tags: <a href='/t'>money</a></p><p>Share this article</p>",
        "{}<div class='sidebar'><p>" + SENTENCE + "</p></div>",
        "<p class='date'>12 May 2024, 3:15 pm</p>{}",
    ],
)
def test_what_stands_around_a_text_is_left_out(around):
    assert text(f"<h1>Budget settled</h1><div>{around.format(TEXT)}</div>") == LINES


def test_a_class_name_does_not_condemn_the_whole_text():
    assert text(f"<div class='sidebar comments-open'><h1>Budget settled</h1>{TEXT}</div>") == LINES


def test_a_text_in_parts_is_one_text():
    part = f"<section><h2>Part</h2><p>{SENTENCE * 2}</p></section>"
    assert len(text(f"<h1>Budget settled</h1><div>{part * 3}</div><div><p>{SENTENCE}</p></div>")) >= 6


def test_lines_between_breaks_are_lines():
    assert text(f"<h1>Budget settled</h1><td>{'<br>'.join([SENTENCE] * 3)}</td>") == LINES


def test_a_page_of_links_has_no_body():
    assert (
        text("<ul>" + "<li><a href='/x'>A bridge for the valley, at last, says the council.</a></li>" * 9 + "</ul>")
        == []
    )


def test_deep_nesting_is_read():
    assert text(f"<h1>Budget settled</h1>{'<div>' * 200}{TEXT}{'</div>' * 200}") == LINES
