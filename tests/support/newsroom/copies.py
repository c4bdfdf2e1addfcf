"""Plants copies: how an article comes back under another address. Pure."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.support.newsroom.writing import STOCK, Pen

if TYPE_CHECKING:
    from random import Random

    from tests.support.newsroom.writing import Desk, Draft

KINDS = ("exact", "light", "heavy")
_DROPPED = 0.4


def copy(original: Draft, kind: str, rng: Random, desk: Desk) -> Draft:
    """Return the text as another desk would run it: `exact`, `light` (lines around it) or `heavy` (rewritten)."""
    if kind == "exact":
        return original
    return _light(original, rng) if kind == "light" else _heavy(original, rng, desk)


def _light(original: Draft, rng: Random) -> Draft:
    stock = STOCK[original.lang]
    pen = Pen(rng, stock["words"], {})
    above, below = pen.write(rng.choice(stock["above"])), pen.write(rng.choice(stock["below"]))
    return replace(original, paragraphs=(above, *original.paragraphs, below))


def _heavy(original: Draft, rng: Random, desk: Desk) -> Draft:
    kept = list(original.paragraphs)
    for _ in range(math.floor(len(kept) * _DROPPED)):
        kept.pop(rng.randrange(1, len(kept)))
    for _ in range(2):
        kept.insert(rng.randrange(1, len(kept) + 1), desk.paragraph(original.lang))
    title = rng.choice(STOCK[original.lang]["retitled"]).format(title=original.title)
    return replace(
        original,
        title=_reworded(title, original.lang),
        paragraphs=tuple(_reworded(line, original.lang) for line in kept),
    )


def _reworded(text: str, lang: str) -> str:
    for word, synonym in STOCK[lang]["synonyms"].items():
        text = text.replace(word, synonym)
    return text
