"""`winnow articles`, `runs`, `sites` and `doctor`: reading back what one crawl stored."""

import csv
import io
import json

import pytest

from tests.scheduler.conftest import NOW, SITES
from tests.support.newsroom.process import Newsroom
from tests.support.winnow import Winnow


@pytest.fixture(scope="module")
def crawled(mongo_uri, tmp_path_factory):
    """The command over one crawl of the site, shared by the tests: they only read."""
    folder = tmp_path_factory.mktemp("crawled")
    with Newsroom(now=NOW) as site:
        (folder / "sites.toml").write_text(SITES.format(url=site.url))
        environ = {"WINNOW_NOW": NOW.isoformat(), "WINNOW_ALLOW_PRIVATE": f"127.0.0.1:{site.port}"}
        winnow = Winnow(folder, mongo_uri.replace("/?", "/reading?"), environ)
        winnow("crawl", "newsroom")
        yield winnow, site.truth()


@pytest.fixture
def winnow(crawled):
    return crawled[0]


@pytest.fixture
def truth(crawled):
    return crawled[1]


def test_words_are_found_wherever_they_stand_chinese_too(winnow, truth):
    found = winnow.json("articles", "龙舟", "--limit", "0")
    wanted = {t["title"] for t in truth if "龙舟" in t["title"] + t["text"] and not t["is_spam"] and not t["dup_of"]}
    assert {article["title"] for article in found} == wanted
    assert winnow.json("articles", "龙舟", "没有这个词") == []


def test_a_latin_word_is_a_whole_word_in_any_case(winnow):
    assert winnow.json("articles", "MARSH")
    assert winnow.json("articles", "mars") == []


def test_filters_bound_site_time_and_number(winnow):
    everything = winnow.json("articles", "--limit", "0")
    assert winnow.json("articles", "--site", "nosuch") == []
    assert len(winnow.json("articles", "--limit", "7")) == 7
    recent = winnow.json(
        "articles", "--since", "2025-12-01T00:00+08:00", "--until", "2025-12-15T00:00+08:00", "--limit", "0"
    )
    assert recent
    assert all("2025-12-01" <= article["published_at"] < "2025-12-15" for article in recent)
    times = [article["published_at"] for article in everything]
    assert times == sorted(times, reverse=True)


def test_times_carry_the_publishers_zone(winnow):
    assert all(article["published_at"].endswith("+08:00") for article in winnow.json("articles"))


def test_every_verdict_can_be_asked_for(winnow):
    by_status = {
        s: winnow.json("articles", "--status", s, "--limit", "0") for s in ("accepted", "duplicate", "rejected")
    }
    assert all(by_status.values())
    assert all(article["reasons"] for article in by_status["rejected"] + by_status["duplicate"])
    assert all(article["copy_of"] for article in by_status["duplicate"])
    everything = winnow.json("articles", "--status", "any", "--limit", "0")
    assert len(everything) >= sum(map(len, by_status.values()))


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_formats_hold_the_same_articles(winnow, form):
    said = winnow("articles", "--limit", "5", "--format", form).stdout
    if form == "csv":
        ids = [row["id"] for row in csv.DictReader(io.StringIO(said))]
    else:
        ids = [a["id"] for a in (json.loads(said) if form == "json" else map(json.loads, said.splitlines()))]
    assert ids == [article["id"] for article in winnow.json("articles", "--limit", "5")]


def test_one_article_is_shown_by_id_start_of_id_or_address(winnow, truth):
    article = winnow.json("articles", "--limit", "1")[0]
    for name in (article["id"], article["id"][:8], article["url"] + "?utm_source=mail"):
        assert winnow.json("articles", "show", name) == article
    shown = winnow("articles", "show", article["id"]).stdout
    assert article["title"] in shown
    assert "related" in shown
    assert "no article" in winnow("articles", "show", "nosuchid", code=2).stderr


def test_results_go_to_stdout_and_the_rest_to_stderr(winnow):
    done = winnow("articles", "--limit", "2")
    assert "of" in done.stderr
    assert "articles" not in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_runs_are_listed_shown_and_have_a_log(winnow):
    (run,) = winnow.json("runs")
    assert (run["site"], run["state"], run["asked_by"]) == ("newsroom", "finished", "person")
    shown = winnow.json("runs", "show", run["id"][:20])
    assert shown["counts"]["dropped"]
    assert "finished: all read" in winnow("runs", "log", run["id"]).stdout
    assert "no run" in winnow("runs", "show", "nosuch", code=2).stderr


def test_doctor_names_what_is_wrong_with_a_remedy(winnow):
    said = winnow("doctor", code=1).stdout
    assert "ok   store: MongoDB" in said
    assert "→ set WINNOW_CONTACT" in said
    assert "BAD" not in winnow("doctor", WINNOW_CONTACT="desk@example.org").stdout


def test_sites_are_added_checked_and_listed(tmp_path, mongo_uri):
    winnow = Winnow(tmp_path, mongo_uri)
    winnow("sites", "add", "https://news.example.com/", "--every", "15m")
    assert "1 sites, no mistake" in winnow("sites", "check").stdout
    assert winnow.json("sites")[0]["name"] == "news.example.com"
    assert "already" in winnow("sites", "add", "https://news.example.com/", code=2).stderr
    assert "often" in winnow("sites", "add", "https://b.example.com/", "--every", "often", code=2).stderr


@pytest.mark.parametrize(
    "arguments", [["articles", "--since", "someday"], ["articles", "--bogus"], ["nosuch"], ["crawl"]]
)
def test_a_mistake_of_usage_is_exit_code_2(winnow, arguments):
    done = winnow(*arguments, code=2)
    assert "Error" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_names_every_command(winnow):
    said = winnow("--help").stdout
    assert all(name in said for name in ("crawl", "serve", "sites", "articles", "runs", "doctor"))
