from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.sites import KEYS, Site, Source, key_rows, load_sites, parse_sites, site_for_url
from store.errors import ConfigError

FULL = r"""
[site.example]
url = "https://news.example.com"
sources = [ {feed = "https://news.example.com/feed.xml"}, {listing = "https://news.example.com/news/"} ]
every = "15m"
timezone = "Asia/Shanghai"
depth = 0
max_pages = 10
delay = 1
allow = ['/post/\d+']
deny = ['/ads/']
paused = true

[site."other.example"]
sources = [ {sitemap = "http://other.example/a/sitemap.xml"} ]
cron = "*/10 7-22 * * mon-fri"
"""


def test_every_key_is_read():
    site, other = parse_sites(FULL, "sites.toml").values()
    assert (site.name, site.url) == ("example", "https://news.example.com/")
    assert [each.kind for each in site.sources] == ["feed", "listing"]
    assert (site.every, site.timezone, site.delay) == (timedelta(minutes=15), ZoneInfo("Asia/Shanghai"), 1.0)
    assert (site.depth, site.max_pages, site.paused) == (0, 10, True)
    assert site.allow[0].search("/post/12.html")
    assert site.deny[0].search("/ads/1")
    assert other == Site(
        name="other.example",
        url="http://other.example/",
        sources=(Source("sitemap", "http://other.example/a/sitemap.xml"),),
        cron="*/10 7-22 * * mon-fri",
    )


def test_the_table_of_keys_names_every_field_of_a_site():
    assert {key.name for key in KEYS} == set(Site.__dataclass_fields__) - {"name"}
    assert all(name and form and text for name, form, _, text in key_rows())


@pytest.mark.parametrize(("key", "text"), [("depth", "1"), ("max_pages", "5000"), ("paused", "False")])
def test_the_table_of_keys_gives_the_defaults(key, text):
    site = site_for_url("http://example.com/")
    assert str(getattr(site, key)) == text
    assert {row[0]: row[2] for row in key_rows()}[key] == text.lower()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('evry = "1h"', "s.toml:4: site a: evry: not a key; did you mean `every`?"),
        ("zzz = 1", "s.toml:4: site a: zzz: not a key; there are url, sources,"),
        ("every = 15", 's.toml:4: site a: every: 15 is no duration; write a number and s, m, h or d: "15m"'),
        ('every = "0m"', "s.toml:4: site a: every: '0m' is no duration"),
        ('every = "1h"\ncron = "* * * * *"', "s.toml:5: site a: cron: stands beside `every`; keep one"),
        ('cron = "* * *"', "s.toml:4: site a: cron: '* * *' has not the five fields"),
        ('timezone = "Shanghai"', "s.toml:4: site a: timezone: 'Shanghai' is no time zone; write one such as"),
        ('timezone = "../etc"', "s.toml:4: site a: timezone: '../etc' is no time zone"),
        ('depth = "1"', "s.toml:4: site a: depth: '1' must be a whole number of 0 or more, without quotes"),
        ("depth = true", "s.toml:4: site a: depth: True must be a whole number"),
        ("max_pages = 0", "s.toml:4: site a: max_pages: 0 must be a whole number of 1 or more"),
        ("delay = -1", "s.toml:4: site a: delay: -1 must be a number of seconds"),
        ('paused = "no"', "s.toml:4: site a: paused: 'no' must be true or false"),
        ('allow = "x"', "s.toml:4: site a: allow: 'x' must be a list of regular expressions"),
        ('allow = ["("]', "s.toml:4: site a: allow: '(' is no regular expression: missing )"),
        ('sources = ["x"]', "s.toml:4: site a: sources: 'x' is no source; write {feed ="),
        ('sources = [{feed = "x"}]', "s.toml:4: site a: sources: 'x' is no address; write it with its scheme"),
        ('sources = [{fed = "http://x.example/"}]', "s.toml:4: site a: sources: {'fed': "),
    ],
)
def test_a_mistake_is_named_with_file_line_site_and_key(lines, message):
    text = f'# mine\n[site.a]\nurl = "http://a.example/"\n{lines}\n\n[site.b]\nurl = "http://b.example/"\ndepth = 1\n'
    with pytest.raises(ConfigError) as caught:
        parse_sites(text, "s.toml")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[site.a]\nurl = "http://a.example/"\nevery = \n', "s.toml:3: not valid TOML: Invalid value"),
        ("[site.a", "s.toml:1: not valid TOML: "),
        ('\n[sites.a]\nurl = "http://a.example/"', "s.toml:2: sites: not known here; entries are called [site.NAME]"),
        ("[site.a]\n", "s.toml:1: site a: lacks `url`; write url ="),
        ('[site.a]\nurl = "a.example"', "s.toml:2: site a: url: 'a.example' is no address; write it with its scheme"),
        ('[site.a]\nurl = "http://me:secret@a.example/"', "s.toml:2: site a: url: an address must not carry"),
        (
            '[site.a.b]\nurl = "http://a.example/"',
            's.toml:1: site a: b: not a key; a name with a dot needs quotes: [site."a',
        ),
        ('[site."a b"]\nurl = "http://a.example/"', "s.toml:1: site a b: a name is of letters, digits"),
        ("site = 3", "s.toml:1: write each entry as [site.NAME]"),
        ('[site]\na = "http://a.example/"', "s.toml:1: site a: write it as a table: [site.a]"),
    ],
)
def test_a_mistake_of_form_is_named_with_its_line(text, message):
    with pytest.raises(ConfigError) as caught:
        parse_sites(text, "s.toml")
    assert str(caught.value).startswith(message)


def test_a_misspelt_time_zone_is_put_right():
    with pytest.raises(ConfigError, match='write one such as "Asia/Shanghai"'):
        parse_sites('[site.a]\nurl = "http://a.example/"\ntimezone = "Asia/Shangai"', "s.toml")


def test_a_file_is_read_and_a_missing_one_says_how_to_make_it(tmp_path):
    file = tmp_path / "sites.toml"
    with pytest.raises(ConfigError, match="no such file; `winnow sites add URL` makes it"):
        load_sites(file)
    file.write_text(FULL, encoding="utf-8")
    assert list(load_sites(file)) == ["example", "other.example"]
    file.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="can't be read"):
        load_sites(file)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:8711/", "127.0.0.1-8711"),
        ("https://News.Example.com/a?b=1", "news.example.com"),
        ("http://[::1]:8000", "1-8000"),
        ("https://新闻.example/", "xn--efvy88h.example"),
    ],
)
def test_a_site_for_an_address_is_named_by_its_host(url, name):
    site = site_for_url(url)
    assert site.name == name
    assert site.url.rstrip("/") == url.rstrip("/")


@pytest.mark.parametrize(
    "url", ["example.com", "ftp://example.com/", "http://", "http://a.example:99999/", "http://a b/"]
)
def test_what_is_no_address_makes_no_site(url):
    with pytest.raises(ConfigError, match="is no address"):
        site_for_url(url)
