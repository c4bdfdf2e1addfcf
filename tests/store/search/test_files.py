"""A data folder that can't hold an index is a mistake of the operator's, told in a line."""

import os
from contextlib import contextmanager

import pytest

from store.errors import ConfigError
from store.queries import Archive, Query
from store.search.files import SearchFiles
from store.search.index import SearchIndex
from tests.support import articles
from tests.support.winnow import Winnow


@pytest.fixture
def no_folder(tmp_path):
    """A file where the data folder should be."""
    path = tmp_path / "data"
    path.touch()
    return path


@pytest.fixture
def nobody():
    """Act as a user to whom things can be forbidden, as nothing is to root."""

    @contextmanager
    def act():
        own = os.geteuid()
        os.seteuid(own or 65534)
        try:
            yield
        finally:
            os.seteuid(own)

    return act


@pytest.mark.parametrize("below", [".", "deeper"])
def test_an_index_where_no_folder_can_be_says_which_setting_is_wrong(sync_database, no_folder, below):
    data = no_folder / below
    index = SearchIndex(data)
    articles.store(sync_database, articles.article(1, text="港口"))
    assert not index.is_made(sync_database)
    with pytest.raises(ConfigError, match=f"WINNOW_DATA: {data}.*Not a directory"):
        list(Archive(sync_database, index).find(Query(words=("港口",))))


def test_an_index_that_may_not_be_used_says_so(tmp_path, nobody):
    (tmp_path / "search").mkdir(mode=0)
    with nobody(), pytest.raises(ConfigError, match=r"WINNOW_DATA.*Permission denied"):
        SearchFiles(tmp_path).read()
    with nobody(), pytest.raises(ConfigError, match=r"WINNOW_DATA.*Permission denied"), SearchFiles(tmp_path).writing():
        pass


def test_room_is_looked_for_where_a_folder_is_yet_to_be_made(tmp_path):
    SearchFiles(tmp_path / "not" / "yet").check_room()


def test_the_command_tells_it_in_a_line(mongo_uri, sync_database, no_folder, tmp_path):
    said = Winnow(no_folder, mongo_uri, {"WINNOW_SITES": str(tmp_path / "sites.toml")})(
        "articles", "港口", code=2
    ).stderr
    assert said.count("\n") == 1
    assert said.startswith("winnow: WINNOW_DATA: ")
