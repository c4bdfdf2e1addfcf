import pytest

from pipelines.text import MAX_TITLE, clean_line, clean_text, clean_title


@pytest.mark.parametrize("invisible", ["\x00", "\x1b", "\x9b", "\u200b", "\u202e", "\ufeff", "\ud800", "\xad"])
def test_invisible_characters_are_removed(invisible):
    assert clean_text(f"a{invisible}b") == "ab"


def test_what_was_printed_stays():
    printed = "“引号”——《书名》，１２３％ é ① ㎡"
    assert clean_text(printed) == printed


def test_composed_and_decomposed_letters_become_one():
    assert clean_line("e\u0301") == "é"


def test_paragraphs_stay_apart_and_empty_ones_go():
    assert clean_text("\u3000\u3000一\n\n \u00a0\n二  三\r\n四") == "一\n二 三\n四"


def test_a_title_is_cut():
    assert len(clean_title("长" * 9000)) == MAX_TITLE
