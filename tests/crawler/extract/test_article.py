"""Whole pages in, articles or reasons out."""

from datetime import UTC, datetime

import pytest

from crawler.document import parse
from crawler.extract.article import extract_article
from crawler.items import Article, Origin, Page, Reason, Teaser

NOW = datetime(2025, 12, 20, 4, 0, tzinfo=UTC)
URL = "https://news.example.com/post/7.html"
PARAGRAPH = "市委书记用一整天时间在新片区调研，并主持召开座谈会，听取有关部门汇报，要求把工作做实做细，再上一个台阶。"
TEXT = f"<p>{PARAGRAPH}</p>" * 3
PAGE = f"""<html lang="zh-CN"><head><title>新片区座谈会召开 - 每日快讯</title>
<link rel="canonical" href="/post/7.html"></head><body>
<div class="header"><a href="/">每日快讯</a>
<ul class="nav"><li><a href="/a">国内</a></li><li><a href="/b">国际</a></li></ul></div>
<div class="post"><h1>新片区座谈会召开</h1>
<div class="info"><span class="user"><a href="/author-1.html">admin</a></span><span class="date">3个月前 (09-18)</span>
<span class="cate"><a href="/category-1.html">快讯</a></span><span class="view">47</span></div>
<div class="single">{TEXT}<p><img src="/lazy/loading.gif" data-original="/up/1.jpg" alt="图"></p>
<p>(本文图片 陈正宝 摄)</p>
<div style="display:none">免费下载,在线观看,免费下载,在线观看,免费下载,在线观看,免费下载。</div></div>
<div class="copynotice"><p>版权声明：本文由每日快讯发布，如需转载请注明出处。</p></div>
<div class="tags">标签: <a href="/tag/1">经济</a></div>
<div class="sharebox">分享给朋友：<a href="#">微博</a></div></div>
<div class="pages"><p>上一篇：<a href="/post/6.html">昨天的一篇旧文章</a></p></div>
<div class="block"><h4>相关文章</h4>
<div class="r"><h3><a href="/post/3.html">部长会见来访总统一行</a></h3><p>{PARAGRAPH}</p></div>
<div class="r"><h3><a href="/post/2.html">另一篇相关的文章</a></h3><p>{PARAGRAPH}</p></div></div>
<div class="footer">Copyright 2010-2025 每日快讯 版权所有</div></body></html>"""


def extract(html: str, url: str = URL, **options) -> Article | Reason:
    page = Page(url=url, status=200, headers={}, body=html.encode(), fetched_at=NOW)
    return extract_article(parse(page.body, url), page, site="daily", now=NOW, **options)


@pytest.fixture(scope="module")
def article() -> Article:
    found = extract(PAGE)
    assert isinstance(found, Article)
    return found


def test_the_text_is_the_body_and_nothing_else(article):
    assert article.text.split("\n") == [PARAGRAPH] * 3 + ["(本文图片 陈正宝 摄)"]


def test_the_title_is_without_the_site(article):
    assert article.title == "新片区座谈会召开"


def test_the_info_line_gives_author_date_and_category(article):
    assert article.authors == ["admin"]
    assert article.category == "快讯"
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2025-09-18T00:00:00+08:00"
    assert article.published_text == "3个月前 (09-18)"
    assert article.published_precision == "day"


def test_related_articles_are_teasers_with_excerpts(article):
    assert [(t.title, t.url) for t in article.related] == [
        ("部长会见来访总统一行", "https://news.example.com/post/3.html"),
        ("另一篇相关的文章", "https://news.example.com/post/2.html"),
    ]
    assert all(t.excerpt == PARAGRAPH and t.origin is Origin.RELATED and t.found_on == URL for t in article.related)


def test_lazy_pictures_are_found_at_their_true_address(article):
    assert article.images == ["https://news.example.com/up/1.jpg"]
    assert '<img src="https://news.example.com/up/1.jpg" alt="图">' in article.html


def test_tags_and_language(article):
    assert article.tags == ["经济"]
    assert article.language == "zh"


def test_the_tree_is_only_read():
    from lxml import etree

    document = parse(PAGE.encode(), URL)
    before = etree.tostring(document.root)
    extract_article(document, Page(url=URL, status=200, headers={}, body=b"", fetched_at=NOW), site="x", now=NOW)
    assert etree.tostring(document.root) == before


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("/post/7.html?a=1", "https://news.example.com/post/7.html?a=1"),
        ("https://elsewhere.example.org/post/7.html", URL),
        ("/", URL),
        ("http://[broken", URL),
        ("javascript:alert(1)", URL),
    ],
)
def test_a_canonical_address_counts_only_on_the_same_host(claim, expected):
    found = extract(PAGE.replace('href="/post/7.html"', f'href="{claim}"', 1))
    assert isinstance(found, Article)
    assert found.canonical_url == expected


def test_scripts_and_handlers_never_reach_the_html():
    hostile = f"""<p onclick="x()">{PARAGRAPH}<script>alert(1)</script></p>
    <p><a href="javascript:alert(1)">链接</a>{PARAGRAPH}<img src="x.png" onerror="y()"></p>"""
    found = extract(PAGE.replace(TEXT, hostile))
    assert isinstance(found, Article)
    assert not any(word in found.html for word in ("script", "onclick", "onerror", "alert"))


def test_a_teaser_stands_in_where_the_page_gives_no_date():
    teaser = Teaser(url=URL, origin=Origin.FEED, found_on="https://news.example.com/feed", published_at=NOW)
    found = extract(PAGE.replace("3个月前 (09-18)", ""), teaser=teaser)
    assert isinstance(found, Article)
    assert found.published_at == NOW
    assert found.published_text is None


def test_a_given_zone_is_used():
    found = extract(PAGE, zone=UTC)
    assert isinstance(found, Article)
    assert found.published_at == datetime(2025, 9, 18, tzinfo=UTC)


def item(number: int) -> str:
    return f'<div class="item"><h2><a href="/post/{number}.html">文章标题第{number}号</a></h2><p>{PARAGRAPH}</p></div>'


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("", "no-article"),
        ("<h1>快讯</h1><ul><li><a href='/1'>一</a></li><li><a href='/2'>二</a></li></ul>", "no-article"),
        ("<title>快讯</title><h1>快讯</h1>" + "".join(map(item, range(8))), "list-page"),
        ("<title>快讯</title><h1>快讯</h1>" + item(9), "list-page"),
        (f"<title>404</title><h1>404 页面不存在</h1><p>{PARAGRAPH}</p>", "soft-404"),
        (f"<title>登录</title><h1>用户登录</h1><p>{PARAGRAPH}</p>", "walled"),
        ("<title>短</title><h1>短讯一条</h1><p>今天上午，市里召开会议，研究工作。</p>", "no-article"),
    ],
)
def test_what_is_no_article_comes_back_as_a_reason(html, code):
    found = extract(f"<html><body>{html}</body></html>", url="https://news.example.com/list/")
    assert isinstance(found, Reason)
    assert found.code == code
