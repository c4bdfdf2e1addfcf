"""The index is caught up before each answer, whatever was done to the articles, the files or the process before."""

import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from store import commands, sequence
from store.articles import change
from store.errors import ConfigError, IndexBusy
from store.queries import Archive, Query
from store.search.files import SearchFiles
from store.search.index import SearchIndex
from tests.support import articles

ROOT = Path(__file__).parents[3]
HARBOUR = Query(words=("港口",), limit=0)
# Takes in what is stored, again and again, and says when it begins and has done.
CATCHER = """
import sys
from pathlib import Path
from pymongo import MongoClient
from store.search.index import SearchIndex
with MongoClient(sys.argv[1], tz_aware=True) as client:
    index = SearchIndex(Path(sys.argv[2]))
    for _ in sys.stdin:
        print("begin", flush=True)
        index.refresh(client["winnow"])
        print("done", flush=True)
"""


def put(database, numbers, text="港口"):
    """Store articles as a crawl does: under a rising number."""
    number = commands.run(database, sequence.rise())
    database["articles"].insert_many([articles.article(each, text=text, seq=number) for each in numbers])


def update(database, which, **fields):
    write = change({"url": {"$in": [articles.address(number) for number in which]}}, fields)
    database["articles"].bulk_write([write(commands.run(database, sequence.rise()))])


def remove(database, numbers):
    database["articles"].delete_many({"url": {"$in": [articles.address(number) for number in numbers]}})


def found(database, index, query=HARBOUR):
    return {int(article["url"].rpartition("/")[2]) for article in Archive(database, index).find(query)}


@pytest.fixture
def index(sync_database, tmp_path):
    """An index that has seen ten articles."""
    put(sync_database, range(10))
    made = SearchIndex(tmp_path)
    assert found(sync_database, made) == set(range(10))
    return made


def test_what_comes_in_is_found_at_once(index, sync_database):
    put(sync_database, range(10, 30))
    assert found(sync_database, index) == set(range(30))


def test_what_changes_is_found_as_it_is(index, sync_database):
    update(sync_database, [3], text="机场")
    update(sync_database, [4], status="rejected")
    assert found(sync_database, index) == set(range(10)) - {3, 4}
    assert found(sync_database, index, Query(words=("机场",))) == {3}
    assert found(sync_database, index, Query(words=("港口",), status="rejected")) == {4}


def test_what_is_removed_by_anyone_is_gone(index, sync_database):
    remove(sync_database, [2, 5])
    assert found(sync_database, index) == set(range(10)) - {2, 5}
    assert Archive(sync_database, index).count(HARBOUR) == 8


def test_removals_are_seen_also_where_as_many_come_in(index, sync_database):
    remove(sync_database, [1, 2])
    put(sync_database, [20, 21])
    assert Archive(sync_database, index).count(HARBOUR) == 10
    assert found(sync_database, index) == {0, *range(3, 10), 20, 21}


def test_what_was_brought_in_without_a_number_is_found(index, sync_database):
    sync_database["articles"].insert_one(
        {key: value for key, value in articles.article(50, text="港口").items() if key != "seq"}
    )
    assert found(sync_database, index) == {*range(10), 50}


def test_a_number_that_shows_late_is_not_missed(index, sync_database):
    early = commands.run(sync_database, sequence.rise())
    put(sync_database, [20])
    assert 20 in found(sync_database, index)
    articles.store(sync_database, articles.article(21, text="港口", seq=early))
    assert 21 in found(sync_database, index)


def test_what_was_stored_long_ago_is_not_looked_at_again(index, sync_database, tmp_path):
    articles.store(sync_database, articles.article(70, text="港口", seq=sequence.BEFORE_NUMBERS))
    assert index.rebuild(sync_database) == 11
    assert articles.article(70)["_id"] not in SearchFiles(tmp_path).read().recent


def test_what_can_not_show_late_any_more_is_let_go(index, sync_database, tmp_path):
    long_ago = commands.run(sync_database, sequence.rise()) - 2 * sequence.OVERLAP
    sync_database["articles"].update_many({}, {"$set": {"seq": long_ago}})
    files = SearchFiles(tmp_path)
    state = files.read()
    state.until, state.recent = long_ago, dict.fromkeys(state.recent, long_ago)
    files.write(state)
    assert found(sync_database, index) == set(range(10))
    assert files.read().recent == {}


def test_numbers_rise_also_when_the_clock_was_set_back(sync_database):
    commands.run(sync_database, sequence.stay_above(2**60))
    assert commands.run(sync_database, sequence.rise()) == 2**60 + 1
    assert commands.run(sync_database, sequence.rise()) == 2**60 + 2


def test_a_second_process_finds_what_the_first_indexed_and_more(index, sync_database, tmp_path):
    put(sync_database, [10])
    other = SearchIndex(tmp_path)
    assert found(sync_database, other) == set(range(11))
    put(sync_database, [11])
    assert found(sync_database, index) == found(sync_database, other) == set(range(12))


def test_another_database_in_its_place_has_an_index_of_its_own(index, sync_database):
    sync_database.client.drop_database(sync_database.name)
    put(sync_database, [77])
    assert found(sync_database, index) == {77}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"x" * path.stat().st_size),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: path.unlink(),
    ],
    ids=["overwritten", "cut", "gone"],
)
def test_a_damaged_index_is_made_anew(index, sync_database, tmp_path, spoil):
    for path in [each for each in (tmp_path / "search").rglob("*") if each.is_file() and each.suffix != ".lock"]:
        if path.exists():  # what was spoilt before may have had the index made anew
            spoil(path)
            assert found(sync_database, SearchIndex(tmp_path)) == set(range(10)), path.name


def test_what_the_index_cant_answer_does_not_make_it_anew(index, sync_database, tmp_path):
    def ask(_):
        raise ValueError("too much")

    before = SearchFiles(tmp_path).read()
    with pytest.raises(ConfigError, match="can't answer that: too much"):
        index.answer(sync_database, ask)
    assert SearchFiles(tmp_path).read() == before


def test_a_count_without_words_does_not_wait_for_the_index(sync_database, tmp_path):
    put(sync_database, range(3))
    index = SearchIndex(tmp_path, patience=0.1)
    index.refresh(sync_database)
    put(sync_database, [3])
    with SearchFiles(tmp_path).writing():
        assert Archive(sync_database, index).count(Query()) == 4


def test_nobody_waits_for_the_making_of_an_index(sync_database, tmp_path):
    put(sync_database, range(2500))
    waited = []

    def ask_meanwhile(done, _):
        if done == 500:
            begun = time.monotonic()
            with pytest.raises(IndexBusy, match="500 of 2,500"):
                found(sync_database, index)
            waited.append(time.monotonic() - begun)

    index = SearchIndex(tmp_path, patience=5.0, on_progress=ask_meanwhile)
    index.refresh(sync_database)
    assert waited[0] < 1.0


def test_an_index_of_another_form_is_made_anew(index, sync_database, tmp_path):
    files = SearchFiles(tmp_path)
    state = files.read()
    state.form += 1
    files.write(state)
    assert found(sync_database, index) == set(range(10))
    assert files.read().folder != state.folder


def test_a_rebuilding_leaves_one_index_behind_and_tells_how_far_it_is(sync_database, tmp_path):
    put(sync_database, range(1200))
    told = []
    index = SearchIndex(tmp_path, on_progress=lambda done, total: told.append((done, total)))
    assert index.rebuild(sync_database) == 1200
    assert index.rebuild(sync_database) == 1200
    assert told == [(500, 1200), (1000, 1200), (1200, 1200)] * 2
    assert len(list((tmp_path / "search").glob("index-*"))) == 1


def test_who_has_no_patience_is_told_that_the_index_is_being_made(sync_database, tmp_path):
    put(sync_database, range(2500))
    index = SearchIndex(tmp_path, patience=0.2)
    with pytest.raises(IndexBusy, match="the search index is being made"):
        found(sync_database, index)
    index.refresh(sync_database)
    assert len(found(sync_database, index)) == 2500
    put(sync_database, [3000])
    with SearchFiles(tmp_path).writing(), pytest.raises(IndexBusy, match="brought up to date"):
        found(sync_database, index)
    assert 3000 in found(sync_database, index)


def test_readers_in_threads_and_processes_see_all_while_articles_come_in(mongo_uri, sync_database, index, tmp_path):
    wrong = []

    def read():
        for _ in range(15):
            before = sync_database["articles"].count_documents({})
            if len(found(sync_database, index)) < before:
                wrong.append(before)

    readers = [threading.Thread(target=read) for _ in range(3)]
    with catcher(mongo_uri, tmp_path) as other:
        for reader in readers:
            reader.start()
        for number in range(100, 120):
            put(sync_database, [number])
            other.stdin.write("\n")
            other.stdin.flush()
        for reader in readers:
            reader.join()
        other.stdin.close()
        assert other.wait(30) == 0
    assert wrong == []


@pytest.mark.long
def test_it_is_right_after_a_kill_at_any_moment_of_a_commit(mongo_uri, sync_database, tmp_path):
    chance, stored, killed, took = random.Random(11), {}, 0, None
    for attempt in range(21):
        change_much(sync_database, stored, range(attempt * 200, attempt * 200 + 200), chance)
        with catcher(mongo_uri, tmp_path) as child:
            child.stdin.write("\n")
            child.stdin.flush()
            assert child.stdout.readline() == "begin\n"
            if took is None:  # the first one shows how long it takes, the others are killed within that
                begun = time.monotonic()
                assert child.stdout.readline() == "done\n"
                took = time.monotonic() - begun
            else:
                time.sleep(chance.uniform(0, took))
            child.kill()
            killed += "done" not in child.stdout.read()
            assert child.wait() == -signal.SIGKILL
        for word in ("港口", "机场"):
            true = {number for number, text in stored.items() if text == word}
            assert found(sync_database, SearchIndex(tmp_path), Query(words=(word,), limit=0)) == true
    assert killed >= 10


def change_much(database, stored, new, chance):
    """Add, change and remove articles, and note in `stored` which texts there are then."""
    put(database, new)
    stored |= dict.fromkeys(new, "港口")
    stored |= dict.fromkeys(chance.sample(sorted(stored), 20), "机场")
    update(database, [number for number, text in stored.items() if text == "机场"], text="机场")
    gone = chance.sample(sorted(stored), 5)
    remove(database, gone)
    for number in gone:
        del stored[number]


def catcher(uri, data):
    """A process of its own that brings the index up to date for each line it is sent."""
    return subprocess.Popen(
        [sys.executable, "-c", CATCHER, uri, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
