"""Composes reports and spun spam from the stock of sentences. Pure: the same random source gives the same texts.

The stock's notation: `<a|b>` one of them, `{120-980}` or `{1.2-9.8}` a number, `{person}` a word of the list `person`
that stays the same throughout one text, `{person2}` another word of that list.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

STOCK = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in (Path(__file__).parent / "stock").iterdir()}
# strftime's %B follows the locale.
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
GRAM = 8
Entry = TypeVar("Entry")
_DISTINCT = 0.18  # of the grams; two reports stay below it, so that only planted copies look like copies
_TRIES = 12
_CHOICE = re.compile(r"<([^<>]*)>")
_SLOT = re.compile(r"\{([\w.\-]+)\}")
_RANGE = re.compile(r"([\d.]+)-([\d.]+)")


@dataclass(slots=True, frozen=True, kw_only=True)
class Draft:
    """A text before it is published. `headings` are the places of those paragraphs that head a section."""

    title: str
    paragraphs: tuple[str, ...]
    topic: str
    lang: str
    is_spam: bool = False
    headings: frozenset[int] = frozenset()

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


class Pen:
    """Fills in sentences of the stock; `known` are the words already settled for this text."""

    def __init__(self, rng: Random, words: dict[str, list[str]], known: dict[str, str]) -> None:
        self._rng = rng
        self._words = words
        self._known = known

    def write(self, sentence: str) -> str:
        while "<" in sentence:
            sentence = _CHOICE.sub(lambda match: self._rng.choice(match[1].split("|")), sentence)
        return _SLOT.sub(lambda match: self._fill(match[1]), sentence)

    def _fill(self, name: str) -> str:
        if span := _RANGE.fullmatch(name):
            return self._number(*span.groups())
        if name not in self._known:
            self._known[name] = self._word(name.rstrip("0123456789"))
        return self._known[name]

    def _word(self, kind: str) -> str:
        while (word := Pen(self._rng, self._words, {}).write(self._rng.choice(self._words[kind]))) in (
            self._known.values()
        ):
            pass
        return word

    def _number(self, low: str, high: str) -> str:
        places = len(low.partition(".")[2])
        return f"{self._rng.uniform(float(low), float(high)):.{places}f}"


class Decks:
    """Deals the entries of each list in shuffled order, so that every one is used before one comes again."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._left: dict[str, list[Any]] = {}

    def deal(self, name: str, entries: list[Entry]) -> Entry:
        left = self._left.setdefault(name, [])
        if not left:
            left.extend(entries)
            self._rng.shuffle(left)
        return left.pop()


class Desk:
    """Writes one text after another, each clearly different from those before it."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._decks = Decks(rng)
        self._written: list[set[str]] = []

    def report(self, lang: str, published: datetime) -> Draft:
        topic = self._decks.deal(f"{lang}/topics", sorted(STOCK[lang]["topics"]))
        subject = self._decks.deal(f"{lang}/{topic}", _angles(STOCK[lang]["topics"][topic]["subjects"]))
        return self._distinct(lambda: self._report(lang, topic, subject, published))

    def spam(self, lang: str) -> Draft:
        return self._distinct(lambda: self._spam(lang))

    def paragraph(self, lang: str) -> str:
        """One that fits anywhere and belongs to no report: what copies are padded with."""
        stock = STOCK[lang]
        sentences = (self._decks.deal(f"{lang}/{kind}", stock[kind]) for kind in ("passages", "endings"))
        return stock["space"].join(Pen(self._rng, stock["words"], {}).write(each) for each in sentences)

    def _distinct(self, draw: Callable[[], Draft]) -> Draft:
        """Draw until one is distinct, or take the most distinct of a few."""
        best, closest, grams = None, 2.0, set()
        for _ in range(_TRIES):
            draft = draw()
            its = shingles(draft.text)
            overlap = max((containment(its, other) for other in self._written), default=0.0)
            if overlap < closest:
                best, closest, grams = draft, overlap, its
            if closest < _DISTINCT:
                break
        assert best
        self._written.append(grams)
        return best

    def _report(self, lang: str, topic: str, subject: dict[str, Any], published: datetime) -> Draft:
        stock = STOCK[lang]
        pen = Pen(self._rng, stock["words"], _calendar(published, lang))
        facts = [subject["lead"], *self._rng.sample(subject["facts"], len(subject["facts"]))]
        plan = self._decks.deal(f"{lang}/plans", stock["plans"])
        pools = {**stock["topics"][topic], **stock}

        def sentence(kind: str) -> str:
            if kind in "LF":
                return facts.pop(0) if facts else ""
            name = stock["kinds"][kind]
            return self._decks.deal(f"{lang}/{topic if kind in 'DC' else ''}/{name}", pools[name])

        title = pen.write(subject["title"])
        written = [[pen.write(sentence(kind)) for kind in part] for part in plan.split()]
        lines = (stock["space"].join(filter(None, part)) for part in written)
        return Draft(title=title, paragraphs=tuple(filter(None, lines)), topic=topic, lang=lang)

    def _spam(self, lang: str) -> Draft:
        stock = STOCK[f"spam_{lang}"]
        genre = self._decks.deal(f"spam/{lang}", stock["genres"])
        pen = Pen(self._rng, stock["words"], {"key": self._decks.deal(genre["name"], genre["keys"])})
        sections = [self._decks.deal(f"{genre['name']}/sections", genre["sections"]) for _ in range(3)]
        sections += [self._decks.deal(f"spam/{lang}/sections", stock["sections"])]
        lines, headings = [self._decks.deal(f"spam/{lang}/hooks", stock["hooks"])], set[int]()
        for number, section in zip(self._decks.deal("numbering", stock["numbering"]).split(), sections, strict=False):
            headings.add(len(lines))
            lines += [number.replace("_", " ") + section["head"], *section["lines"]]
        lines.append(self._decks.deal(f"spam/{lang}/closings", stock["closings"]))
        title = pen.write(self._decks.deal(f"{genre['name']}/titles", genre["titles"]))
        written = tuple(pen.write(line) for line in lines)
        return Draft(
            title=title,
            paragraphs=written,
            topic=genre["topic"],
            lang=lang,
            is_spam=True,
            headings=frozenset(headings),
        )


def _angles(subjects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return two reports of each subject, the second by its `again`; they share no fact."""
    firsts = [{**each, "facts": each["facts"][:3]} for each in subjects]
    seconds = [{"title": each["again"][0], "lead": each["again"][1], "facts": each["facts"][3:]} for each in subjects]
    return firsts + seconds


def _calendar(day: datetime, lang: str) -> dict[str, str]:
    month = str(day.month) if lang == "zh" else MONTHS[day.month - 1]
    return {"year": str(day.year), "month": month, "day": str(day.day), "lastyear": str(day.year - 1)}


def shingles(text: str) -> set[str]:
    """Return the character 8-grams of a text without its white space."""
    bare = "".join(text.split())
    return {bare[start : start + GRAM] for start in range(len(bare) - GRAM + 1)}


def containment(one: set[str], other: set[str]) -> float:
    """Return how much of the smaller set is in the larger."""
    return len(one & other) / max(1, min(len(one), len(other)))
