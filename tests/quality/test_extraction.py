"""Extraction keeps its quality: floors over the labelled pages and the CMS mirrors."""

import hashlib
import json
import statistics
import tarfile
import tomllib
from collections import defaultdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from crawler.document import parse
from crawler.extract.article import extract_article
from crawler.items import Article, Page, Reason
from tests.quality.extraction import answers, figures, scorer
from tests.support.shared import lines, shared

pytestmark = pytest.mark.long

FLOORS = tomllib.loads(Path(__file__).with_name("extraction.toml").read_text(encoding="utf-8"))
MIRRORS = {"zblog-tpure": "http://127.0.0.1:8711/", "wordpress": "http://127.0.0.1:8721/"}
RENDERED = datetime.fromisoformat("2025-12-20T12:00:00+08:00")
# What the mirrors' pages print around their texts.
FURNITURE = (
    "上一篇：", "下一篇：", "相关文章", "Related posts:", "分享给朋友", "扫描二维码推送", "最新评论", "Leave a comment",
    "Previous post", "Next post", "Recent Posts", "当前位置", "本文链接：",
)  # fmt: skip


@cache
def dev_figures() -> dict[str, float]:
    """Return the mean of each measure by language, as the scorer counts it."""
    pages = list(lines(shared("data/extraction-dev.jsonl.xz")))
    found = defaultdict(list)
    for page, answer in zip(pages, answers(pages), strict=True):
        for measure, value in figures(scorer(), page, answer):
            found[f"{measure} {page['lang']}"].append(value)
    return {name: statistics.mean(values) for name, values in found.items()}


def test_the_labelled_pages_are_those_the_floors_were_measured_on():
    data = shared("data/extraction-dev.jsonl.xz").read_bytes()
    assert hashlib.sha256(data).hexdigest() == FLOORS["digest"]


@pytest.mark.parametrize("measure", FLOORS["dev"])
def test_labelled_pages_reach_the_floor(measure):
    assert dev_figures()[measure] >= FLOORS["dev"][measure]


@cache
def mirror(name: str) -> list[tuple[dict[str, Any], dict[str, Any] | None, Article | Reason]]:
    """Return each article and list page of a mirror with its truth and what was extracted."""
    with tarfile.open(shared(f"data/sites/{name}.tar.xz")) as archive:
        files = {member.name: archive.extractfile(member) for member in archive.getmembers() if member.isfile()}
        contents = {path: file.read() for path, file in files.items() if file and "/wp-content/" not in path}
    truth = {row["id"]: row for row in map(json.loads, contents[f"{name}/truth.jsonl"].splitlines())}
    rows = [json.loads(row) for row in contents[f"{name}/pages.jsonl"].splitlines()]
    pages = [row for row in rows if row["kind"] in ("article", "list", "tag", "date", "author")]
    return [(row, truth.get(row["id"]), extracted(name, row["path"], contents)) for row in pages]


def extracted(name: str, path: str, contents: dict[str, bytes]) -> Article | Reason:
    file = f"{name}/site/{unquote(path)}"
    body = contents[f"{file}index.html" if file.endswith("/") else file]
    url = MIRRORS[name] + path
    page = Page(url=url, status=200, headers={}, body=body, fetched_at=RENDERED)
    return extract_article(parse(body, url), page, site=name, now=RENDERED)


def articles(name: str) -> list[tuple[dict[str, Any], Article]]:
    return [(truth, found) for _, truth, found in mirror(name) if truth and isinstance(found, Article)]


@pytest.mark.parametrize("name", MIRRORS)
class TestMirror:
    def test_every_article_page_is_an_article_and_no_list_page_is(self, name):
        wrong = [row["path"] for row, truth, found in mirror(name) if isinstance(found, Article) != (truth is not None)]
        assert wrong == []

    def test_text_reaches_the_floor(self, name):
        score = scorer()
        whole = [
            score.text_score({"text": truth["text"]}, article.text, truth["lang"])[2]
            for truth, article in articles(name)
            if not truth["multipage"]
        ]
        assert statistics.mean(whole) >= FLOORS["mirrors"][name]["text"]

    def test_no_text_holds_what_stands_around_it(self, name):
        assert [(a.url, word) for _, a in articles(name) for word in FURNITURE if word in a.text] == []

    def test_text_hidden_from_readers_is_left_out(self, name):
        texts = [(truth["hidden"], article) for truth, article in articles(name) if truth["hidden"]]
        concealed = [(hidden, a) for hidden, a in texts if b'display:none">' + hidden[:20].encode() in a.page.body]
        assert not any(hidden[:20] in article.text for hidden, article in concealed)

    def test_titles_authors_and_categories_are_those_shown(self, name):
        for truth, article in articles(name):
            assert dashes(article.title) == dashes(truth["title"])
            assert article.authors == [truth["shown"]["author"].removeprefix("By ")]
            assert article.category == truth["shown"]["category"].removeprefix("Categorized as ")

    def test_days_are_those_shown(self, name):
        wrong = [
            article.url
            for truth, article in articles(name)
            if article.published_at is None or article.published_at.isoformat()[:10] != truth["date"][:10]
        ]
        assert len(wrong) <= FLOORS["mirrors"][name]["wrong_days"]

    def test_the_related_block_is_read_whole_and_in_order(self, name):
        for truth, article in articles(name):
            assert [unquote(t.url.removeprefix(MIRRORS[name])) for t in article.related] == [
                unquote(url) for url in truth["related"]
            ]
            assert all(teaser.title and teaser.excerpt for teaser in article.related)


def dashes(title: str) -> str:
    """Fold what is the printer's: WordPress sets dashes, quotes and dots, HTML knows one kind of space."""
    return " ".join(title.split()).translate(str.maketrans("–—‘’“”", "--''\"\"")).replace("...", "…")


def test_the_seed_page():
    truth, article = next(pair for pair in articles("zblog-tpure") if pair[0]["seed"] and pair[0]["id"] == 268)
    assert article.title == truth["title"]
    assert article.authors == ["admin"]
    assert article.category == "绿巨人快讯"
    assert article.published_at is not None
    assert article.published_at.date().isoformat() == "2025-09-18"
    assert article.text.startswith("今天(9月18日),")
    assert article.text.endswith("(本文图片 陈正宝 摄)")
    assert len(article.related) == 6
    assert len(article.images) == 1
