"""The log of a run, read from its end or from where a reader stopped."""

import pytest

from scheduler.web.run_log import MOST, last_piece, piece_from


@pytest.fixture
def log(tmp_path):
    return tmp_path / "beacon-1.log"


def test_what_is_written_later_follows_without_a_gap(log, tmp_path):
    log.write_bytes("第一行\n".encode())
    first = last_piece(tmp_path, "beacon-1")
    with log.open("ab") as file:
        file.write("第二行\nthird".encode())
    later = piece_from(tmp_path, "beacon-1", first.end)
    assert (first.text, later.text) == ("第一行\n", "第二行\nthird")
    assert later.end == log.stat().st_size


def test_a_character_that_is_half_written_is_read_when_it_is_whole(log, tmp_path):
    whole = "ab行".encode()
    log.write_bytes(whole[:-1])
    first = piece_from(tmp_path, "beacon-1", 0)
    log.write_bytes(whole)
    assert (first.text, piece_from(tmp_path, "beacon-1", first.end).text) == ("ab", "行")


def test_of_a_long_log_the_end_is_told_from_the_start_of_a_line(log, tmp_path):
    line = "x" * 99 + "\n"
    log.write_text(line * (2 * MOST // 100))
    piece = last_piece(tmp_path, "beacon-1")
    assert MOST - 100 <= len(piece.text) <= MOST
    assert piece.text.startswith(line)


def test_a_log_that_is_gone_or_elsewhere_is_not_there(tmp_path):
    (tmp_path / "secret.log").write_text("x")
    below = tmp_path / "logs"
    below.mkdir()
    assert last_piece(below, "beacon-1") is None
    assert last_piece(below, "../secret") is None


def test_a_start_behind_the_end_has_nothing(log, tmp_path):
    log.write_text("abc")
    assert piece_from(tmp_path, "beacon-1", 1000).text == ""
