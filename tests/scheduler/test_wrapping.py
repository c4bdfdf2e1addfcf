"""Lines fit, lose nothing, and break where Chinese breaks."""

import random
import time

import pytest
from rich.cells import cell_len

from scheduler.wrapping import wrap

CLOSING = "，。！？；：”’）》」"
OPENING = "“‘（《「"
PIECES = [*"港口智能", *CLOSING, *OPENING, "AI", "port ", "10", " ", "https://example.com/a/b?c=d", "é", "가"]


def test_lines_fit_and_lose_nothing_but_spaces():
    chance = random.Random(6)
    for _ in range(2000):
        text, width = "".join(chance.choices(PIECES, k=chance.randint(0, 60))), chance.randint(4, 40)
        lines = wrap(text, width)
        assert all(cell_len(line) <= width for line in lines)
        assert "".join("".join(lines).split()) == "".join(text.split())


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one():
    chance = random.Random(8)
    for _ in range(2000):
        words = ["“港口”", "《智能》，", "吞吐量", "（AI）。", "标箱！", "port, ", "68万", "「一」"]
        lines = wrap("".join(chance.choices(words, k=40)), chance.randint(12, 40))
        assert not any(line[0] in CLOSING for line in lines)
        assert not any(line[-1] in OPENING for line in lines)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("the port grew", ["the port", "grew"]),
        ("港口吞吐量。", ["港口吞吐", "量。"]),
        ("见https://example.com/", ["见https://", "example.co", "m/"]),
        ("！！！！！！！", ["！！！！！", "！！"]),
    ],
)
def test_where_lines_break(text, lines):
    assert wrap(text, 10) == lines


@pytest.mark.parametrize("piece", ["\u3099", "か\u309a", "\u0301", "“", "a", " ", "， "])
def test_a_long_text_takes_time_in_proportion_to_its_length(piece):
    begun = time.perf_counter()
    wrap(piece * (400_000 // len(piece)), 80)
    assert time.perf_counter() - begun < 3
