import pytest

from store.errors import ConfigError
from store.options import Option, read

OPTIONS = (Option("WINNOW_DELAY", "1.5", float, "seconds"),)


def test_an_unset_or_empty_variable_takes_the_default():
    assert read(OPTIONS, {}) == read(OPTIONS, {"WINNOW_DELAY": ""}) == {"WINNOW_DELAY": 1.5}


def test_a_malformed_value_is_one_line_that_names_the_variable():
    with pytest.raises(ConfigError, match=r"^WINNOW_DELAY='soon': [^\n]+$"):
        read(OPTIONS, {"WINNOW_DELAY": "soon"})
