"""Search over generated Chinese articles: what it takes to index and to ask, beside brute force and MongoDB's own scan.

Run as a module it indexes what is stored, in a process of its own, and prints what that took.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from store import commands, migrations, sequence
from store.connect import SyncDatabase, connect, read_settings
from store.queries import Archive, Query
from store.search import answers
from store.search.folding import fold
from store.search.index import SearchIndex
from store.search.terms import pattern
from tests.soak.growth import quantile
from tests.support.generated import generated

ROOT = Path(__file__).parents[2]
SIZES = (10_000, 100_000)
WORDS = 200
SCANNED = 12  # words that MongoDB's scan is asked for too: one takes seconds
ALONE, IN_FIFTIES = 100, 20  # articles indexed one by one, and batches of fifty
A_WRITE = 1000


def search_cost() -> dict[str, Any]:
    """Measure at 10,000 and 100,000 articles."""
    return _at_sizes(SIZES)


def search_cost_of_a_million() -> dict[str, Any]:
    """Measure at a million articles; takes about an hour."""
    return _at_sizes((1_000_000,))


def _at_sizes(sizes: tuple[int, ...]) -> dict[str, Any]:
    found, stored = {}, 0
    with tempfile.TemporaryDirectory() as folder, connect(read_settings({"WINNOW_DATA": folder})) as database:
        migrations.migrate(database)
        for size in sizes:
            text_bytes = _fill(database, range(stored, size))
            stored = size
            found[f"{size}"] = _measure(database, Path(folder), size, text_bytes)
    return found


def _fill(database: SyncDatabase, numbers: range) -> int:
    """Store articles, and return how many bytes of text one has."""
    total = 0
    records = map(generated, numbers)
    while some := list(islice(records, A_WRITE)):
        number = commands.run(database, sequence.rise())
        total += sum(len((record["title"] + record["text"]).encode()) for record in some)
        database["articles"].insert_many([record | {"seq": number} for record in some], ordered=False)
    return total // len(numbers)


def _measure(database: SyncDatabase, data: Path, size: int, text_bytes: int) -> dict[str, Any]:
    made = _index_in_a_process(data)
    archive = Archive(database, SearchIndex(data))
    files = [path.stat().st_size for path in (data / "search").rglob("*") if path.is_file()]
    words = _words(database, size)
    truth = _brute_force(database, words)
    return {
        "bulk": made,
        "index_bytes_an_article": sum(files) // size,
        "index_of_text": round(sum(files) / size / text_bytes, 2),
        "updates": _updates(database, archive, size),
        "asked": _asked(archive, words, truth),
        "mongodb_scan": _scanned(database, archive, words[:: len(words) // SCANNED]),
    }


def _index_in_a_process(data: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.search_cost", str(data)]
    said = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    return dict(json.loads(said))


def index_all(data: Path) -> dict[str, Any]:
    """Index all that is stored, and return what it took in this process."""
    with connect(read_settings({"WINNOW_DATA": str(data)})) as database:
        index = SearchIndex(data)
        wall, cpu = time.monotonic(), time.process_time()
        count = index.rebuild(database)
        wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    return {
        "cpu_ms_an_article": round(cpu / count * 1000, 3),
        "wall_s": round(wall, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _words(database: SyncDatabase, size: int) -> list[str]:
    """Return words and phrases that are cut out of texts anywhere, words of letters, and some that are nowhere."""
    chance = random.Random(9)
    found = {"AI", "GDP", "covid", "5G", "App", "不在此处的词", "吗呢"}
    while len(found) < WORDS:
        text = generated(chance.randrange(size))["text"]
        start, length = chance.randrange(len(text) - 8), chance.choices((1, 2, 3, 4, 6, 8), (2, 8, 6, 6, 2, 1))[0]
        word = text[start : start + length].strip()
        if pattern(word):
            found.add(word)
    return sorted(found)


def _brute_force(database: SyncDatabase, words: list[str]) -> dict[str, set[str]]:
    """Look for every word in every text, one after the other."""
    expressions = {word: pattern(word) for word in words}
    truth: dict[str, set[str]] = {word: set() for word in words}
    for record in database["articles"].find({}, {"title": 1, "text": 1}, batch_size=A_WRITE):
        texts = fold(record["title"]), fold(record["text"])
        for word, expression in expressions.items():
            if expression and any(map(expression.search, texts)):
                truth[word].add(record["_id"])
    return truth


def _asked(archive: Archive, words: list[str], truth: dict[str, set[str]]) -> dict[str, Any]:
    missed = false = 0
    pages, hits = [], []
    for word in words:
        query = Query(words=(word,), limit=20)
        pages.append(_ms(lambda query=query: archive.page(query)))
        hits.append(_ms(lambda query=query: archive.count(query)))
        found = set(_every(archive, query))
        missed, false = missed + len(truth[word] - found), false + len(found - truth[word])
    return {
        "words": len(words),
        "hits": sum(map(len, truth.values())),
        "missed": missed,
        "false": false,
        "first_page_ms": _spread(pages),
        "every_hit_counted_ms": _spread(hits),
        "facets_of_all_ms": _spread([_ms(lambda: archive.facets(Query())) for _ in range(9)]),
        "list_without_words_ms": _spread([_ms(lambda: archive.page(Query(limit=20))) for _ in range(9)]),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _every(archive: Archive, query: Query) -> Iterator[str]:
    hits = archive.index.answer(
        archive.database, lambda asked: answers.by_moment(asked, answers.compiled(query), 10_000_000, None)
    )
    return (hit.article for hit in hits)


def _updates(database: SyncDatabase, archive: Archive, size: int) -> dict[str, Any]:
    """Change articles as crawls do, with an answer after each write: alone, and fifty at a time.

    The store is calm before: what was written last is no longer looked at again.
    """
    found = {}
    commands.run(database, sequence.stay_above(commands.run(database, sequence.rise()) + 2 * sequence.OVERLAP))
    for name, batch, times in (("alone", 1, ALONE), ("in_fifties", 50, IN_FIFTIES)):
        cpu, walls = 0.0, []
        for attempt in range(times):
            number = commands.run(database, sequence.rise())
            some = [generated(size - 1 - attempt * batch - each) for each in range(batch)]
            for record in some:
                database["articles"].update_one({"_id": record["_id"]}, {"$set": {"seq": number}})
            before = time.process_time()
            walls.append(_ms(lambda: archive.count(Query())))
            cpu += time.process_time() - before
        found[name] = {"cpu_ms_an_article": round(cpu / batch / times * 1000, 2), "caught_up_ms": _spread(walls)}
    return found


def _scanned(database: SyncDatabase, archive: Archive, words: list[str]) -> dict[str, Any]:
    """Let MongoDB look for the newest twenty by an expression over title and text, and the index for the same."""
    scans, pages = [], []
    for word in words:
        condition = {"$regex": word, "$options": "i"}
        wanted = {"status": "accepted", "$or": [{"title": condition}, {"text": condition}]}
        scans.append(_ms(lambda wanted=wanted: list(database["articles"].find(wanted).sort("sort_at", -1).limit(20))))
        pages.append(_ms(lambda word=word: archive.page(Query(words=(word,), limit=20))))
    return {"words": len(words), "scan_ms": _spread(scans), "index_ms": _spread(pages)}


def _ms(call: Any) -> float:
    begin = time.perf_counter()
    call()
    return (time.perf_counter() - begin) * 1000


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "p50": round(quantile(values, 0.5), 2),
        "p95": round(quantile(values, 0.95), 2),
        "max": round(max(values), 2),
    }


if __name__ == "__main__":
    print(json.dumps(index_all(Path(sys.argv[1]))))
