import time

import pytest

from scheduler.web.legible import body


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote>" * 50_000 + "x",
        "<blockquote></b>" * 50_000 + "x",
        "<div><b>" * 50_000 + "x",
        "<p>x</p>" * 300_000,
    ],
)
def test_markup_beyond_reason_is_shown_as_plain_text_at_once(html):
    start = time.perf_counter()
    assert body({"html": html, "text": "one\n<two>"}) == "<p>one</p><p>&lt;two&gt;</p>"
    assert time.perf_counter() - start < 1


def test_a_long_article_keeps_its_markup():
    html = "<blockquote><p>a<p>b <em>c</em><br></blockquote><ul><li>d<li>e</ul>" * 300
    assert body({"html": html, "text": ""}).startswith("<blockquote><p>a</p><p>b <em>c</em><br></p></blockquote>")


def test_headings_that_cite_tags_are_left_alone():
    assert body({"html": "<h4>a</h4><p>&lt;h4&gt;</p>", "text": ""}) == "<h2>a</h2><p>&lt;h4&gt;</p>"
