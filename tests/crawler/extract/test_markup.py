"""The body as safe HTML."""

from crawler.document import parse
from crawler.extract.body import Zones, find_body
from crawler.extract.markup import Markup, write_markup
from crawler.extract.outline import outline

SENTENCE = "The council met on Tuesday to settle the budget, and it took most of the night to agree."
BASE = "https://news.example.com/2024/a.html"


def markup(html: str) -> Markup:
    page = outline(parse(f"<html><body><h1>Budget</h1><div>{html}</div></body></html>".encode(), BASE).root)
    body = find_body(page, Zones(page, 0), 0)
    assert body is not None
    return write_markup(page, body, BASE)


def test_structure_is_kept():
    html = (
        f"<h2>Why</h2><p>{SENTENCE} <b>So</b></p><blockquote><p>{SENTENCE}</p></blockquote><ul><li>{SENTENCE}</li></ul>"
    )
    found = markup(f"<p>{SENTENCE}</p>{html}").html
    for part in ("<h2>Why", "<strong>So</strong>", "<blockquote><p>", "<ul><li>"):
        assert part in found


def test_addresses_are_absolute():
    found = markup(f"<p>{SENTENCE} <a href='../b.html'>There</a></p><p><img src='p/1.jpg'>{SENTENCE}</p>")
    assert 'href="https://news.example.com/b.html"' in found.html
    assert found.images == ["https://news.example.com/2024/p/1.jpg"]


def test_blanks_of_lazy_loading_are_no_pictures():
    found = markup(
        f"<p>{SENTENCE}</p><p><img src='data:image/gif;base64,R0'><img src='/blank.gif' data-src='/2.jpg'></p>"
        f"<p>{SENTENCE}</p>"
    )
    assert found.images == ["https://news.example.com/2.jpg"]


def test_what_was_cut_from_the_text_is_cut_here():
    found = markup(
        f"<p>{SENTENCE}</p><p>{SENTENCE}</p><div class='share'><p>Share this</p><img src='/wx.png'></div>"
        f"<p>{SENTENCE}</p>"
    )
    assert "Share" not in found.html
    assert found.html.count(SENTENCE) == 3
    assert found.images == []


def test_text_that_looks_like_markup_stays_text():
    found = markup(f"<p>{SENTENCE} &lt;script&gt;x&lt;/script&gt;</p><p>{SENTENCE}</p>")
    assert "<script" not in found.html
    assert "&lt;script&gt;" in found.html
