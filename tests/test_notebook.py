"""What docs/notebook.md shows works as it stands there, one block after the other."""

import re
from datetime import UTC, datetime, timedelta

import pandas as pd
import polars as pl
import pytest

from store.connect import read_settings
from store.queries import Query, open_archive
from tests.support import articles
from tests.support.docs import DOCS
from tests.support.winnow import Winnow

BLOCKS = re.findall(r"```python\n(.*?)```", (DOCS / "notebook.md").read_text(encoding="utf-8"), re.DOTALL)
AT = datetime(2025, 9, 18, 4, tzinfo=UTC)
REASON = {"code": "copy", "detail": "d", "weight": 1.0}
RELATED = {"url": "http://a/", "title": "t", "excerpt": "", "status": "accepted", "reasons": []}


@pytest.fixture
def filled(mongo_uri, sync_database, tmp_path, monkeypatch):
    """A database as notebooks find it by the environment: no date but in the last of 150 articles."""
    fields = {"title": "港口吞吐量", "tags": ["财经"], "reasons": [], "related": [RELATED]}
    undated = [articles.article(number, published_at=None, **fields) for number in range(150)]
    last = articles.article(151, published_at=AT, published_offset=480, sort_at=AT, status="duplicate", **fields)
    other = articles.article(152, published_at=AT, published_offset=-300, sort_at=AT + timedelta(days=1), **fields)
    articles.store(sync_database, *undated, last | {"reasons": [REASON]}, other)
    monkeypatch.setenv("MONGODB_URI", mongo_uri)
    monkeypatch.setenv("WINNOW_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return Winnow(tmp_path, mongo_uri)


def test_every_block_of_the_page_runs(filled, tmp_path, capsys):
    filled("articles", "export", str(tmp_path / "all.parquet"), "--status", "any")
    assert len(BLOCKS) >= 6
    names = {}
    for block in BLOCKS:
        exec(compile(block, "notebook.md", "exec"), names)
    said = capsys.readouterr().out
    assert "港口吞吐量" in said
    assert "152 {'demo': 152}" in said
    assert len(names["delay"]) == 152


def test_rows_have_times_in_one_zone_and_plain_values(filled):
    with open_archive(read_settings()) as archive:
        rows = list(archive.rows(Query(status="any", limit=0)))
    for row in rows:
        for value in row.values():
            assert isinstance(value, str | int | datetime | list | None)
            assert not isinstance(value, datetime) or value.tzinfo is UTC
            assert not isinstance(value, list) or all(isinstance(each, str) for each in value)
    assert rows[-1]["reasons"] == ["copy"]
    assert rows[-1]["related"] == ["http://a/"]


def test_data_frames_have_the_types_that_are_meant(filled):
    with open_archive(read_settings()) as archive:
        pandas = pd.DataFrame(archive.rows(Query(status="any", limit=0)))
        polars = pl.from_dicts(archive.rows(Query(status="any", limit=0)), infer_schema_length=None)
    assert str(pandas["published_at"].dtype) == "datetime64[us, UTC]"
    assert pandas["published_at"].notna().sum() == 2
    assert polars.schema["published_at"] == pl.Datetime("us", "UTC")
    assert polars.schema["tags"] == pl.List(pl.String)
    assert (len(pandas), len(polars)) == (152, 152)
