import pytest

from crawler.discover.links import absolute, has_article_shape, is_candidate, is_readable, is_same_site

BASE = "http://news.example.com/a/b.html"


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("c.html#top", "http://news.example.com/a/c.html"),
        (" //img.example.com/x ", "http://img.example.com/x"),
        ("?p=2", "http://news.example.com/a/b.html?p=2"),
        ("#top", None),
        ("", None),
        ("javascript:;", None),
        ("mailto:a@example.com", None),
        ("http://[half", None),
        ("http://example.com:99999/", None),
        ("/" + "a" * 2001, None),
    ],
)
def test_links_become_absolute_or_nothing(href, url):
    assert absolute(href, BASE) == url


@pytest.mark.parametrize(
    ("url", "other", "same"),
    [
        ("http://news.example.com/", "https://www.example.com/x", True),
        ("http://finance.sina.com.cn/", "http://news.sina.com.cn/", True),
        ("http://a.com.cn/", "http://b.com.cn/", False),
        ("http://a.github.io/", "http://b.github.io/", False),
        ("http://127.0.0.1:8711/", "http://127.0.0.1:8721/", False),
        ("http://127.0.0.1/", "http://127.0.0.2/", False),
        ("http://localhost/", "http://localhost:80/x", True),
    ],
)
def test_a_site_is_a_registrable_domain_on_a_port(url, other, same):
    assert is_same_site(url, other) is same


@pytest.mark.parametrize(
    "path",
    [
        "post/268.html",
        "post/2019.html",
        "archives/2019/",
        "2025/12/sir-paul-rocks/",
        "2025/12/20/123456.html",
        "news/2025/5.html",
        "?p=12",
        "index.php?m=content&c=index&a=show&catid=6&id=12",
        "index.php?s=/news/12.html",
        "2024/05/12/entertainment/snl-open-maya-rudolph/index.html",
        "comment/2025-12/20/content_12.htm",
        "author-wins-prize-for-novel/",
        "search-for-missing-boy-ends/",
        "category/world/a-long-story-about-it/",
        "gn/20251220/c1001-40012345.html",
    ],
)
def test_what_may_be_an_article(path):
    assert is_candidate(f"http://example.com/{path}")


@pytest.mark.parametrize(
    "path",
    [
        "tags-12_2.html",
        "tag/%E4%BA%A4%E9%80%9A/",
        "author-1_10.html",
        "author/admin/",
        "date-2025-12.html",
        "date-2020-3_2.html",
        "2025/",
        "2025/12/",
        "2025/12/20/page/3/",
        "?m=202512",
        "?s=word",
        "?replytocom=3",
        "search?q=x",
        "login.php",
        "wp-login.php",
        "about-us/",
        "feed/",
        "a/feed/",
        "comments/",
        "2025/12/a-b-c/trackback/",
        "a.jpg",
        "report.PDF",
        "/".join(["loop"] * 11),
    ],
)
def test_what_leads_nowhere(path):
    assert not is_readable(f"http://example.com/{path}")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "index.html",
        "page/2/",
        "page_2.html",
        "category-1.html",
        "category/sport/",
        "category/5.html",
        "news/index.html",
        "?cat=3",
        "?paged=2",
        "list_12_2.html",
        "node_7.htm",
    ],
)
def test_lists_are_readable_but_no_candidates(path):
    url = f"http://example.com/{path}"
    assert is_readable(url)
    assert not is_candidate(url)


def test_sections_have_not_the_shape_of_articles():
    assert not any(
        has_article_shape(f"http://example.com/{path}") for path in ("world/", "world/africa", "category-1_2.html")
    )
