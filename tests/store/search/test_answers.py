"""The index finds what a look at every text finds: nothing missed, nothing false."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from store.places import milliseconds
from store.queries import Archive, Query
from store.search import answers
from store.search.folding import fold
from store.search.index import SearchIndex
from store.search.terms import pattern
from tests.support import articles

HARBOUR = answers.compiled(Query(words=("港口",)))
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
PIECES = [
    *("人工", "智能", "工智", "中", "国", "臺灣", "台湾", "新能源", "能源", "车", "カフェ", "카페", "हिन्दी", "การ"),
    *("AI", "ai", "Café", "new", "news", "York", "３", "30", "don't", " ", " ", "，", "。", "-", "“", "\n", "_"),
]


@pytest.fixture
def archive(sync_database, tmp_path):
    """The articles of the test's database, searched by an index of its own."""
    return Archive(sync_database, SearchIndex(tmp_path))


def found(archive, **asked):
    """The numbers in the addresses of what is found, in its order."""
    return [int(article["url"].rpartition("/")[2]) for article in archive.find(Query(limit=0, **asked))]


def test_every_word_and_phrase_is_found_where_it_stands_and_nowhere_else(archive, sync_database):
    chance = random.Random(5)
    texts = ["".join(chance.choices(PIECES, k=chance.randint(1, 25))) for _ in range(600)]
    sync_database["articles"].insert_many(
        [articles.article(number, title=text[:7], text=text[7:]) for number, text in enumerate(texts)]
    )
    asked = 0
    for word in {"".join(chance.choices(PIECES, k=chance.randint(1, 4))).strip() for _ in range(300)}:
        if expression := pattern(word):
            true = {n for n, text in enumerate(texts) if any(map(expression.search, map(fold, (text[:7], text[7:]))))}
            assert set(found(archive, words=(word,))) == true, word
            asked += bool(true)
    assert asked > 100


@pytest.mark.parametrize(
    ("word", "text", "is_found"),
    [
        ("工智", "人工智能", True),
        ("中國", "中国经济", True),
        ("国", "中国", True),
        ("国", "國", True),
        ("AI", "ＡＩ芯片", True),
        ("ai芯片", "AI 芯片", True),
        ("cafe", "un Café!", True),
        ("new", "news", False),
        ("machine learning", "Machine-\nLearning", True),
        ("machine learning", "machine assisted learning", False),
        ("人工智能", "人工，智能", False),
        ("人工 智能", "人工，智能", True),
        ("人工 智能", "人工智能", False),
        ("AI 芯片", "AI芯片", True),
        ("인공", "인공지능은", True),
        ("ガス", "ﾌﾟﾛﾊﾟﾝｶﾞｽ", True),
        ("การ", "การศึกษา", True),
        ("हिन्दी", "हिन्दी में", True),
        ("हिन्द", "हिन्दी में", False),
    ],
)
def test_what_a_word_is(archive, sync_database, word, text, is_found):
    articles.store(sync_database, articles.article(1, text=text))
    assert found(archive, words=(word,)) == [1] * is_found


def test_words_must_all_occur_in_title_or_text_and_others_must_not(archive, sync_database):
    articles.store(
        sync_database,
        articles.article(1, title="港口", text="集装箱 吞吐量"),
        articles.article(2, title="港口", text="集装箱 广告"),
        articles.article(3, title="港口 集", text="装箱"),
    )
    assert found(archive, words=("港口", "集装箱")) == [1, 2] or found(archive, words=("港口", "集装箱")) == [2, 1]
    assert found(archive, words=("港口",), without=("广告",), status="accepted") in ([1, 3], [3, 1])
    assert found(archive, without=("港口",)) == []


def test_author_tag_site_and_verdict_bound_a_search(archive, sync_database):
    articles.store(
        sync_database,
        articles.article(1, authors=["陆晓棠", "Ada Lovelace"], tags=["财经"], site="a", source="云川日报"),
        articles.article(2, authors=["陆晓", "棠一"], category="財經觀察", site="b", status="quarantined"),
    )
    assert found(archive, author="陆晓棠") == [1]
    assert found(archive, author="lovelace") == [1]
    assert found(archive, author="云川日报") == [1]
    assert found(archive, tag="财经", status="any") in ([1, 2], [2, 1])
    assert found(archive, tag="财经", status="any", site="b") == [2]
    assert found(archive, tag="财经", site="b") == []


def test_moments_bound_a_search_to_the_millisecond(archive, sync_database):
    moments = [LONG_AGO + timedelta(milliseconds=number) for number in range(4)]
    articles.store(sync_database, *[articles.article(n, text="港口", sort_at=at) for n, at in enumerate(moments)])
    assert found(archive, words=("港口",), since=moments[1], until=moments[3]) == [2, 1]
    assert found(archive, since=moments[1], until=moments[3]) == [2, 1]
    assert found(archive, words=("港口",), since=moments[2]) == [3, 2]
    assert found(archive, words=("港口",), until=moments[2]) == [1, 0]


def test_dates_bound_a_search_by_the_publishers_day(archive, sync_database):
    evening = datetime(2025, 9, 17, 16, tzinfo=UTC)
    fields = {"text": "港口", "sort_at": evening, "published_at": evening}
    articles.store(
        sync_database,
        articles.article(1, published_offset=480, **fields),
        articles.article(2, published_offset=0, **fields),
    )
    assert found(archive, since=date(2025, 9, 18)) == [1]
    assert found(archive, until=date(2025, 9, 18)) == [2]
    assert found(archive, since=date(2025, 9, 17), until=date(2025, 9, 19), words=("港口",)) in ([1, 2], [2, 1])
    assert archive.facets(Query(since=date(2025, 9, 18))).days == {date(2025, 9, 18): 1}


def test_the_newest_come_first_in_one_order_with_and_without_words(archive, sync_database):
    chance = random.Random(3)
    moments = [LONG_AGO + timedelta(days=chance.randint(0, 3)) for _ in range(300)]
    articles.store(sync_database, *[articles.article(n, text="港口", sort_at=at) for n, at in enumerate(moments)])
    assert found(archive, words=("港口",)) == found(archive)
    assert len(found(archive)) == 300


def test_the_oldest_come_first_where_that_is_asked_for_and_are_paged(archive, sync_database):
    chance = random.Random(4)
    moments = [LONG_AGO + timedelta(days=chance.randint(0, 3)) for _ in range(90)]
    articles.store(sync_database, *[articles.article(n, text="港口", sort_at=at) for n, at in enumerate(moments)])
    for asked in ({}, {"words": ("港口",)}):
        whole = found(archive, order="oldest", **asked)
        assert whole == found(archive, **asked)[::-1]
        paged, query = [], Query(order="oldest", limit=20, **asked)
        while query:
            page = archive.page(query)
            paged += [int(article["url"].rpartition("/")[2]) for article in page.articles]
            query = replace(query, after=page.next) if page.next else None
        assert paged == whole


def test_the_code_of_a_reason_bounds_a_search(archive, sync_database):
    reasons = [{"code": "promise", "detail": "", "weight": 1.0}, {"code": "call", "detail": "", "weight": 1.0}]
    articles.store(
        sync_database,
        articles.article(1, text="港口", status="quarantined", reasons=reasons),
        articles.article(2, text="港口", status="quarantined", reasons=reasons[:1]),
        articles.article(3, text="港口", status="rejected", reasons=reasons),
    )
    for asked in ({}, {"words": ("港口",)}):
        assert found(archive, reason="call", status="quarantined", **asked) == [1]
        assert set(found(archive, reason="call", status="any", **asked)) == {1, 3}
        assert found(archive, reason="cal", status="any", **asked) == []
    assert archive.reasons(Query(status="quarantined")) == {"promise": 2, "call": 1}


def test_the_best_come_first(archive, sync_database):
    articles.store(
        sync_database,
        articles.article(1, title="天气", text="港口" + "别的" * 400),
        articles.article(2, title="港口", text="别的" * 400),
        articles.article(3, title="天气", text="港口" * 9 + "别的" * 20),
        articles.article(4, title="天气", text="别的"),
    )
    assert found(archive, words=("港口",), order="best") == [2, 3, 1]
    assert [int(a["url"][-1]) for a in archive.find(Query(words=("港口",), order="best", limit=2))] == [2, 3]


@pytest.mark.parametrize("asked", [{}, {"words": ("港口",)}, {"words": ("港口",), "order": "best"}])
def test_paging_neither_repeats_nor_leaves_out_while_articles_come_in(archive, sync_database, asked):
    def stored(numbers, moment):
        articles.store(
            sync_database, *[articles.article(n, text="港口", sort_at=moment, stored_at=moment) for n in numbers]
        )

    stored(range(50), LONG_AGO)
    pages, query = [], Query(limit=7, **asked)
    while True:
        page = archive.page(query)
        pages += [article["url"] for article in page.articles]
        if page.next is None:
            break
        query = replace(query, after=page.next)
        stored([100 + len(pages)], LONG_AGO + timedelta(days=9))
    assert len(pages) == len(set(pages))
    assert set(pages) == {articles.address(number) for number in range(50)}


def test_counts_by_site_and_the_publishers_day(archive, sync_database):
    midnight = datetime(2025, 9, 17, 16, tzinfo=UTC)  # of the 18th in China
    fields = {"text": "港口", "sort_at": midnight, "published_at": midnight, "published_offset": 480}
    articles.store(
        sync_database,
        articles.article(1, site="a", **fields),
        articles.article(2, site="b", **fields),
        articles.article(3, site="b", text="港口", sort_at=midnight),
        articles.article(4, site="c", text="别的", sort_at=midnight),
        articles.article(5, site="c", status="rejected", **fields),
    )
    facets = archive.facets(Query(words=("港口",), limit=1))
    assert (facets.total, facets.sites) == (3, {"b": 2, "a": 1})
    assert facets.days == {date(2025, 9, 17): 1, date(2025, 9, 18): 2}
    assert archive.facets(Query(status="any")).total == archive.count(Query(status="any")) == 5


def test_a_count_needs_no_index_where_nothing_is_looked_for(archive, sync_database):
    articles.store(sync_database, articles.article(1))
    assert archive.count(Query()) == 1
    assert not archive.index.is_made(sync_database)


def test_what_is_gone_between_search_and_reading_is_left_out(archive, sync_database):
    articles.store(sync_database, *[articles.article(number, text="港口") for number in range(3)])
    looking = archive.find(Query(words=("港口",)))
    hits = archive.index.answer(sync_database, lambda asked: answers.by_moment(asked, HARBOUR, 9, None))
    sync_database["articles"].delete_one({"_id": hits[0].article})
    assert [article["id"] for article in looking] == [hit.article for hit in hits[1:]]


def test_bounds_may_lie_where_the_calendar_ends(archive, sync_database):
    articles.store(sync_database, articles.article(1, text="港口"))
    far = {"since": datetime.min.replace(tzinfo=timezone(timedelta(hours=8))),
           "until": datetime.max.replace(tzinfo=timezone(-timedelta(hours=8)))}  # fmt: skip
    assert found(archive, **far) == found(archive, words=("港口",), **far) == [1]


def test_no_article_keeps_a_phrase_from_being_found(archive, sync_database):
    """More pairs begin with a character than an expression in a phrase may fit."""
    everything = "".join(f"的{chr(code)}" for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)))
    articles.store(sync_database, articles.article(1, text=everything), articles.article(2, text="a的\U00020001"))
    assert found(archive, words=("a的",)) == [2]
    assert found(archive, words=("的",)) in ([1, 2], [2, 1])


@pytest.mark.parametrize("limit", [0, 1, 5])
@pytest.mark.parametrize("order", ["newest", "best"])
def test_what_nothing_fits_is_an_empty_list(archive, sync_database, limit, order):
    articles.store(sync_database, articles.article(1, text="港口"))
    query = Query(words=("nowhere",), limit=limit, order=order)
    assert list(archive.find(query)) == archive.page(replace(query, limit=5)).articles == []
    assert archive.count(query) == archive.facets(query).total == 0


def test_moments_of_the_whole_calendar_have_a_place(archive, sync_database):
    ends = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)]
    articles.store(sync_database, *[articles.article(n, text="港口", sort_at=at) for n, at in enumerate(ends)])
    assert found(archive, words=("港口",)) == [1, 0]
    assert milliseconds(ends[0]) == 0
