import pytest

from store.urls import canonical, key

SAME = [
    ("http://example.com/a", "https://example.com/a"),
    ("http://example.com/a", "http://www.example.com/a"),
    ("http://example.com/a", "http://m.example.com/a/"),
    ("http://example.com/a", "http://EXAMPLE.com:80/a#comments"),
    ("http://example.com/a?id=1&p=2", "http://example.com/a?p=2&id=1"),
    ("http://example.com/a", "http://example.com/a?utm_source=x&spm=1.2"),
    ("http://example.com/中", "http://example.com/%e4%b8%ad"),
    ("http://example.com", "http://example.com/"),
]
DIFFERENT = [
    ("http://example.com/a", "http://example.com/A"),
    ("http://example.com/a?id=1", "http://example.com/a?id=2"),
    ("http://example.com/a", "http://example.com:8080/a"),
    ("http://news.example.com/a", "http://example.com/a"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_address_have_one_key(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_addresses_have_two_keys(one, other):
    assert key(one) != key(other)


def test_canonical_is_stable():
    once = canonical("HTTP://Example.com/a b/%7e?q=%E4%B8%AD&a=1")
    assert canonical(once) == once


def test_a_path_that_is_no_utf8_survives():
    assert canonical("http://example.com/%b9%fa") == "http://example.com/%B9%FA"


def test_keys_are_short_and_of_one_alphabet():
    assert len(key("http://example.com/")) == 16
    assert key("http://example.com/").isalnum()
