"""Trains the spam model's weights: `python -m tests.quality.train_spam`.

A linear model over the runs of characters of title and text, each field of length one, so that a long text weighs no
more than a short one. Real headlines without an excerpt are among the genuine examples, and bare spam titles among the
others: or a missing excerpt would look like spam.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import zstandard
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from pipelines.spamscore import HAS_TEXT, WEIGHTS
from pipelines.spamtext import fold, grams, windows
from tests.support.shared import lines, shared

MIN_DOCUMENTS = 3  # in which a run of characters must occur
KEPT = 60_000  # weights; the smallest of 90,000 change no verdict
STRENGTH = 10.0  # the inverse of the regularisation, by four-fold cross-validation: 3 and 30 are no better
RARE = 4.0  # weight of an example of which there are few: those written singly

Item = dict[str, Any]


@dataclass(frozen=True)
class Example:
    title: str
    text: str
    is_spam: bool
    weight: float


def examples(items: list[Item]) -> Iterator[Example]:
    """Yield what is learnt from: teasers with and without their excerpt, articles by windows."""
    for item in items:
        is_spam = item["label"] == "spam"
        weight = RARE if item["source"] == "handwritten" else 1.0
        texts = windows(item["text"]) if item["kind"] == "article" else [item["text"]]
        for text in texts:
            yield Example(item["title"], text, is_spam, weight * (0.5 if item["kind"] == "article" else 1.0))
        if item["kind"] == "teaser" and item["text"]:
            yield Example(item["title"], "", is_spam, weight * 0.5)


def features(example: Example) -> dict[str, float]:
    """Return the features as the scorer computes them: field and run of characters, to a value."""
    found = {}
    for field, text in (("t", example.title), ("x", example.text)):
        runs = grams(fold(text)) if text else set()
        found |= {field + run: 1 / math.sqrt(len(runs)) for run in runs}
    return found | ({HAS_TEXT: 1.0} if example.text else {})


def train(items: list[Item]) -> dict[str, float]:
    """Return the weights by feature; the empty one is the intercept."""
    learnt = list(examples(items))
    rows = [features(example) for example in learnt]
    often = Counter(name for row in rows for name in row)
    columns = {name: at for at, name in enumerate(name for name, n in often.items() if n >= MIN_DOCUMENTS)}
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=500, solver="liblinear")
    model.fit(_matrix(rows, columns), [e.is_spam for e in learnt], [e.weight for e in learnt])
    weights = dict(zip(columns, model.coef_[0], strict=True))
    strongest = sorted(weights, key=lambda name: -abs(weights[name]))[:KEPT]
    return {"": float(model.intercept_[0])} | {name: float(weights[name]) for name in sorted(strongest)}


def _matrix(rows: list[dict[str, float]], columns: dict[str, int]) -> csr_matrix:
    cells = [
        (at, columns[name], value) for at, row in enumerate(rows) for name, value in row.items() if name in columns
    ]
    at, column, value = zip(*cells, strict=True)
    return csr_matrix((np.array(value), (at, column)), shape=(len(rows), len(columns)))


def save(weights: dict[str, float]) -> None:
    """Write the weights, in hundredths, a line each."""
    text = "\n".join(f"{name}\t{round(weight * 100)}" for name, weight in weights.items())
    WEIGHTS.write_bytes(zstandard.compress(text.encode("utf-8"), 19))


if __name__ == "__main__":
    save(train(list(lines(shared("data/spam-dev.jsonl.xz")))))
