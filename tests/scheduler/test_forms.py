"""What is written for programs reads back as it was, and plays no tricks on the way."""

import csv
import io
import json
import re

from scheduler.forms import csv_lines, json_array, json_lines, to_json
from store.queries import FIELDS, present
from tests.support import articles

HOSTILE = "=cmd|' /C calc'!A0 \x1b]0;x\x07\x9b31m\u202e,\"\n;"
RELATED = [{"url": "http://a/", "title": HOSTILE, "excerpt": "", "status": "rejected", "reasons": []}]


def record(number=1, **fields):
    return present(articles.article(number, **fields))


def test_json_says_the_same_without_anything_that_a_terminal_obeys():
    article = record(title=HOSTILE, text=HOSTILE + "港口\u2028", related=RELATED)
    said = to_json(article)
    read = json.loads(said)
    assert (read["title"], read["related"]) == (HOSTILE, RELATED)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", said)
    assert "港口" in said


def test_lines_and_arrays_hold_every_record():
    records = [record(number) for number in range(3)]
    lines = [json.loads(line) for line in json_lines(records)]
    assert lines == json.loads("".join(json_array(records)))
    assert [line["id"] for line in lines] == [each["id"] for each in records]
    assert json.loads("".join(json_array([]))) == []


def test_csv_reads_back_with_every_cell_disarmed():
    hostile = record(title=HOSTILE, authors=[HOSTILE, "b"], tags=["a", "b"], related=RELATED, source=" ＝1")
    (row,) = csv.DictReader(io.StringIO("".join(csv_lines([hostile], FIELDS))))
    assert list(row) == list(FIELDS)
    assert row["title"] == "'=cmd|' /C calc'!A0 ]0;x31m,\"\n;"
    assert row["authors"].startswith("'=")
    assert (row["source"], row["tags"]) == ("' ＝1", "a; b")
    assert json.loads(row["related"])[0]["status"] == "rejected"
    assert row["fetched_at"] == articles.NOW.isoformat()
    assert row["published_at"] == ""


def test_csv_that_is_read_with_another_separator_has_no_formula_either():
    hostile = record(title="a;=1", authors=["a", "=1"], tags=["-1;＝2"], related=[RELATED[0] | {"title": "a;=1"}])
    rows = csv.reader(io.StringIO("".join(csv_lines([hostile], FIELDS))), delimiter=";")
    assert not [cell for row in rows for cell in row if re.match("\\s*[=＝-]", cell)]


def test_csv_without_records_is_its_head():
    assert "".join(csv_lines([], ["a", "b"])) == "a,b\r\n"
