import time
import tracemalloc

import pytest

from pipelines.neardup import BANDS, Candidate, Index, best_match, fingerprint

TITLE = "临江市旧城供水管网改造提前完工"
PARAGRAPHS = [
    "临江市水务局昨日宣布，历时十四个月的旧城供水管网改造工程全部完工，比原定工期提前了三周。",
    "工程共更换管道86公里，涉及37个居民小区和4所学校，沿线道路的路面恢复工作也已经通过验收。",
    "家住槐树巷的退休教师陈玉兰说，过去每到夏天傍晚，六楼的水龙头只能流出细细一股，如今洗菜做饭都不用再等。",
    "负责施工的队伍介绍，为了不影响白天用水，接口作业大多安排在夜里十一点之后，凌晨五点前恢复供水。",
    "市水务局表示，下一步将在新管网上加装压力监测设备，发现渗漏后两小时内派人到场，明年起逐步推广到开发区。",
]
TEXT = "\n".join(PARAGRAPHS)
BULLETIN = (
    "{day}日0时至24时，临江市报告新增流感病例{new}例，其中城东区{east}例、城西区{west}例，均为门诊病例，症状轻微。"
    "截至{day}日24时，全市本季累计报告流感病例{total}例，住院治疗{beds}例，无重症病例。"
    "市疾控中心提醒市民保持室内通风，勤洗手，出现发热咳嗽等症状时及时就医，老人和儿童尽早接种疫苗。"
)
MONDAY = BULLETIN.format(day=12, new=48, east=31, west=17, total=1906, beds=25)
TUESDAY = BULLETIN.format(day=13, new=57, east=29, west=28, total=1963, beds=31)
ENGLISH = (
    "The harbour board voted on Thursday to rebuild the old fish market, ending nine years of argument over its roof. "
    "Work will begin in March and cost eleven million pounds, a third of it from the lottery. Traders will move to "
    "sheds on the north quay until the building reopens, and their rents will stay the same for the first five years. "
    "Anna Pryce, whose family has sold crab there since the war, said she had stopped believing it would ever happen."
)


def first(id_, title, text):
    """Return an article that founded its story."""
    return Candidate(id_, id_, title, text, fingerprint(title, text).exact)


def match(title, text, *candidates):
    return best_match(title, text, fingerprint(title, text), candidates)


@pytest.mark.parametrize("text", ["", "。！？ \n", "短讯", "字" * 100_000, "\ud800" * 80, "١٢٣٤٥ " * 30, "🙂" * 200])
def test_any_text_has_a_fingerprint_that_fits_the_store(text):
    own = fingerprint(TITLE, text)
    assert -(2**63) <= own.exact < 2**63
    assert all(-(2**31) <= band < 2**31 for band in own.bands)
    assert len(own.bands) in (0, BANDS)


def test_fingerprints_stay_what_they_are_because_they_are_stored():
    assert fingerprint(TITLE, TEXT).exact == 2931802341985236801
    assert fingerprint(TITLE, TEXT).bands[:3] == (126715234, -310768513, 755401690)
    assert fingerprint(TITLE, ENGLISH).bands[:3] == (-1954923835, -490122588, -1818056714)


def test_marks_space_case_and_width_do_not_change_a_fingerprint():
    assert fingerprint(TITLE, "《Ａｂｃ》，１２ 3！\n好") == fingerprint(TITLE, "abc 123好")
    assert fingerprint(TITLE, TEXT.replace("，", " , ").replace("\n", "")) == fingerprint(TITLE, TEXT)


def test_bands_are_shared_with_the_cube_of_likeness():
    """Two texts of 2,000 runs each, 1,000 in both: likeness a third, so 64/27 bands; over 60 pairs, 142."""
    shared = 0
    for pair in range(60):
        base = 0x4E00 + pair * 200
        common, one, two = (
            "".join(chr(base + (i * 7919 + i * i * step) % 9973 % 200) for i in range(1000)) for step in (3, 5, 11)
        )
        shared += len(set(fingerprint(TITLE, common + one).bands) & set(fingerprint(TITLE, common + two).bands))
    assert 142 * 0.7 < shared < 142 * 1.3


def test_unlike_texts_share_no_band():
    assert not set(fingerprint(TITLE, TEXT).bands) & set(fingerprint(TITLE, MONDAY).bands)


def test_a_huge_text_costs_bounded_time_and_memory():
    text = "".join(chr(0x4E00 + i * i % 19_997) for i in range(2_000_000))
    tracemalloc.start()
    started = time.process_time()
    fingerprint(TITLE, text)
    assert time.process_time() - started < 5
    assert tracemalloc.get_traced_memory()[1] < 64_000_000
    tracemalloc.stop()


def test_the_same_text_under_another_title_is_an_exact_copy():
    found = match("别的标题", TEXT.replace("。", "．"), first("a", TITLE, TEXT))
    assert (found.id, found.story, found.kind, found.containment) == ("a", "a", "exact", 1.0)


def test_a_copy_with_header_and_footer_is_near_and_says_how_much_is_shared():
    found = match(TITLE, f"来源：临江在线\n{TEXT}\n责任编辑：小林", first("a", TITLE, TEXT))
    assert found.kind == "near"
    assert found.detail.startswith("100% of the shorter text is in the longer")


def test_an_excerpt_is_a_copy_whichever_was_first():
    excerpt = "\n".join(PARAGRAPHS[:2]) + "（点击阅读全文）"
    assert match(TITLE, excerpt, first("a", TITLE, TEXT)).id == "a"
    assert match(TITLE, TEXT, first("a", TITLE, excerpt)).id == "a"


def test_a_rewrite_under_a_like_title_is_a_copy():
    foreign = "气象台预计，周末将有一次降温过程，北部山区最低气温降至零下，出行请留意道路结冰。" * 2
    rewrite = "\n".join([PARAGRAPHS[0].replace("宣布", "透露"), PARAGRAPHS[2], PARAGRAPHS[3], foreign])
    assert match(TITLE + "，详情曝光", rewrite, first("a", TITLE, TEXT)).kind == "near"


def test_two_texts_that_quote_the_same_passage_are_copies_only_under_like_titles():
    quote = PARAGRAPHS[2]
    other = f"开发区的居民却还在等。走访三个小区，储水的塑料桶仍排在楼道里，物业说改造尚未列入今年的计划。{quote}"
    quoted = first("a", TITLE, PARAGRAPHS[0] + PARAGRAPHS[1] + quote)
    assert match("开发区居民盼通水", other, quoted) is None
    assert match("最新！" + TITLE, other, quoted).kind == "near"


def test_a_round_up_is_no_copy_of_what_it_sums_up():
    others = [ENGLISH, MONDAY, "周末两场音乐会在滨江剧院上演，票价从八十元到三百元不等，学生凭证可享半价优惠。" * 4]
    assert match("一周要闻", "\n".join([PARAGRAPHS[0], *others]), first("a", TITLE, TEXT)) is None


def test_bulletins_of_two_days_are_not_copies():
    title = "临江市新增流感病例{}例"
    assert match(title.format(57), TUESDAY, first("a", title.format(48), MONDAY)) is None
    assert match(title.format(48), f"快讯：{MONDAY}", first("a", title.format(48), MONDAY)).kind == "near"


def test_english_copies_are_found_by_passages_of_words():
    edited = ENGLISH.replace("nine years", "almost a decade").replace("in March", "next spring")
    assert match("Fish market to be rebuilt", edited, first("a", "Old market gets a new roof", ENGLISH)).kind == "near"


def test_the_likest_candidate_wins_and_an_exact_copy_before_all():
    near, exact = first("near", TITLE, TEXT[:-20]), first("exact", TITLE, TEXT)
    less = first("less", TITLE, TEXT[: len(TEXT) * 2 // 3])
    assert match(TITLE, TEXT, less, near).id == "near"
    assert match(TITLE, TEXT, less, near, exact).id == "exact"


def test_a_member_of_a_story_must_be_liker_than_its_first_article():
    """A rewrite of a rewrite would lead from one text to another in small steps."""
    half = (
        "\n".join(PARAGRAPHS[:3])
        + "气象台预计，周末将有一次降温过程，北部山区最低气温降至零下，出行请留意道路结冰。" * 2
    )
    member = Candidate("b", "a", TITLE, TEXT, fingerprint(TITLE, TEXT).exact)
    assert match(TITLE, half, first("b", TITLE, TEXT)).story == "b"
    assert match(TITLE, half, member) is None
    assert match(TITLE, "来源：临江在线\n" + TEXT, member).story == "a"


def test_a_short_text_has_only_exact_copies_and_under_the_same_title():
    short = "受台风影响，今日轮渡停航，恢复时间另行通知。"
    assert match("轮渡停航", short, first("a", "轮渡停航！", short)).kind == "exact"
    assert match("轮渡停航", short + "敬请谅解", first("a", "轮渡停航", short)) is None
    assert match("图集：海上日出", "点击看大图", first("a", "图集：江边日落", "点击看大图")) is None


def test_an_emptied_candidate_is_no_copy():
    assert match(TITLE, TEXT, Candidate("a", "a", "", "", 1)) is None


def test_the_index_ranks_exact_copies_first_and_leaves_out_the_article_itself():
    index = Index()
    for id_, text in (("near", TEXT + "责任编辑：小林"), ("far", MONDAY), ("same", TEXT), ("me", TEXT)):
        index.add(first(id_, TITLE, text), fingerprint(TITLE, text))
    assert [c.id for c in index.candidates(fingerprint(TITLE, TEXT), exclude="me")] == ["same", "near"]
    assert len(index.candidates(fingerprint(TITLE, TEXT), limit=1)) == 1


def test_the_index_forgets_what_it_is_told_to_and_keeps_nothing_of_it():
    index = Index()
    for id_ in ("a", "b", "a"):
        index.add(first(id_, TITLE, TEXT), fingerprint(TITLE, TEXT))
    assert len(index) == 2
    assert index.get("b").text == TEXT
    index.forget(["a", "unknown", "b"])
    assert len(index) == 0
    assert index.get("b") is None
    assert index.candidates(fingerprint(TITLE, TEXT)) == []
    assert not index._ids
