"""Every text of the pages is there in Chinese, once, with the same gaps to fill in; and the pages come in it."""

import ast
import re
import tomllib
from pathlib import Path

import httpx
import pytest
from markupsafe import escape

from pipelines.neardup import Candidate, best_match, fingerprint
from pipelines.spamsignals import signals
from scheduler.preview import CUT, EMPTY, TOO_LATE
from scheduler.web import language
from scheduler.web.language import CHINESE, ENGLISH, heard, language_of, told, words
from scheduler.web.views import environment
from scheduler.web.wording import reason, refusal
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
_NEWS = "港务局今天通报，河口航道清淤完成，三号码头恢复靠泊。" * 9
_OWN = fingerprint("港口恢复", _NEWS)
_COPIES = (
    Candidate("1", "1", "港口恢复", _NEWS, _OWN.exact),
    Candidate("1", "1", "港口恢复", f"{_NEWS}另据记者了解，渡轮明天起恢复夜班。", 0),
)
REASONS = [
    *(best_match("港口恢复", _NEWS, _OWN, [copied]).detail for copied in _COPIES),
    *("by 林", "17 was published earlier"),
    *("the server answered 404", "failed in 4 runs: the server answered 502"),
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


REFUSING = (
    *("store/query_text.py", "store/places.py", "store/reviews.py", "store/search/answers.py", "store/search/index.py"),
    *("scheduler/adding.py", "scheduler/previews.py"),
)
# How previews end, and what reaches a page through another sentence
ENDS = {
    *(EMPTY, TOO_LATE, CUT, "it can't be started: Too many open files"),
    *(
        "http://a.example/ can't be read: the server answered 404",
        "no article and no list of articles at http://a.example/",
    ),
    *("the server answered 404", "http://a.example/ can't be read: the server answered 404"),
    "private address 10.0.0.1 refused; allow it with WINNOW_ALLOW_PRIVATE=10.0.0.1:80",
    "a name is of letters, digits, -, _ and . and begins with a letter or digit",
    "'often' is no duration; write a number and s, m, h or d: \"15m\"",
    "x: 'x' is no address; write it with its scheme: \"https://news.example.com/\"",
    "http://a:b@a.example/: an address must not carry a user name or password",
    "since: 'x' is no moment: write 2025-09-18, 2025-09, 2025-09-18T12:00+08:00 or an age such as 7d",
    "the search index is being made or brought up to date, 1 of 2 articles; try again soon",
    "the search index is being made or brought up to date; try again soon",
    "the search index is being made, 1 of 2 articles; try again soon",
    "the search index is being made; try again soon",
}


def refusals_of_code():
    """Yield what the code beneath says when it refuses something or kills a preview, a letter where it fills in."""
    for path in REFUSING:
        for node in ast.walk(ast.parse((WEB.parents[1] / path).read_text(encoding="utf-8"))):
            name = getattr(node, "func", None) and ast.unparse(node.func).rpartition(".")[2]
            if name in ("ConfigError", "Conflict", "SiteKnown", "PreviewsBusy", "kill") and node.args:
                text = node.args[0]
                parts = text.values if isinstance(text, ast.JoinedStr) else [text]
                said = "".join(part.value if isinstance(part, ast.Constant) else "x" for part in parts)
                if set(said) - set("x:; ") and "can't be written" not in said:  # what is passed on or kept to the log
                    yield said


def test_refusals_are_told_in_chinese():
    missed = set(of_catalog("refusals")) - {"gone", "restored", "condemned"}  # stand in others
    for sentence in {*refusals_of_code(), *ENDS}:
        known = heard(sentence, "refusals")
        assert known, sentence
        assert 'lang="en"' not in refusal(sentence, CHINESE)
        assert refusal(sentence) == escape(sentence)
        missed.discard(known.text)
    assert not missed


def test_what_is_filled_into_a_refusal_is_told_as_it_is_unless_it_is_ours():
    assert (
        refusal("name has condemned the article since; undo that first", CHINESE)
        == "name 后来又拒绝了这篇文章，请先撤销那一次"
    )
    assert refusal("there is a site '<i>' already", CHINESE) == "已经有名为 &#39;&lt;i&gt;&#39; 的站点"
    assert heard("%(by)s" * 300 + " has undone this already", "refusals") is None
    assert told(heard("%(by)s has undone this already", "refusals"), CHINESE) == "%(by)s 已经撤销过"


def test_a_sentence_begins_with_a_capital_unless_with_what_was_filled_in():
    assert refusal("the service stopped", opens=True) == "The service stopped"
    assert refusal("ada has undone this already", opens=True) == "ada has undone this already"
    assert refusal("after: 'x' is out of paper", opens=True).startswith("after")
    place = "after: 'x' is no place in this list; take the `next` of the page before"
    assert refusal(place, CHINESE, opens=True).startswith("after")


def test_no_catalog_holds_what_nobody_says():
    said = {*texts_of_templates(), *texts_of_code(), *FROM_DATA, *of_catalog("reasons"), *of_catalog("refusals")}
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


def test_a_script_of_a_page_is_told_what_is_wrong_in_the_language_of_the_page(client):
    asked = {"Accept-Language": "zh", "X-Form-Token": ""}
    wrong = client.post("/api/articles/nothing/restore", headers=asked)
    assert wrong.json() == {"error": "没有文章 nothing"}
    wrong = client.post("/api/sites", json={"url": "http://example.com/", "every": "1s"}, headers=asked)
    assert wrong.json() == {"error": "一个站点最多每分钟抓取一次"}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/articles?q=after:soon", "的时间 &#39;soon&#39; 无法识别"),
        ("/articles?after=nonsense", "不是这个列表里的位置"),
        ("/articles?status=odd", "参数 status 有误。"),
        ("/add/nothing", "没有这个预览，或已过期，请重新开始。"),
    ],
)
def test_what_was_asked_wrong_is_told_in_chinese_on_chinese_pages(client, path, said):
    assert said in client.get(path, headers={"Accept-Language": "zh"}).text


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
