"""Who wrote it, who reported it, where it stands: as printed beside the headline."""

from datetime import UTC, datetime

import pytest

from crawler.document import parse
from crawler.extract.article import extract_article
from crawler.items import Article, Page

NOW = datetime(2025, 12, 20, 4, 0, tzinfo=UTC)
SENTENCE = "市委书记用一整天时间在新片区调研，并主持召开座谈会，听取有关部门汇报，要求把工作做实做细，再上一个台阶。"


def article(info: str, *, head: str = "", end: str = "", above: str = "") -> Article:
    html = (
        f"<html><head><title>新片区座谈会召开</title>{head}</head><body>{above}<div><h1>新片区座谈会召开</h1>"
        f"<div>{info}</div><div>{f'<p>{SENTENCE}</p>' * 3}{end}</div></div></body></html>"
    )
    page = Page(url="https://news.example.com/a", status=200, headers={}, body=html.encode(), fetched_at=NOW)
    found = extract_article(parse(page.body, page.url), page, site="x", now=NOW)
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    ("info", "authors"),
    [
        ("2024-05-13 08:30　作者：张三　来源：新华网", ["张三"]),
        ("<span>来源：新华网</span><span>作者：张三、李四</span><span>2024-05-13</span>", ["张三", "李四"]),
        ("记者 王小明 2024-05-13", ["王小明"]),
        ("责任编辑：赵六", ["赵六"]),
        ("By Jane Miller and Tom Baker | May 13, 2024", ["Jane Miller", "Tom Baker"]),
        ("<a rel='author' href='/author/writer0/'>Tom Baker</a>", ["Tom Baker"]),
        ("<span class='user'>admin</span><span class='date'>3天前</span>", ["admin"]),
        ("<p>Written by</p><p>Jane Miller</p>", ["Jane Miller"]),
        ("2024-05-13 阅读 47", []),
    ],
)
def test_authors_of_an_info_line(info, authors):
    assert article(info).authors == authors


def test_a_signature_in_the_text_counts_where_nothing_else_names_an_author():
    assert article("2024-05-13", end=f"<p>{SENTENCE}（总台记者 张倩）</p>").authors == ["张倩"]
    assert article("作者：李四", end=f"<p>{SENTENCE}（总台记者 张倩）</p>").authors == ["李四"]


def test_structured_data_is_trusted_first():
    data = '{"@type": "NewsArticle", "author": [{"@type": "Person", "name": "Ann Lee"}], "datePublished": "2024-05-13"}'
    head = f'<script type="application/ld+json">{data}</script>'
    assert article("By Jane Miller", head=head).authors == ["Ann Lee"]


@pytest.mark.parametrize("info", ["来源：新华网", "2024-05-13 08:30 来源: 新华网 作者：张三", "稿源：新华网"])
def test_the_source_is_read(info):
    assert article(info).source == "新华网"


def test_the_category_is_the_link_so_named_or_the_last_step_of_the_path():
    crumbs = "<div class='crumb'>当前位置：<a href='/'>首页</a> &gt; <a href='/c'>快讯</a> &gt; 正文</div>"
    assert article("<a rel='category tag' href='/c'>社会</a>", above=crumbs).category == "社会"
    assert article("2024-05-13", above=crumbs).category == "快讯"


def test_broken_structured_data_is_ignored():
    assert article("作者：张三", head='<script type="application/ld+json">{"author": [</script>').authors == ["张三"]


@pytest.mark.parametrize(
    ("info", "data", "authors"),
    [
        (
            "By Jane Miller",
            '"author": {"@type": "Organization", "name": "Daily"}, "publisher": {"name": "Daily"}',
            ["Jane Miller"],
        ),
        ("", '"author": {"name": "Daily"}, "publisher": {"name": "Daily"}', ["Daily"]),
        ("By Jane Miller and Tom Baker", '"author": {"name": "Jane Miller"}', ["Jane Miller", "Tom Baker"]),
        ("", '"author": {"@id": "#jane"}}, {"@type": "Person", "@id": "#jane", "name": "Jane Miller"', ["Jane Miller"]),
    ],
)
def test_persons_are_told_from_the_house_and_named_in_full(info, data, authors):
    script = f'<script type="application/ld+json">[{{"@type": "NewsArticle", {data}}}]</script>'
    assert article(info, head=script).authors == authors


@pytest.mark.parametrize(
    "info",
    [
        "作者：这是一个没有写完的句子，他说",
        "作者：size=&quot;20&quot;",
        "<span class='author'>Learn more</span>",
        "作者：《新闻晚报》",
    ],
)
def test_pieces_of_sentences_and_labels_are_no_names(info):
    assert article(info).authors == []


def test_a_name_in_two_scripts_is_kept_whole():
    assert article("作者：周思博 (Joel Spolsky)").authors == ["周思博 (Joel Spolsky)"]
