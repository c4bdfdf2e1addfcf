"""Places in a list survive the way through an address, and nothing else is taken for one."""

import base64
import json

import pytest

from store.errors import ConfigError
from store.places import AfterArticle, AfterBest, read, write


def test_a_place_is_read_as_it_was_written():
    for place in (AfterArticle(63_000_000_000_123, "3fq6abcd"), AfterBest(950, 63_000_000_000_123)):
        assert read(write(place), type(place)) == place


@pytest.mark.parametrize(
    "said",
    ["", "x", "W10", "bnVsbA", "WzEsMl0", "[1,2]", "Wy0xLCJhIl0", "WzFlOTk5LCJhIl0", "\ud800", "é" * 50, "A" * 9999],
)
def test_anything_else_is_no_place(said):
    with pytest.raises(ConfigError, match="no place in this list"):
        read(said, AfterArticle)


@pytest.mark.parametrize(
    "fields", [[0, -1], [0, 2**64], [-1, 5], [10**30, 5], [True, 5], [0.5, 5], [0, 10**30], [0], []]
)
def test_numbers_out_of_reach_are_no_place_among_the_best(fields):
    with pytest.raises(ConfigError, match="no place in this list"):
        read(said(fields), AfterBest)


@pytest.mark.parametrize(
    "fields", [[0, "\ud800"], [0, "é"], [0, "a" * 201], [2**60, "a"], [False, "a"], [0, None], {}, 5]
)
def test_what_no_id_can_be_is_no_place(fields):
    with pytest.raises(ConfigError, match="no place in this list"):
        read(said(fields), AfterArticle)


def said(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_place_of_one_order_is_none_of_the_other():
    with pytest.raises(ConfigError, match="no place in this list"):
        read(write(AfterBest(50, 7)), AfterArticle)
