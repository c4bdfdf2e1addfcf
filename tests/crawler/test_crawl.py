import pytest

from crawler.crawl import parse_arguments
from crawler.sites import parse_sites
from store.errors import ConfigError

SITES = parse_sites('[site.demo]\nurl = "http://example.com/"\n', "sites.toml")


def parse(**arguments):
    return parse_arguments(arguments, lambda: SITES)


def test_a_site_is_found_by_name():
    crawl = parse(site="demo", limit="5", refresh="1")
    assert (crawl.site.name, crawl.entry, crawl.limit, crawl.refresh, crawl.dry_run) == ("demo", None, 5, True, False)


def test_the_address_of_an_article_is_an_entry_and_that_of_a_home_page_a_site():
    assert parse(url="http://example.org/post/1.html").entry == "http://example.org/post/1.html"
    assert parse(url="http://example.org/").entry is None


def test_a_home_page_of_no_file_is_a_site_whatever_its_path_and_shares_nothing_with_those_of_a_file():
    crawl = parse(home="http://example.com/news/")
    assert (crawl.site.url, crawl.site.name, crawl.entry) == ("http://example.com/news/",) * 2 + (None,)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "say what to crawl"),
        ({"site": "demos"}, "unknown site 'demos'; the sites file has: demo"),
        ({"site": "demo", "limit": "-1"}, "limit='-1'"),
        ({"site": "demo", "depht": "1"}, "unknown argument 'depht'"),
        ({"url": "ftp://example.com/"}, "ftp://example.com/"),
    ],
)
def test_a_mistake_is_one_line_that_names_it(arguments, message):
    with pytest.raises(ConfigError) as caught:
        parse(**arguments)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
