"""The table of extraction: every field by language and half, and the CPU time a page, beside trafilatura's.

    python -m tests.quality.extraction_table [PAGES.jsonl[.xz]]

The pages are split in two by the parity of crc32(id); rules are tuned on half 0.
"""

import logging
import statistics
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import trafilatura

from tests.quality.extraction import answers, figures, scorer
from tests.support.shared import lines, shared

MEASURES = ("text", "title", "date", "author")
Page = dict[str, Any]
Extractor = Callable[[Page], dict[str, Any]]


def winnow(page: Page) -> dict[str, Any]:
    return next(answers([page]))


def peer(**options: bool) -> Extractor:
    def extract(page: Page) -> dict[str, Any]:
        found = trafilatura.bare_extraction(page["html"], url=page["url"], with_metadata=True, **options)
        if found is None:
            return {}
        return {"title": found.title, "text": found.text, "author": found.author, "published": found.date}

    return extract


EXTRACTORS: dict[str, Extractor] = {
    "winnow": winnow,
    "trafilatura, precision": peer(favor_precision=True),
    "trafilatura": peer(),
}


def groups(page: Page) -> Iterator[tuple[str, str]]:
    language = "zh" if page["lang"] == "zh" else "other"
    yield language, "all"
    yield language, f"half {zlib.crc32(page['id'].encode()) % 2}"


def run(pages: list[Page], extract: Extractor) -> None:
    """Print one extractor's rows."""
    found, spent = defaultdict(list), []
    extract(pages[0])
    for page in pages:
        start = time.process_time()
        answer = extract(page)
        spent.append((time.process_time() - start) * 1000)
        for measure, value in figures(scorer(), page, answer):
            for group in groups(page):
                found[group, measure].append(value)
    for group in sorted({group for group, _ in found}):
        means = [statistics.mean(found[group, measure]) for measure in MEASURES]
        print(f"  {group[0]:6}{group[1]:8}" + "".join(f"{mean:9.3f}" for mean in means))
    print(f"  CPU ms a page: median {statistics.median(spent):.1f}, p95 {statistics.quantiles(spent, n=20)[-1]:.1f}")


def main() -> None:
    logging.disable()
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else shared("data/extraction-dev.jsonl.xz")
    pages = list(lines(source))
    print(f"{len(pages)} pages    " + "".join(f"{measure:>9}" for measure in MEASURES))
    for name, extract in EXTRACTORS.items():
        print(name)
        run(pages, extract)


if __name__ == "__main__":
    main()
