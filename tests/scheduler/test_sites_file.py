import os

import pytest

from scheduler.sites_file import SitesFile
from store.errors import ConfigError

GOOD = '[site.demo]\nurl = "http://example.com/"\nevery = "5m"\n'
MORE = GOOD + '[site.more]\nurl = "http://example.org/"\n'


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "sites.toml"
    path.write_text(GOOD)
    return path


@pytest.fixture
def file(path):
    return SitesFile(path, path.parent / "kept.toml")


def test_an_unchanged_file_is_read_once(file, path):
    assert list(file.start()) == ["demo"]
    assert file.look() is None
    path.write_text(MORE)
    assert list(file.look()) == ["demo", "more"]
    assert file.look() is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("[site.demo", "sites.toml:1"),
        (f'{GOOD}jitter = "soon"', "jitter"),
        ("cron", "such a day"),
        (None, "no such file"),
    ],
)
def test_an_error_is_told_until_it_is_mended_and_the_last_good_file_kept(file, path, wrong, said):
    file.start()
    if wrong is None:
        path.unlink()
    else:
        path.write_text(wrong.replace("cron", '[site.a]\nurl = "http://a.com/"\ncron = "0 0 30 2 *"\n'))
    assert file.look() is None
    assert said in file.error
    assert file.copy.read_text() == GOOD
    assert file.look() is None
    path.write_text(MORE)
    assert list(file.look()) == ["demo", "more"]
    assert file.error is None
    assert file.copy.read_text() == MORE


def test_a_service_that_starts_with_a_wrong_file_goes_by_what_was_kept(file, path):
    file.start()
    path.write_text("[site.demo")
    later = SitesFile(path, file.copy)
    assert list(later.start()) == ["demo"]
    assert later.error


def test_without_anything_kept_it_does_not_start(file, path):
    path.write_text("[site.demo")
    with pytest.raises(ConfigError, match=r"sites\.toml:1"):
        file.start()


def test_a_full_disk_leaves_the_last_good_file_in_force_and_is_tried_again(path):
    """/dev/full refuses every write, as a full disk does."""
    full = path.parent / f".kept.toml.{os.getpid()}"
    full.symlink_to("/dev/full")
    file = SitesFile(path, path.parent / "kept.toml")
    assert file.look() is None
    assert "No space left" in file.error
    assert list(file.look()) == ["demo"]
    assert file.error is None
