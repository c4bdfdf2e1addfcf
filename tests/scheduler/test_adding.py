import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from crawler.sites import load_sites
from scheduler.added import Added, SiteKnown, SitesFileWrong
from scheduler.adding import add_site
from store.errors import ConfigError
from tests.support.winnow import ROOT


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sites.toml"


def test_a_site_is_called_by_its_host_unless_it_is_given_a_name(path):
    added = add_site(path, "https://news.example.com", None, "15m")
    assert added == Added("news.example.com", "https://news.example.com/", "15m")
    assert add_site(path, 'https://example.org/?a="b\\c', "other", "1d").name == "other"
    found = load_sites(path)
    assert [(site.name, site.url) for site in found.values()] == [
        ("news.example.com", "https://news.example.com/"),
        ("other", 'https://example.org/?a="b\\c'),
    ]


def test_what_was_in_the_file_stays_as_it_was(path):
    before = '# ours\n[site.demo]\nurl = "http://example.com/"  # the home page\n'
    path.write_text(before)
    add_site(path, "https://example.org/", None, "30m")
    assert path.read_text() == f'{before}\n[site."example.org"]\nurl = "https://example.org/"\nevery = "30m"\n'


@pytest.mark.parametrize(
    ("url", "name", "said"),
    [
        ("https://example.org/", "demo", "there is a site 'demo' already"),
        ("https://www.example.com", "other", "is there already, as 'demo'"),
        ("http://EXAMPLE.com/?utm_source=x", "other", "is there already, as 'demo'"),
    ],
)
def test_the_same_site_is_not_added_twice(path, url, name, said):
    add_site(path, "http://example.com/", "demo", "30m")
    with pytest.raises(SiteKnown, match=said):
        add_site(path, url, name, "30m")
    assert list(load_sites(path)) == ["demo"]


@pytest.mark.parametrize(
    ("url", "name", "every"),
    [
        ("nonsense", None, "30m"),
        ("http://example.com/\x00", None, "30m"),
        ("http://me:secret@example.com/", None, "30m"),
        ("http://example.com/", 'x"]\nurl = "http://evil.example/"\n[site.y', "30m"),
        ("http://example.com/", "two words", "30m"),
        ("http://example.com/", None, "often"),
        ("http://example.com/", None, '1m"\ndepth = "9'),
        ("http://example.com/", None, "59s"),
    ],
)
def test_what_would_break_the_file_is_refused_and_the_file_left_as_it_was(path, url, name, every):
    add_site(path, "http://example.net/", None, "30m")
    before = path.read_text()
    with pytest.raises(ConfigError) as refused:
        add_site(path, url, name, every)
    assert path.name not in str(refused.value)
    assert path.read_text() == before


def test_a_file_with_a_mistake_is_not_made_longer(path):
    path.write_text("[site.demo]\n")
    with pytest.raises(SitesFileWrong, match=r"sites\.toml:1: .* lacks `url`"):
        add_site(path, "http://example.com/", None, "30m")


def test_a_folder_that_is_not_there_is_told_in_a_line(tmp_path):
    with pytest.raises(SitesFileWrong, match=r"sites\.toml can't be written: No such file"):
        add_site(tmp_path / "nowhere" / "sites.toml", "http://example.com/", None, "30m")


def test_none_is_lost_when_many_processes_and_threads_add_at_once(path):
    code = "import sys, pathlib; from scheduler.adding import add_site\n"
    code += "for n in range(20): add_site(pathlib.Path(sys.argv[1]), f'http://{sys.argv[2]}-{n}.example/', None, '1h')"
    others = [subprocess.Popen([sys.executable, "-c", code, path, name], cwd=ROOT) for name in ("a", "b")]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: add_site(path, f"http://own-{n}.example/", None, "1h"), range(40)))
    assert [other.wait() for other in others] == [0, 0]
    assert len(load_sites(path)) == 80
