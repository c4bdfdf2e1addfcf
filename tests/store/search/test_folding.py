"""Texts are compared letter case, accents, width and traditional form aside."""

import pytest

from store.search.folding import fold, fold_with_places
from tests.support.traditional import TABLE, written


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＩ芯片２０２５", "AI芯片2025"),
        ("臺灣裏的後來為何", "台湾里的后来为何"),
        ("Crème Brûlée", "creme brulee"),
        ("STRASSE", "straße"),
        ("Łódź Ærø", "lodz aero"),
        ("ёлка", "ЕЛКА"),
        ("ﬁnance", "finance"),
        ("人工\u200b智\ufeff能", "人工智能"),
        ("ｶﾌｪ", "カフェ"),
        ("ｶﾞｽ", "ガス"),
        ("カ\u3099ス", "ガス"),
        ("\u1112\u1161\u11ab국", "한국"),
        ("妳的姪女", "你的侄女"),
    ],
)
def test_the_same_in_another_spelling(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("未", "末"), ("ガ", "カ"), ("สี", "สิ"), ("हि", "हु"), ("1", "7")])
def test_what_is_another_word_stays_one(one, other):
    assert fold(one) != fold(other)


def test_folding_twice_changes_nothing_more():
    every = " ".join(map(chr, [*range(0x20, 0xD800), *range(0xE000, 0x30000)]))
    assert fold(fold(every)) == fold(every)


def test_places_lead_back_to_the_text():
    text = "A\u0301ﬃ臺\u200b灣"
    folded, places = fold_with_places(text)
    assert folded == fold(text) == "affi台湾"
    assert [text[place] for place in places] == ["A", "ﬃ", "ﬃ", "ﬃ", "臺", "灣"]


def test_the_table_of_traditional_characters_is_as_it_was_made():
    assert TABLE.read_text(encoding="utf-8") == written()
