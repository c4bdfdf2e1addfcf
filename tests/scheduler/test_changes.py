from scheduler.changes import changed_lines, plain
from store.differences import difference


def shown(before, after):
    return [each if isinstance(each, int) else plain(each) for each in changed_lines(difference(before, after))]


def test_paragraphs_far_from_a_change_are_counted_not_shown():
    before = "\n".join(f"段落{number}" for number in range(10))
    after = before.replace("段落5", "段落五")
    assert shown(before, after) == [4, "段落4", "段落[-5-]{+五+}", "段落6", 3]


def test_whole_paragraphs_that_came_and_went():
    before, after = "第一段\n第二\n第三段在这里", "第一段\n第三段在这里\n第四"
    assert shown(before, after) == ["第一段", "[-第二-]", "第三段在这里", "{+第四+}"]


def test_what_a_terminal_would_obey_is_left_out():
    assert shown("a", "a\x1b[31m\u202eb") == ["a{+[31mb+}"]


def test_nothing_is_shown_of_equal_texts():
    assert shown("a\nb", "a\nb") == [2]
