import time

from crawler.discover.listing import read_listing
from crawler.document import parse
from crawler.items import Origin

URL = "http://news.example.com/"
EXCERPT = "The river rose two metres in a night, and the town was cut off until the army came."


def teasers(body, url=URL):
    return read_listing(parse(f"<body>{body}</body>".encode(), url)).teasers


def test_a_headline_with_picture_and_read_more_link_is_one_teaser():
    (teaser,) = teasers(
        f"""<div class="post"><a href="/post/7.html"><img src="x.jpg" alt="Flood"></a>
        <h2><a href="/post/7.html#top">River town cut off by flood</a></h2>
        <div class="info"><a href="/author-1.html">A reporter with a long name, really</a> 3 hours ago, seen 12</div>
        <p>{EXCERPT} <a href="/post/7.html">Continue reading River town cut off by flood and more words</a></p></div>"""
    )
    assert (teaser.url, teaser.origin, teaser.found_on) == (URL + "post/7.html", Origin.LISTING, URL)
    assert teaser.title == "River town cut off by flood"
    assert teaser.excerpt.startswith(EXCERPT)


def test_a_card_that_is_one_link_gives_title_and_excerpt():
    (teaser,) = teasers(
        f'<a href="/2025/12/flood/"><h3>River town cut off</h3><p>{EXCERPT}</p><span>3 h</span></a>'.join(
            ["<div>", "</div>"]
        )
    )
    assert (teaser.title, teaser.excerpt) == ("River town cut off", EXCERPT)


def test_cards_side_by_side_keep_their_own_excerpts():
    cards = "".join(
        f'<a href="/2025/12/flood-{n}/"><h3>River town {n} cut off</h3><p>{n} {EXCERPT}</p></a>' for n in (1, 2)
    )
    assert [each.excerpt[0] for each in teasers(f"<div>{cards}</div>")] == ["1", "2"]


def test_plain_lists_of_headlines_are_read_in_page_order():
    rows = [
        ("/gn/2025/1220/8.shtml", "广东今年年底前将完成垦造水田工作"),
        ("/gn/2025/1220/7.shtml", "评论：镇长调任法院院长，不妨释疑"),
    ]
    page = "".join(f'<li><a href="{href}">{title}</a><span>12-20</span></li>' for href, title in rows)
    assert [(each.url, each.title) for each in teasers(f"<ul>{page}</ul>")] == [
        ("http://news.example.com" + href, title) for href, title in rows
    ]


def test_side_columns_come_after_the_main_list():
    side = '<div class="sidebar"><a href="/post/1.html">An old story that everyone reads</a></div>'
    main = '<h2><a href="/post/9.html">A new story that is on top of the list</a></h2>' * 2
    assert [each.url[-6:] for each in teasers(side + main + '<a href="/x/1">a</a>')] == ["9.html", "1.html"]


def test_a_title_cut_for_its_column_is_taken_whole_from_the_attribute():
    (teaser,) = teasers(
        '<li><a href="/post/9.html" title="A new story that is on top of the list">A new story that…</a></li>'
    )
    assert teaser.title == "A new story that is on top of the list"


def test_navigation_categories_tags_authors_pagers_and_foreign_links_are_no_teasers():
    assert not teasers(
        """<nav><a href="/world/">World news and reports from all countries</a></nav>
        <h2><a href="/business/">Business</a></h2> <h2><a href="/category/sport/">Sport and everything about it</a></h2>
        <a href="/tags-1.html">A tag with a very long name indeed</a>
        <a href="/author-1.html">An author with a long name indeed</a>
        <a href="/date-2025-12.html">All articles of December 2025 (27)</a>
        <a href="/page_2.html">The second page of this list</a>
        <h2><a href="http://ads.example.org/post/1.html">Buy this wonderful thing today</a></h2>
        <footer><a href="/terms-2025.html">Terms and conditions of use of this site</a></footer>
        <h2><a href="javascript:;">Open the menu of all the sections</a></h2>"""
    )


def test_a_wrapper_with_the_name_of_a_side_column_is_still_the_page():
    articles = "".join(
        f'<h2><a href="/post/{n}.html">A story with a headline of its own {n}</a></h2>' for n in range(9)
    )
    assert len(teasers(f'<div class="footer menu">{articles}</div>')) == 9


def test_links_amid_a_sentence_are_no_teasers():
    assert not teasers(f'<p>{EXCERPT} <a href="/post/1.html">The army came late</a>, and {EXCERPT}</p>')


def test_a_page_of_very_many_links_takes_linear_time():
    """Four times the links may take ten times as long; a quadratic search takes sixteen."""

    def cost(count):
        link = '<a href="/post/{0}.html">A story with a headline of its own {0}</a> '
        document = parse(f"<p>{''.join(map(link.format, range(count)))}</p>".encode(), URL)
        started = time.process_time()
        assert len(read_listing(document).teasers) == count
        return time.process_time() - started

    assert cost(20_000) < 10 * cost(5_000)


def test_an_empty_page_gives_an_empty_list():
    assert read_listing(parse(b"", URL)).teasers == []
