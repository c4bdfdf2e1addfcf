"""What is shown as removed from a page: all of its text but the article's, in blocks."""

from crawler.document import parse
from crawler.extract.left_out import left_out

PAGE = """
<html><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/w">Weather</a></li></ul></nav>
<div class="main">
  <h1>The harvest is in</h1>
  <p class="ad">Buy a tractor today</p>
  <div><p>Rain fell all night over the fields.</p><p>By noon the barns were <b>full</b>.</p></div>
  <p>Share this</p>
</div>
<aside><h3>Related</h3><p>Floods in the valley</p></aside>
<footer>—</footer>
<script>var tracked = 1</script>
</body></html>
"""
KEPT = "The harvest is in\nRain fell all night over the fields.\nBy noon the barns were full."


def blocks(html, kept=KEPT):
    return left_out(parse(html.encode(), "https://example.com/1"), kept)


def test_blocks_are_the_largest_without_a_kept_line_and_in_the_pages_order():
    assert blocks(PAGE) == ["Home\nWeather", "Buy a tractor today", "Share this", "Related\nFloods in the valley"]


def test_a_kept_line_is_known_in_another_spelling():
    assert blocks("<p>Caf\u0065\u0301\u200b　is “open”</p><p>Ad</p>", 'Café is "open"') == ["Ad"]


def test_a_page_that_is_all_article_has_nothing_removed():
    assert blocks("<p>One two three.</p>", "One two three.") == []
    assert blocks("", "One") == []


def test_of_a_page_that_holds_nothing_of_the_article_all_is_removed():
    assert blocks("<div><p>One.</p><p>Two.</p></div>", "Three.") == ["One.\nTwo."]
