"""What a crawl of a mirror kept, against the truth of the mirror: shares between 0 and 1, and what went wrong."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from store.connect import connect, read_settings
from store.urls import key
from tests.support.mirror import NOW, serve
from tests.support.winnow import Winnow

CHINA = timezone(timedelta(hours=8))
PORTS = {"zblog-tpure": 8711, "wordpress": 8721}  # those that feed and sitemap of the mirrors name
GRAM = 4  # characters; words for other scripts

Truth = dict[str, Any]
Stored = dict[str, Any]


@dataclass
class Share:
    """A share, and the addresses that it misses."""

    hits: int = 0
    total: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, url: str, *, hit: bool) -> None:
        self.hits += hit
        self.total += 1
        if not hit:
            self.missed.append(url)

    @property
    def value(self) -> float:
        return self.hits / self.total if self.total else 1.0


@dataclass
class Figures:
    """`text` is the mean 4-gram F1 over the whole texts, `mixed_stories` those that hold two different texts."""

    shares: dict[str, Share]
    text: float
    mixed_stories: list[str]

    def table(self) -> dict[str, float]:
        return {name: round(share.value, 4) for name, share in self.shares.items()} | {
            "text": round(self.text, 4),
            "mixed stories": len(self.mixed_stories),
        }


def crawl(name: str, folder: Path) -> Figures:
    """Crawl a mirror from its home address by the real command, into a database of its own, and compare."""
    with serve(name, PORTS[name], folder) as mirror:
        allowed = {"WINNOW_NOW": NOW, "WINNOW_ALLOW_PRIVATE": f"127.0.0.1:{PORTS[name]}"}
        Winnow(folder / "data", environ=allowed)("crawl", mirror.url)
        with connect(read_settings({"WINNOW_DATA": str(folder / "data")})) as database:
            stored = {key: article for article in database["articles"].find() for key in article["keys"]}
        return measure(mirror.truth(), stored, mirror.url)


def measure(truths: list[Truth], stored: dict[str, Stored], home: str) -> Figures:
    """Compare; `stored` maps every key of an article to its record."""
    shares: dict[str, Share] = defaultdict(Share)
    texts = []
    for truth in truths:
        url = urljoin(home, truth["url"])
        found = stored.get(key(url))
        status = found["status"] if found else "none"
        if truth["is_spam"]:
            shares["spam not accepted"].add(url, hit=status != "accepted")
            continue
        shares["genuine not lost"].add(url, hit=status in ("accepted", "duplicate"))
        if not truth["dup_of"]:
            shares["originals accepted with title"].add(url, hit=status == "accepted" and _is_title(truth, found))
        if found is None:
            continue
        _compare_fields(shares, url, truth, found)
        if not truth["multipage"]:
            texts.append(_f1(truth["text"], found["text"], truth["lang"]))
    mixed = _stories(shares, truths, stored, home)
    return Figures(dict(shares), sum(texts) / len(texts), mixed)


def _compare_fields(shares: dict[str, Share], url: str, truth: Truth, found: Stored) -> None:
    day = datetime.fromisoformat(truth["date"]).date()
    published = found["published_at"]
    shares["day"].add(url, hit=bool(published) and published.astimezone(CHINA).date() == day)
    if truth["shown"].get("author"):
        shares["author"].add(url, hit=truth["author"] in found["authors"])
    if truth["shown"].get("category"):
        shares["category"].add(url, hit=found["category"] == truth["category"])


def _stories(shares: dict[str, Share], truths: list[Truth], stored: dict[str, Stored], home: str) -> list[str]:
    roots = {truth["id"]: truth for truth in truths}
    texts = defaultdict(set)
    for truth in truths:
        found = stored.get(key(urljoin(home, truth["url"])))
        if truth["is_spam"] or found is None or not found["story"]:
            continue
        original = truth["dup_of"] if truth["dup_of"] in roots else None
        texts[found["story"]].add(truth["dup_of"] or truth["id"])
        if original is not None:
            other = stored.get(key(urljoin(home, roots[original]["url"])))
            hit = bool(other) and other["story"] == found["story"]
            shares[f"{truth['dup_kind']} copies in their story"].add(urljoin(home, truth["url"]), hit=hit)
    return [story for story, originals in texts.items() if len(originals) > 1]


def _is_title(truth: Truth, found: Stored | None) -> bool:
    return bool(found) and _folded(found["title"]) == _folded(truth["title"])


def _folded(text: str) -> str:
    return "".join(text.translate(str.maketrans("“”‘’–—", "\"\"''--")).split()).lower()


def _f1(expected: str, found: str, language: str) -> float:
    gold, seen = _grams(expected, language), _grams(found, language)
    hits = (gold & seen).total()
    return 2 * hits / (gold.total() + seen.total()) if gold or seen else 1.0


def _grams(text: str, language: str) -> Counter[Any]:
    units = "".join(text.split()) if language == "zh" else re.findall(r"\w+", text)
    return Counter(tuple(units[at : at + GRAM]) for at in range(max(1, len(units) - GRAM + 1)))
