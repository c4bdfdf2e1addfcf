"""The spam judgement: verdicts, and reasons that quote the text."""

import pytest

from crawler.items import Status
from pipelines.spamscore import Model, fold, grams, read_model, score_article, score_teaser, windows

TITLE = "海量字体打包下载,写出你的小情绪"
BAIT = "你有没有想过,一款好字体能改变心情?海量字体打包下载免费又好用,今天就让我带你一探究竟,赶紧收藏起来吧!"
REPORT = "新华社郑州5月6日电（记者李明）记者6日从省气象局获悉，受冷空气影响，未来三天全省有小到中雨，请市民注意防范。"


def reasons(score):
    return {reason.code: reason for reason in score.reasons}


def test_bait_is_rejected_with_passages_of_its_own_text():
    score = score_teaser(TITLE, BAIT)
    assert score.status is Status.REJECTED
    assert {"second-person", "promise", "call", "slogan-title", "no-source", "search-text"} <= reasons(score).keys()
    for reason in score.reasons:
        assert reason.detail.partition("「")[2].rstrip("」") in TITLE + BAIT


def test_the_strongest_reason_comes_first():
    weights = [reason.weight for reason in score_teaser(TITLE, BAIT).reasons]
    assert weights == sorted(weights, reverse=True)


def test_a_report_is_accepted_without_reasons():
    score = score_teaser("河南未来三天有小到中雨", REPORT)
    assert (score.status, score.reasons) == (Status.ACCEPTED, ())
    assert score.value < -2


@pytest.mark.parametrize(
    "title",
    [
        "英语四级成绩查询入口今日开通",
        "《暗黑3》PC版免费下载试玩攻略",
        "苹果应用商店下载量突破百亿次",
        "你会为免费电影付钱吗？",
        "How to watch the final for free",
        "",
    ],
)
def test_a_headline_alone_is_not_taken_for_spam(title):
    assert score_teaser(title, "").status is Status.ACCEPTED


def test_an_article_is_judged_by_head_middle_and_tail():
    genuine = REPORT * 12
    assert score_article("河南未来三天有小到中雨", genuine + BAIT).status is Status.ACCEPTED
    assert score_article(TITLE, BAIT * 12).status is Status.REJECTED


def test_without_two_signals_the_model_alone_only_quarantines():
    certain = Model(bias=9.0, title={}, text={})
    assert score_teaser("河南未来三天有小到中雨", REPORT, certain).status is Status.QUARANTINED
    assert score_teaser(TITLE, BAIT, certain).status is Status.REJECTED


def test_width_case_marks_and_digits_do_not_count():
    wide = "ＷＰＳ免费版2025，第３名！！"
    assert fold(wide) == fold("wps免费版7,第10名!")
    assert score_teaser(wide, BAIT).value == score_teaser("wps免费版7,第10名!", BAIT.replace(",", "，")).value


def test_latin_words_count_whole():
    assert {"_free", "_free download", "版", "w版"} <= grams("Free Download版 free")


def test_windows_are_head_middle_and_tail():
    text = "".join(chr(0x4E00 + n) for n in range(1000))
    head, middle, tail = windows(text)
    assert (head, middle, tail) == (text[:200], text[400:600], text[800:])
    assert windows("短文") == ["短文"]


def test_a_table_of_weights_is_read_by_field_and_length():
    model = read_model("-1.5\ntext\t2\t-150\t一二三 \ntitle\t0\t25\t_free,_free now\n")
    assert model == Model(bias=-1.5, title={"_free": 0.25, "_free now": 0.25}, text={"一二": -1.5, "三 ": -1.5})
