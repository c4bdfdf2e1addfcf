"""Trains the weights of `pipelines.spamscore` and writes them beside it: `python -m tests.quality.train_spam`."""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from pipelines.spamscore import SCALE, WEIGHTS, WINDOW, Model, grams, windows
from tests.support.shared import lines, shared

SAMPLES = Path(__file__).with_name("spam_samples.tsv")
OWN = 3.0  # weight of a text written singly: it stands for many, a spinner's texts for few
BARE = 0.3  # weight of a genuine headline shown again without its excerpt, lest a missing excerpt mean spam
TEXT = 1.5  # scale of the text against the title
C = 30  # inverse of the penalty; 10 to 100 rank alike
KEPT = 45_000  # weights, by their reach: below 1 MB, and all more move no verdict of the development sets
CUT = -1.0  # log-odds where quarantine starts: half way between genuine and singly written texts, nearer the latter


@dataclass(frozen=True)
class Example:
    title: str
    text: str
    spam: bool
    weight: float = 1.0


def samples() -> Iterator[dict]:
    """Yield the texts written for training, in the fields of the labelled set."""
    for number, row in enumerate(SAMPLES.read_text(encoding="utf-8").splitlines()[1:]):
        label, title, text = row.split("\t")
        yield {
            "id": f"sample-{number}",
            "kind": "teaser",
            "title": title,
            "text": text,
            "label": label,
            "source": "sample",
        }


def pages() -> Iterator[dict]:
    """Yield the gold texts of saved pages: genuine, from many publishers, and at times speaking to the reader."""
    for page in lines(shared("data/extraction-dev.jsonl.xz")):
        if text := page["gold"].get("text"):
            found = re.search(r"<title[^>]*>([^<]*)", page["html"] or "", re.IGNORECASE)
            title = re.split(r"[|_–]| - |--", unescape(found[1]))[0].strip()[:80] if found else ""
            yield {
                "id": page["id"],
                "kind": "article",
                "title": title,
                "text": text,
                "label": "news",
                "source": "pages",
            }


def items() -> list[dict]:
    return [*lines(shared("data/spam-dev.jsonl.xz")), *samples(), *pages()]


def examples(items: Iterable[dict]) -> Iterator[Example]:
    """Yield what the model learns from: teasers, three windows of an article, headlines alone. Clickbait is genuine."""
    for item in items:
        spam = item["label"] == "spam"
        weight = OWN if item["source"] in {"sample", "handwritten", "seed"} else 1.0
        parts = windows(item["text"]) if item["kind"] == "article" else [item["text"][:WINDOW]]
        yield from (Example(item["title"], part, spam, weight / len(parts)) for part in parts)
        if item["text"] and not spam:
            yield Example(item["title"], "", spam, BARE)


@dataclass
class Rows:
    """A sparse matrix in the making; a gram of the title and the same gram of the text are two columns."""

    columns: dict[tuple[str, str], int]
    values: list[float] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=lambda: [0])

    def add(self, features: dict[tuple[str, str], float]) -> None:
        known = [(self.columns[key], value) for key, value in features.items() if key in self.columns]
        self.places.extend(place for place, _ in known)
        self.values.extend(value for _, value in known)
        self.ends.append(len(self.places))

    def matrix(self) -> csr_matrix:
        return csr_matrix((self.values, self.places, self.ends), shape=(len(self.ends) - 1, len(self.columns)))


def features(example: Example) -> dict[tuple[str, str], float]:
    found = {}
    for name, text, scale in (("title", example.title, 1.0), ("text", example.text, TEXT)):
        unique = sorted(grams(text))
        found.update(dict.fromkeys(((name, gram) for gram in unique), scale / (len(unique) or 1) ** 0.5))
    return found


def train(items: Iterable[dict], kept: int = KEPT) -> Model:
    learnt = list(examples(items))
    found = [features(example) for example in learnt]
    counts = Counter(key for each in found for key in each)
    rows = Rows({key: place for place, key in enumerate(key for key, count in counts.items() if count > 1)})
    for each in found:
        rows.add(each)
    fitted = LogisticRegression(C=C, solver="liblinear", random_state=0).fit(
        rows.matrix(), [each.spam for each in learnt], sample_weight=[each.weight for each in learnt]
    )
    return _prune(
        dict(zip(rows.columns, fitted.coef_[0], strict=True)), counts, float(fitted.intercept_[0]) - CUT, kept
    )


def _prune(weights: dict, counts: Counter, bias: float, kept: int) -> Model:
    """Keep the weights that move most: large, or of frequent grams."""
    reach = {key: abs(weight) * np.sqrt(counts[key]) for key, weight in weights.items()}
    fields: dict[str, dict[str, float]] = {"title": {}, "text": {}}
    for name, gram in sorted(sorted(weights), key=lambda key: -reach[key])[:kept]:
        scale = TEXT if name == "text" else 1.0
        fields[name][gram] = float(weights[name, gram]) * scale
    return Model(bias=bias, **fields)


def table(model: Model) -> str:
    """Write a model as `read_model` reads it: grams of one field, length and weight on one line."""
    groups: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for name, weights in (("text", model.text), ("title", model.title)):
        for gram, weight in weights.items():
            size = 0 if gram.startswith("_") else len(gram)
            groups[name, size, round(weight * SCALE)].append(gram)
    rows = [
        "\t".join([*map(str, key), ("" if key[1] else ",").join(sorted(found))])
        for key, found in sorted(groups.items())
        if key[2]
    ]
    return "\n".join([f"{model.bias:.3f}", *rows, ""])


if __name__ == "__main__":
    written = table(train(items()))
    WEIGHTS.write_text(written, encoding="utf-8")
    sys.stdout.write(json.dumps({"weights": str(WEIGHTS.name), "bytes": len(written.encode())}) + "\n")
