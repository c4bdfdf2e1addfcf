from crawler.discover.home import MAX_LISTINGS, find_sources
from crawler.document import parse
from crawler.sites import Source

URL = "http://news.example.com/"


def sources(page):
    return find_sources(parse(page.encode(), URL))


def test_feeds_come_first_without_those_of_comments_and_single_articles():
    rss = '<link rel="alternate" type="application/rss+xml" '
    found = sources(
        f"""<head>{rss} title="Comments Feed" href="/comments/feed/">{rss} href="/feed/">
        {rss} href="/2025/12/a-story/feed/"><link rel="alternate" hreflang="en" href="/en/"></head><body></body>"""
    )
    assert found == [Source("feed", URL + "feed/"), Source("listing", URL)]


def test_a_feed_that_is_only_linked_is_found():
    assert sources('<body><a href="/rss.xml">RSS</a></body>')[0] == Source("feed", URL + "rss.xml")


def test_categories_of_the_navigation_are_lists():
    found = sources(
        """<body><div class="menu"><a href="/">Home</a><a href="/world/">World</a><a href="/about/">About</a>
        <a href="/kontakt/">联系我们</a><a href="/login.php">Log in</a><a href="http://shop.example.com/">Shop</a>
        <a href="/post/9.html">A story</a><a href="/sport/">体育</a></div>
        <a href="/category/tech/">Tech</a> <a href="/category/tech/page/2/">2</a> <a href="/tags-1.html">tag</a>
        <a href="/world/africa/">Not in the navigation</a><a href="/x1">a</a><a href="/x2">a</a><a href="/x3">a</a>
        <a href="/x4">a</a><a href="/x5">a</a><a href="/x6">a</a></body>"""
    )
    assert [each.url.removeprefix(URL) for each in found] == ["", "world/", "sport/", "category/tech/"]


def test_the_header_of_the_page_is_navigation_but_that_of_a_teaser_is_not():
    links = "".join(f'<a href="/x{n}">x</a>' for n in "abcdef")
    page = f"""<body><header><a href="/world/">World</a></header>
        <div><header><h2><a href="/story/">Story</a></h2></header>{links}</div></body>"""
    assert [each.url for each in sources(page)] == [URL, URL + "world/"]


def test_lists_are_bounded():
    links = "".join(f'<a href="/category/c{chr(97 + n % 26)}{chr(97 + n // 26)}/">c</a>' for n in range(200))
    assert len(sources(f"<body>{links}</body>")) == MAX_LISTINGS + 1
