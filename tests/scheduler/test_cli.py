"""Whatever it is called with and whoever reads it, the command ends with one line and an exit code at worst."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from pymongo import MongoClient
from rich.cells import cell_len

from tests.support import articles
from tests.support.terminal import in_terminal
from tests.support.winnow import Winnow

TITLE = "港口吞吐量首破68万标箱"
OWN = articles.article(1)["_id"]
BARE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
LONG = [["articles", "--limit", "0"], ["articles", "show", OWN], ["--help"]]

SITE = "news.harbour-times.example.com"
# What is to be read where there are 60 columns
WHOLE = {
    "review": rf"{articles.article(2)['_id']}  2025-12-20  .* 港口吞吐量.*…\n +quarantined bait: 가",
    "stats": r"demo +1 +█\n +2025-11-21 to 2025-12-20, a day each\n",
    "sites": r"news.*…  every 15m  now +2025-12-20 \d\d:00  https.*…",
    "runs": rf"{SITE[:10]}.*…  finished  2025-12-20 \d\d:00:00 +1234 +123\n",
}


def stored():
    fields = {"title": f"{TITLE} 가", "text": "港口🚢。" * 9000, "published_at": articles.NOW}
    reasons = [{"code": "bait", "detail": "가", "weight": 1.0}]
    yield articles.article(1, **fields)
    for number in range(2, 40):
        yield articles.article(number, status="quarantined", reasons=reasons, site=f"港{number}", **fields)


@pytest.fixture(scope="module")
def winnow(mongo_uri, tmp_path_factory):
    """The command over articles whose characters few encodings have, shared by the tests: they only read."""
    environ = {"WINNOW_NOW": articles.NOW.isoformat()}
    winnow = Winnow(tmp_path_factory.mktemp("cli"), mongo_uri.replace("/?", "/cli?"), environ)
    winnow("db", "migrate")
    with MongoClient(winnow.uri, tz_aware=True) as client:
        articles.store(client["cli"], *stored())
        run = {"_id": f"{SITE}-20251220T120000-ab12", "site": SITE, "state": "finished", "reason": "all read"}
        counts = {"counts": {"pages": 1234, "accepted": 123}, "started_at": articles.NOW, "ended_at": articles.NOW}
        client["cli"]["runs"].insert_one(run | counts)
        (winnow.data / "sites.toml").write_text(f'[site."{SITE}"]\nurl = "https://{SITE}/latest"\nevery = "15m"\n')
        yield winnow
        client.drop_database("cli")


@pytest.mark.parametrize(
    "arguments",
    [
        ["stats", "--site", b"\xff"],
        ["articles", "show", b"\xff\xfe"],
        ["articles", "export", "x.csv", b"\xe6\xb8\xaf\xff"],
    ],
)
def test_an_argument_that_is_no_text_is_a_mistake_told_in_a_line(winnow, arguments):
    said = winnow(*arguments, code=2).stderr
    assert said.count("\n") == 1
    assert r"\xff" in said


@pytest.mark.parametrize(
    ("arguments", "locale"),
    [
        (["articles", "show", OWN], BARE),
        (["articles", "show", OWN], {"PYTHONIOENCODING": "gbk"}),
        (["stats"], BARE),
    ],
)
def test_what_a_locale_lacks_is_written_as_a_question_mark(winnow, arguments, locale):
    done = subprocess.run(
        winnow.command(*arguments), **winnow.options(**locale) | {"text": False}, capture_output=True, check=True
    )
    assert b"?" in done.stdout
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [*LONG, ["articles", "--json"], ["stats"]])
def test_a_reader_that_has_enough_is_no_failure(winnow, arguments):
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "w") as pipe:
        done = subprocess.run(
            winnow.command(*arguments), **winnow.options(), stdout=pipe, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", LONG)
def test_a_disk_that_is_full_is_told_in_a_line(winnow, arguments):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            winnow.command(*arguments), **winnow.options(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (1, "winnow: the output can't be written: No space left on device\n")


@pytest.mark.parametrize("arguments", [["review"], ["stats"], ["sites"], ["runs"]])
def test_a_narrow_terminal_has_the_same_columns_with_what_is_cut_marked(winnow, arguments):
    said = re.sub("\x1b\\[[0-9;]*m", "", in_terminal(winnow, *arguments, columns=60)).replace("\r", "")
    assert all(cell_len(line) <= 60 for line in said.splitlines())
    assert re.search(WHOLE[arguments[0]], said)
