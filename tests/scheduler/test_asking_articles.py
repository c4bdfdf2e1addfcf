"""`winnow articles` over articles that were made to be hard: what is asked, how it looks, what a terminal gets."""

import csv
import io
import json
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from lxml import etree
from pymongo import MongoClient
from rich.cells import cell_len

from scheduler.cli import winnow as root
from store.errors import ConfigError
from tests.support import articles
from tests.support.terminal import in_terminal
from tests.support.winnow import Winnow

NOW = datetime(2025, 12, 20, 12, tzinfo=UTC)
HOSTILE = "=1+1\x1b]0;owned\x07\x1b[2J\u202e\x9b31m<script>\n" + "长" * 1_000_000
STORY = articles.article(1)["_id"]
REASON = {"code": "copy", "detail": "of \x1b[5m the first", "weight": 1.0}
TEXT = "（记者罗素梅）“云川港”吞吐量首破68万标箱，创新高！" * 6
BEFORE = {"title": "港口吞吐量为67万标箱", "text": f"{TEXT}\n第二段说67万。\n第三段。"}
SEEN = re.compile("\x1b\\[[0-9;]*m")  # colours are ours
CODES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def stored():
    at = [NOW - timedelta(days=days) for days in range(9)]
    fields = {"text": TEXT, "authors": ["陆晓棠"], "tags": ["财经"], "published_offset": 480}
    dates = [{"sort_at": moment, "published_at": moment} for moment in at]
    return [
        articles.article(1, title="港口吞吐量首破68万标箱", site="beacon", versions=1, **fields | dates[1])
        | {"text": f"{TEXT}\n第二段说68万。\n第三段。"},
        articles.article(2, title="港口 copy", site="\x1b[31mmirror", status="duplicate", copy_of=STORY, story=STORY,
                         reasons=[REASON], **fields | dates[2]),
        articles.article(3, title=HOSTILE, site="beacon", **fields | dates[3])
        | {"text": "港口广告\x1b[31m\u202e", "related": [{"url": "http://a/", "title": HOSTILE, "excerpt": "",
                                                      "status": "rejected", "reasons": [REASON]}]},
        articles.article(4, title="Machine-Learning news", site="beacon", text="of ports", **dates[8]),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def winnow(mongo_uri, tmp_path_factory):
    """The command over a few articles, shared by the tests: they only read."""
    uri = mongo_uri.replace("/?", "/hard?")
    winnow = Winnow(tmp_path_factory.mktemp("hard"), uri, {"WINNOW_NOW": NOW.isoformat()})
    winnow("db", "migrate")
    with MongoClient(uri, tz_aware=True) as client:
        database = client["hard"]
        articles.store(database, *stored())
        version = {"_id": f"{STORY}/1", "article": STORY, "number": 1, "replaced_at": NOW, "authors": [], **BEFORE}
        database["versions"].insert_one(version)
        yield winnow
        client.drop_database("hard")


@pytest.fixture
def asked(winnow):
    """`winnow articles` in this process, for what is the same there: ask, and get what was written."""

    def ask(*arguments):
        result = CliRunner().invoke(root, ["articles", *arguments], env=winnow.options()["env"])
        assert result.exit_code == 0, result.output
        return result.stdout

    return ask


def numbers(said):
    return [int(each["url"].rpartition("/")[2]) for each in json.loads(said)]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["港口"], [1, 3]),
        (["港口", "-广告"], [1]),
        (["-港口"], [4]),
        (['"machine learning"'], [4]),
        (["machine", "learning", "--order", "best"], [4]),
        (["site:beacon", "after:2025-12-18"], [1]),
        (["--since", "2025-12-18"], [1]),
        (["--until", "2025-12-17T13:00Z"], [3, 4]),
        (["--author", "陆晓棠", "--tag", "财经"], [1, 3]),
        (["港口", "--status", "any", "--site", "\x1b[31mmirror"], [2]),
        (["--limit", "1"], [1]),
    ],
)
def test_words_and_options_say_which(asked, words, wanted):
    assert numbers(asked(*words, "--json")) == wanted


def test_ages_count_from_the_moment_that_is_set(winnow):
    assert numbers(winnow("articles", "after:2d", "--json").stdout) == [1]
    assert numbers(winnow("articles", "--since", "2d", "--json").stdout) == [1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--bogus"], "No such option '--bogus'"),
        (["港口", "--limt=3"], "--limit"),
        (["--json", "--format", "csv"], "contradict"),
        (["site:"], "site: says nothing"),
        (["after:someday"], "after: 'someday' is no moment"),
        (["x" * 501], "500 characters"),
        (["show", "nosuch"], "no article 'nosuch'"),
        (["diff", STORY, "--version", "7"], "has no version 7"),
        (["diff", articles.article(4)["_id"]], "has not changed"),
        (["export", "a.zip"], "--format"),
        (["export"], "FILE"),
    ],
)
def test_a_mistake_says_what_is_wrong(winnow, arguments, said):
    result = CliRunner().invoke(root, ["articles", *arguments], env=winnow.options()["env"])
    if isinstance(result.exception, ConfigError):
        assert said in str(result.exception)
    else:
        assert result.exit_code == 2
        assert said in result.stderr.splitlines()[-1]


def test_help_is_given_for_h_among_words(asked):
    assert "Usage" in asked("港口", "-h")


def test_a_list_in_a_pipe_has_tabs_and_a_line_for_each_article(asked):
    rows = [line.split("\t") for line in asked("--status", "any").splitlines()]
    assert [len(row) for row in rows] == [6] * 4
    first, second, third = rows[:3]
    assert first == [STORY, "2025-12-19T20:00:00+08:00", "beacon", "accepted", "港口吞吐量首破68万标箱", ""]
    assert second[5] == "copy: of [5m the first"
    assert len(third[4]) == 500


def test_a_list_in_a_terminal_fits_it_and_marks_what_was_looked_for(winnow):
    said = in_terminal(winnow, "articles", "港口", "--status", "any", columns=80)
    assert "\x1b[1;33m港口\x1b[0m吞吐量" in said
    lines = SEEN.sub("", said).replace("\r", "").splitlines()
    assert all(cell_len(line) <= 80 for line in lines)
    assert any(line.endswith("…") for line in lines)
    assert "duplicate   copy: of [5m the first" in said.replace("\x1b[0m", "").replace("\x1b[36m", "").replace(
        "\x1b[2m", ""
    )


@pytest.mark.parametrize("arguments", [["--status", "any"], ["show", articles.article(3)["_id"]], ["diff", STORY]])
def test_a_terminal_is_sent_nothing_that_it_obeys_but_colours(winnow, arguments):
    said = in_terminal(winnow, "articles", *arguments)
    assert "长长" in said or "68" in said
    assert not CODES.search(SEEN.sub("", said).replace("\r", ""))


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "atom"])
def test_no_form_holds_what_a_terminal_obeys(asked, form):
    said = asked("--format", form)
    assert "长长" in said
    assert not CODES.search(said.replace("\r\n", "\n"))


def test_no_color_is_obeyed(winnow):
    assert "\x1b[3" not in in_terminal(winnow, "articles", "港口", NO_COLOR="1")


def test_an_article_is_shown_in_lines_that_fit_with_all_that_belongs_to_it(asked):
    said = asked("show", STORY)
    assert all(cell_len(line) <= 88 for line in said.splitlines())
    assert not re.search("^[，。！”）]", said, re.MULTILINE)
    assert "".join(TEXT.split()) in "".join(said.split())
    assert "other articles of this story" in said
    assert "copy   [31mmirror" in said
    assert "1  until 2025-12-20 12:00 +0000, then +6 −5 characters" in said


def test_related_teasers_are_shown_with_verdict_and_reason(asked):
    said = asked("show", articles.article(3)["_id"])
    assert re.search(r"^ +rejected  =1\+1", said, re.MULTILINE)
    assert "copy: of [5m the first" in said


def test_a_long_article_is_paged_like_a_short_one_is_not(winnow, tmp_path):
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat > {tmp_path}/paged\n")
    pager.chmod(0o755)
    assert "港口" in in_terminal(winnow, "articles", "show", STORY, PAGER=str(pager), lines=500)
    assert not (tmp_path / "paged").exists()
    assert "港口" not in in_terminal(winnow, "articles", "show", STORY, PAGER=str(pager), lines=10)
    assert "港口" in (tmp_path / "paged").read_text()


def test_what_changed_is_shown_with_signs_in_a_pipe_and_colours_in_a_terminal(winnow, asked):
    said = asked("diff", STORY)
    assert "港口吞吐量[-为67-]{+首破68+}万标箱" in said
    assert "第二段说[-67-]{+68+}万。" in said
    coloured = in_terminal(winnow, "articles", "diff", STORY, "--version", "1")
    assert "\x1b[9;31m67\x1b[0m\x1b[32m68\x1b[0m" in coloured
    told = json.loads(asked("diff", STORY, "--json"))
    assert (told["version"], told["next"]) == (1, None)
    assert {"kind": "added", "text": "首破68"} in told["title"]


def test_every_form_says_the_same(asked):
    ids = [each["id"] for each in json.loads(asked("--json"))]
    assert [json.loads(line)["id"] for line in asked("--format", "jsonl").splitlines()] == ids
    csv.field_size_limit(10_000_000)
    rows = list(csv.DictReader(io.StringIO(asked("--format", "csv"))))
    assert [row["id"] for row in rows] == ids
    feed = etree.fromstring(asked("--format", "atom").encode(), etree.XMLParser(huge_tree=True))
    found = [entry.findtext("{*}id") for entry in feed.findall("{*}entry")]
    assert found == [f"urn:winnow:{each}" for each in ids]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "atom", "parquet"])
def test_an_export_is_a_file_of_that_form(asked, tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    asked("export", str(path), "港口", "-广告")
    size = path.stat().st_size
    assert size > 500
    with pytest.raises(AssertionError):
        asked("export", str(path))
    asked("export", str(path), "--status", "any", "--force")
    assert path.stat().st_size > size


def test_an_export_goes_down_a_pipe_but_parquet_not_to_a_terminal(winnow):
    done = subprocess.run(
        winnow.command("articles", "export", "-", "--format", "parquet"),
        **winnow.options() | {"text": False},
        capture_output=True,
        check=True,
    )
    assert done.stdout[:4] == done.stdout[-4:] == b"PAR1"
    assert "not for a terminal" in in_terminal(winnow, "articles", "export", "-", "--format", "parquet")


def test_a_bar_is_shown_in_a_terminal(winnow, tmp_path):
    said = in_terminal(winnow, "articles", "export", str(tmp_path / "a.csv"))
    assert "exporting" in said
    assert "3/3" in said
    assert "a.csv: 3 articles" in said


def test_nothing_is_imported_that_a_list_in_a_pipe_does_not_need(winnow):
    command = winnow.command("articles")
    done = subprocess.run(
        [command[0], "-X", "importtime", *command[1:]], **winnow.options(), capture_output=True, check=True
    )
    assert done.stdout
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "store.queries" in imported
    assert not imported & {"fastapi", "scrapy", "apscheduler", "pyarrow", "rich.console", "rich.progress", "jinja2"}
