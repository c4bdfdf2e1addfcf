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


def test_a_feed_of_teasers_under_a_text_is_no_part_of_it():
    item = f"<div class='item'><a href='/x'>A bridge for the valley</a><p>{SENTENCE}</p></div>"
    assert text(f"<h1>Budget settled</h1><div>{TEXT * 2}</div><div>{item * 4}</div>") == LINES * 2


def test_a_long_list_in_a_text_does_not_cut_it_off():
    entries = "".join(f"<tr><td><a href='/{n}'>Season {n}</a></td></tr>" for n in range(60))
    assert text(f"<h1>A career</h1><div>{TEXT}<table>{entries}</table>{TEXT}</div>") == LINES * 2


def test_scraps_above_a_byline_within_the_text_are_cut():
    byline = "<div class='byline'>Valley News 2024-05-20 13:09</div>"
    assert text(f"<h1>Budget settled</h1><div><div>Listen now</div>{byline}{TEXT}</div>") == LINES


def body_lines(html: str, said: str = "", names: tuple[str, ...] = ()) -> list[str]:
    page = outline(parse(f"<body><div>{html}</div></body>".encode(), "https://news.example.com/a").root)
    body = find_body(page, Zones(page, None), None, said, names)
    return [page.lines[number].text for number in body.lines] if body else []


def test_what_follows_the_end_that_the_page_tells_machines_is_cut():
    hours = "<p>Our offices are closed on Mondays, and open on every other day of the week.</p>"
    assert body_lines(TEXT * 2 + hours, said=SENTENCE * 6) == LINES * 2
    assert len(body_lines(TEXT * 2 + hours)) == 7


def test_what_is_told_of_the_author_under_a_text_is_cut():
    assert body_lines(f"{TEXT * 3}<p>Ann Lee is a reporter. {SENTENCE}</p>", names=("Ann Lee",)) == LINES * 3
