"""What changed is told so that it reads well, and joins to both texts."""

import random
import time
from itertools import pairwise

import pytest

from store.differences import difference

PIECES = [
    *"中国人工智能港口。，",
    "port ",
    "harbour ",
    "the ",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "３",
    "́",
    "\U0001f6a2",
    "\x1b",
    "𠮷",
]


def told(before, after):
    """A difference as one line: removed in [-…-], added in {+…+}."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[change.kind].format(change.text) for change in difference(before, after))


def test_what_is_told_joins_to_both_texts():
    chance = random.Random(7)
    for _ in range(1500):
        before = chance.choices(PIECES, k=chance.randint(0, 60))
        after = list(before) if chance.random() < 0.8 else chance.choices(PIECES, k=chance.randint(0, 60))
        for _ in range(chance.randint(0, 6)):
            place = chance.randint(0, len(after))
            after[place : place + chance.randint(0, 4)] = chance.choices(PIECES, k=chance.randint(0, 4))
        changes = difference("".join(before), "".join(after))
        assert "".join(change.text for change in changes if change.kind != "added") == "".join(before)
        assert "".join(change.text for change in changes if change.kind != "removed") == "".join(after)
        assert all(change.text for change in changes)
        assert all(one.kind != other.kind for one, other in pairwise(changes))


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("", "", ""),
        ("港口", "港口", "港口"),
        ("", "港口", "{+港口+}"),
        ("港口", "", "[-港口-]"),
        ("吞吐量为67万标箱。", "吞吐量突破68万标箱。", "吞吐量[-为67-]{+突破68+}万标箱。"),
        ("记者罗素梅报道", "记者陆晓棠报道", "记者[-罗素梅-]{+陆晓棠+}报道"),
        ("The port grew in May.", "The harbour grew in May.", "The [-port-]{+harbour+} grew in May."),
        ("one\ntwo\nthree\n", "one\nthree\n", "one\n[-two\n-]three\n"),
        ("one\ntwo", "one\ntwo\nthree", "one\ntwo{+\nthree+}"),
    ],
)
def test_what_is_the_same_stays_outside_of_the_change(before, after, wanted):
    assert told(before, after) == wanted


def test_words_that_are_the_same_by_chance_do_not_cut_a_change_to_pieces():
    before = "昨天下午的会议没有就价格达成一致意见"
    after = "新的一座桥将在年底的时候通车"
    assert told(before, after) == f"[-{before}-]{{+{after}+}}"


def test_a_paragraph_that_stays_is_never_part_of_a_change():
    before = "第一段完全不同的内容在这里写着\n图一\n第三段也是完全不同的内容"
    after = "今天上午九点开始有雨\n图一\n明天会有大风和降温"
    (first, second), (third, fourth) = (text.split("\n图一\n") for text in (before, after))
    assert told(before, after) == f"[-{first}-]{{+{third}+}}\n图一\n[-{second}-]{{+{fourth}+}}"


def test_one_word_in_a_long_article_is_told_as_one_word():
    chance = random.Random(1)
    paragraphs = ["".join(chance.choices("天地玄黄宇宙洪荒日月盈昃辰宿列张", k=80)) for _ in range(2000)]
    changed = list(paragraphs)
    changed[1000] = changed[1000][:40] + "港口" + changed[1000][40:]
    kinds = [(change.kind, change.text) for change in difference("\n".join(paragraphs), "\n".join(changed))]
    assert [each for each in kinds if each[0] != "same"] == [("added", "港口")]


def many(pieces, number, seed):
    return "".join(random.Random(seed).choices(pieces, k=number))


HOSTILE = {
    "two letters": lambda: [many("的了", 350_000, seed) for seed in (1, 2)],
    "lines of two kinds": lambda: [many(["a\n", "b\n"], 500_000, seed) for seed in (1, 2)],
    "turned": lambda: ["的" * 170_000 + "了" * 170_000, "了" * 170_000 + "的" * 170_000],
    "shared and own by turns": lambda: [
        "".join(f"的{chr(start + number % 9000)}" for number in range(170_000)) for start in (0x5000, 0x7400)
    ],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_texts_made_to_take_long_do_not(name):
    before, after = HOSTILE[name]()
    start = time.process_time()
    changes = difference(before, after)
    assert time.process_time() - start < 5  # seconds on a slow machine; one on a usual one
    assert "".join(change.text for change in changes if change.kind != "added") == before
    assert "".join(change.text for change in changes if change.kind != "removed") == after
