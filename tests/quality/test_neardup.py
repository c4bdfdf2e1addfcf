"""Floors for the grouping of copies, on labelled documents that lie beside the project."""

import hashlib
import itertools
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from tests.quality.neardup import answers
from tests.support.shared import lines, shared

pytestmark = pytest.mark.long

FLOORS = tomllib.loads(Path(__file__).with_suffix(".toml").with_stem("neardup").read_text(encoding="utf-8"))


def pairs(groups):
    """Return all pairs of ids with equal groups."""
    ids = defaultdict(list)
    for id_, group in groups.items():
        ids[group].append(id_)
    return {frozenset(pair) for members in ids.values() for pair in itertools.combinations(members, 2)}


@pytest.fixture(scope="module")
def documents():
    path = shared(f"data/{FLOORS['data']}")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == FLOORS["sha256"], "other data: measure the floors anew"
    return list(lines(path))


@pytest.fixture(scope="module", params=["zh", "en"])
def judged(request, documents):
    """Give the documents of a language, its true pairs, those found, and its floors."""
    mine = [d for d in documents if d["lang"] == request.param]
    true = pairs({d["id"]: d["group"] for d in mine})
    undecided = {frozenset((d["id"], other)) for d in mine for other in d.get("unscored", ())} - true
    found = pairs({a["id"]: a["group"] for a in answers(mine)}) - undecided
    return mine, true, found, FLOORS[request.param]


def recall_of(kind, documents, found):
    copies = [frozenset((d["id"], d["of"])) for d in documents if d["kind"] == kind]
    return sum(pair in found for pair in copies) / len(copies)


def test_stories_hold_copies_of_one_text_and_nothing_else(judged):
    _, true, found, floors = judged
    assert len(found & true) / len(found) >= floors["precision"]


def test_copies_are_found(judged):
    documents, true, found, floors = judged
    assert len(found & true) / len(true) >= floors["recall"]
    assert recall_of("heavy", documents, found) >= floors["heavy"]


@pytest.mark.parametrize("kind", ["exact", "punct", "light", "medium", "natural", "excerpt"])
def test_every_plain_copy_and_excerpt_is_found(judged, kind):
    documents, _, found, _ = judged
    assert recall_of(kind, documents, found) == 1.0


def test_bulletins_of_another_day_or_place_stay_apart(judged):
    documents, true, found, floors = judged
    template = {frozenset((d["id"], other)) for d in documents for other in d.get("template", ())}
    assert len((found & template) - true) <= floors["template"]


def test_round_ups_are_copies_of_nothing(judged):
    documents, true, found, _ = judged
    digests = {d["id"] for d in documents if d["kind"] == "digest"}
    assert not [pair for pair in found - true if pair & digests]
