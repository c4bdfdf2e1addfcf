"""Whatever a site prints, terminals, spreadsheets and XML show it as text."""

import random
import re
import time

import pytest

from scheduler import harmless

PIECES = [*"\x00\x07\x08\t\n\x0b\x0c\r\x1b\x7f\x85\x9b\x9d=+-@＝＠ \"'“港a1", "\u061c", "\u200e", "\u202e", "\u2066",
          "\u2028", "\ufeff", "\u200b", "\ufffe", "\U0001f6a2", "\x1b]0;title\x07", "\x1b[2J"]  # fmt: skip
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def texts():
    chance = random.Random(4)
    return ["".join(chance.choices(PIECES, k=chance.randint(0, 12))) for _ in range(3000)]


def test_nothing_is_left_that_a_terminal_obeys_or_that_turns_text():
    for text in texts():
        for made in (harmless.line(text), harmless.paragraphs(text), harmless.cell(text)):
            assert not OBEYED.search(made)
        assert not re.search("[\n\r\t\u2028\u2029]", harmless.line(text))


def test_a_line_is_cut_and_says_so():
    assert harmless.line("港" * 1_000_000, 500) == "港" * 499 + "…"
    assert harmless.line("港口", 2) == "港口"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\n\n=1",
        '"=1',
        "'=1",
        "“=1",
        "＝1",
        "＋1",
        "－1",
        "＠1",
        "\ufeff=1",
        "\u200b=1",
        "\x00=1",
        "\u202e=1",
        "|cmd",
        "%0A=1",
        "−1",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_text(text):
    assert harmless.cell(text).startswith("'")


@pytest.mark.parametrize("text", ["", "港口", "1-1", "a=b", "“港口”", "3 + 4", "e-mail@example.com"])
def test_a_cell_that_it_would_not_run_stays_as_it_is(text):
    assert harmless.cell(text) == text


@pytest.mark.parametrize("part", ["=1", "＝1", " -1", '"@A1', "\u200b+1", "'=1"])
@pytest.mark.parametrize("before", ["a;", "a；", "a\t", "a\n", ";;"])
def test_a_part_that_another_separator_would_cut_off_is_text_too(before, part):
    made = harmless.cell(before + part)
    assert re.fullmatch(f"{before} *'.+", made)
    assert made.replace("'", "") == (before + part).replace("'", "")


def test_a_part_that_would_not_be_run_stays_as_it_is():
    assert harmless.cell("a; b=1;\n2-1\n\t; “港口”") == "a; b=1;\n2-1\n\t; “港口”"


@pytest.mark.parametrize("pieces", [";", "\n", " ", '"', "; ", ';"', ";\n "])
def test_a_cell_takes_time_in_proportion_to_its_length(pieces):
    begun = time.perf_counter()
    harmless.cell("a;" + pieces * 200_000)
    assert time.perf_counter() - begun < 2
