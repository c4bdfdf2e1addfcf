"""Every text of the pages is there in Chinese, once, with the same gaps to fill in; and the pages come in it."""

import ast
import re
import tomllib
from pathlib import Path

import httpx
import pytest
from markupsafe import escape

from pipelines.spamsignals import signals
from scheduler.web import language
from scheduler.web.language import CHINESE, ENGLISH, language_of, words
from scheduler.web.views import environment
from scheduler.web.wording import reason
from store import figures, reviews
from store.runs import STATES
from store.schema import STATUSES
from tests.support.records import alert, run_record

WEB = Path(language.__file__).parent
CATALOGS = sorted((WEB / "zh").glob("*.toml"))
_FIELD = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
PAGES = (
    *("/", "/?q=xx", "/runs", "/runs/beacon-2", "/alerts", "/statistics", "/sites/beacon", "/nowhere"),
    *("/articles", "/review", "/review/done", "/verdicts"),
)
# What stages give as reasons is shown as data, too
_SPINNER = "你有没有想过免费下载壁纸？一、壁纸下载 壁纸下载就在这里。二、壁纸下载 继续往下看，一探究竟。" * 2
REASONS = [
    *(found.detail for found in signals("壁纸下载", _SPINNER)),
    *(found.detail for found in signals("壁纸下载，美出新高度", _SPINNER)),
    "reads like search-engine text: 「…」",
    "no running text",
]
NAMES = {"Winnow", "beacon", "lantern", "example", "Atom", "Feed", "Enter"}
# What templates say of data, and so does not stand in them
FROM_DATA = {
    *(*STATES, *STATUSES, *reviews.DEEDS, figures.ARTICLE, figures.TEASER, "any"),
    *("failing", "killed", "yields-nothing", "field-vanished", "quarantine", "disk", "sites-file", "store-away"),
    *("ok", "quiet", "second", "minute", "hour", "day", "month", "year"),
    *("feed", "listing", "sitemap", "related", "request"),
    *("on demand", "paused in the file"),
    *("all read", "its process died", "stopped by a signal", "another run took over"),
    *("ended at its time limit", "ended at its memory limit", "MongoDB has been away for too long"),
    *("ended at the limit", "ended at the page budget"),
    "MongoDB does not answer; what is stored can't be shown or changed now",
    "there are too many verdicts to look into; ask for a site or a reason, too",
}


def texts_of_templates():
    made = environment(ENGLISH)
    for path in sorted((WEB / "templates").glob("*.html")):
        for _, function, text in made.extract_translations(path.read_text(encoding="utf-8")):
            found = text[function == "ngettext"] if isinstance(text, tuple) else text  # of one and many, many
            if found is not None:  # a variable
                yield found


def texts_of_code():
    for path in sorted(WEB.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "said":
                text = node.args[0]
                assert isinstance(text, ast.Constant), f"{path.name}, line {node.lineno}"
                yield text.value


def test_every_text_has_its_chinese():
    known = words(CHINESE)
    assert [text for text in {*texts_of_templates(), *texts_of_code(), *FROM_DATA} if text not in known] == []


def test_reasons_are_told_in_chinese():
    assert len({detail.partition(": 「")[0] for detail in REASONS}) == len(of_catalog("reasons"))
    for detail in REASONS:
        told, _, _ = reason(detail, CHINESE).partition("「")
        assert not re.search("[a-z]", told), detail


def test_no_catalog_holds_what_nobody_says():
    said = {*texts_of_templates(), *texts_of_code(), *FROM_DATA, *of_catalog("reasons")}
    assert [text for text in words(CHINESE) if text not in said] == []


def of_catalog(name):
    return tomllib.loads((WEB / "zh" / f"{name}.toml").read_text(encoding="utf-8"))


def test_no_text_is_told_in_two_ways():
    seen = {}
    for path in CATALOGS:
        for text, chinese in tomllib.loads(path.read_text(encoding="utf-8")).items():
            assert seen.setdefault(text, chinese) == chinese, f"{path.name}: {text}"


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_a_translation_has_the_gaps_of_its_text(path):
    for text, chinese in tomllib.loads(path.read_text(encoding="utf-8")).items():
        gaps = {name for pair in _FIELD.findall(text) for name in pair if name}
        assert {name for pair in _FIELD.findall(chinese) for name in pair if name} <= gaps, text
        if "%" in text:
            assert chinese % dict.fromkeys(gaps, "1"), text


def test_the_language_is_the_browsers(client):
    asked = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
    page = client.get("/runs", headers=asked)
    assert page.headers["Content-Language"] == "zh"
    assert '<html lang="zh-Hans">' in page.text
    assert "抓取记录" in page.text
    assert "Runs" in client.get("/runs").text
    assert language_of("fr") == ENGLISH


def test_what_is_wrong_is_said_in_the_language_of_a_page_and_in_english_to_programs(client):
    asked = {"Accept-Language": "zh"}
    assert "没有抓取记录 nine-1。" in client.get("/runs/nine-1", headers=asked).text
    assert client.get("/api/runs/nine-1", headers=asked).json() == {"error": "there is no run nine-1"}
    hostile = "%(x)s<b>"
    assert escape(hostile) in client.get(f"/runs/{hostile}", headers=asked).text


def test_no_page_in_chinese_says_anything_in_english(web, sync_database):
    """But for names, codes, and what a run or an alert says of itself, which is marked as English."""
    sync_database["runs"].insert_many([run_record(1), run_record(2, state="failed") | {"cause": "time-limit"}])
    sync_database["alerts"].insert_one(alert())
    with httpx.Client(base_url=web.url, headers={"Accept-Language": "zh"}) as client:
        for path in PAGES:
            text = re.sub(r'<(\w+)[^>]* lang="en"[^>]*>.*?</\1>', "", client.get(path).text, flags=re.DOTALL)
            text = re.sub(r"<title>.*?</title>|<code.*?</code>|<[^>]*>", " ", text, flags=re.DOTALL)
            left = set(re.findall(r"[A-Za-z][a-z]{2,}(?: [a-z]+)*", text))
            assert left <= NAMES, path
