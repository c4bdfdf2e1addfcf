"""Files of articles: typed, streamed, whole or not there."""

import io
import signal
import subprocess
import sys
from datetime import UTC, datetime
from itertools import repeat

import pyarrow as pa
import pytest
from pyarrow import parquet

from scheduler.export import about_search, form_of, target, write_articles
from scheduler.parquet import SCHEMA, write_parquet
from store.errors import ConfigError
from store.queries import FIELDS, present
from tests.support import articles
from tests.support.winnow import ROOT

REASON = {"code": "copy", "detail": "d", "weight": 1.0}
RELATED = {"url": "http://a/", "title": "t", "excerpt": "e", "status": "rejected", "reasons": [REASON]}
AT = datetime(2025, 9, 18, 4, 30, 15, 250000, tzinfo=UTC)
ABOUT = about_search("港口 port", articles.NOW)


def record(number=1, **fields):
    return present(articles.article(number, **fields))


def test_parquet_holds_every_field_with_its_type():
    article = record(published_at=AT, published_offset=480, tags=["港口"], reasons=[REASON], related=[RELATED])
    file = io.BytesIO()
    write_parquet([article, record(2)], file)
    table = parquet.read_table(io.BytesIO(file.getvalue()))
    assert table.column_names == list(FIELDS)
    assert table.schema.field("published_at").type == pa.timestamp("ms", tz="UTC")
    first, second = table.to_pylist()
    assert (first["published_at"], first["tags"]) == (AT, ["港口"])
    assert (first["reasons"], first["related"]) == ([REASON], [RELATED])
    assert (second["published_at"], second["versions"]) == (None, 0)


def test_parquet_is_written_in_groups_while_articles_are_read():
    file, written = io.BytesIO(), []

    def found():
        for number in range(4500):
            written.append(file.tell())
            yield record(number)

    write_parquet(found(), file)
    read = parquet.ParquetFile(io.BytesIO(file.getvalue()))
    assert [read.metadata.row_group(group).num_rows for group in range(read.num_row_groups)] == [2000, 2000, 500]
    assert written[2000] > written[1999]


@pytest.mark.parametrize(
    "much", [{"text": "x" * 20_000_000}, {"related": [RELATED | {"excerpt": "e" * 2000}] * 10_000}]
)
def test_very_long_articles_make_smaller_groups(much):
    file = io.BytesIO()
    write_parquet([record(number, **much) for number in range(3)], file)
    assert parquet.ParquetFile(io.BytesIO(file.getvalue())).num_row_groups == 2


def test_no_articles_are_a_file_with_a_schema():
    file = io.BytesIO()
    write_parquet([], file)
    assert parquet.read_table(io.BytesIO(file.getvalue())).schema.equals(SCHEMA)


@pytest.mark.parametrize("form", ["csv", "jsonl", "atom"])
def test_text_is_written_while_articles_are_read(form):
    class Enough(Exception):
        """The writer has had ten."""

    file, asked = io.BytesIO(), []

    def found():
        for article in repeat(record()):
            asked.append(file.tell())
            if len(asked) > 10:
                raise Enough
            yield article

    with pytest.raises(Enough):
        write_articles(found(), form, file, ABOUT, with_mark=False)
    assert asked[2:] == sorted(set(asked[2:])), "each article is written before the next is asked for"


def test_a_mark_for_excel_is_written_on_demand():
    file = io.BytesIO()
    write_articles([record()], "csv", file, ABOUT, with_mark=True)
    assert file.getvalue().startswith(b"\xef\xbb\xbfid,")


def test_the_ending_of_a_name_says_the_form(tmp_path):
    assert form_of(tmp_path / "a.PARQUET", None) == "parquet"
    assert form_of(tmp_path / "a.csv", "jsonl") == "jsonl"
    with pytest.raises(ConfigError, match="--format"):
        form_of(tmp_path / "a.zip", None)


def test_a_file_is_replaced_only_when_it_is_said(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("before")
    with pytest.raises(ConfigError, match="--force"), target(path, is_forced=False):
        pass
    with target(path, is_forced=True) as file:
        file.write(b"after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_that_fails_leaves_nothing(tmp_path):
    def fail():
        with target(tmp_path / "a.csv", is_forced=False) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_is_killed_leaves_nothing_under_its_name(tmp_path):
    path = tmp_path / "a.csv"
    program = (
        "import sys, time; from pathlib import Path; from scheduler.export import target\n"
        "with target(Path(sys.argv[1]), is_forced=False) as file:\n"
        "    file.write(b'half'); file.flush(); print('half', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"half\n"
        child.send_signal(signal.SIGKILL)
    assert not path.exists()


def test_what_can_not_be_written_is_said_in_a_line(tmp_path):
    with pytest.raises(ConfigError, match="No such file"), target(tmp_path / "no" / "a.csv", is_forced=False):
        pass
