"""Discovery on mirrors of two content management systems: everything is announced, and nothing else."""

import json
import tarfile
from urllib.parse import quote, unquote, urlsplit

import pytest
from protego import Protego

from crawler.discover.feed import read_feed
from crawler.discover.home import find_sources
from crawler.discover.kind import looks_like_article
from crawler.discover.listing import read_listing
from crawler.discover.sitemap import read_sitemap
from crawler.document import parse
from store.urls import canonical
from tests.support.shared import shared

PORTS = {"zblog-tpure": 8711, "wordpress": 8721}


class Mirror:
    """A mirror in memory: bodies by path, and what is known of its pages and articles by canonical address."""

    def __init__(self, name):
        self.base = f"http://127.0.0.1:{PORTS[name]}/"
        with tarfile.open(shared(f"data/sites/{name}.tar.xz")) as archive:
            files = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}
        self.bodies = {path.removeprefix(f"{name}/site/"): body for path, body in files.items()}
        self.truth = {canonical(self.base + each["url"]): each for each in self._table(files[f"{name}/truth.jsonl"])}
        self.pages = self._table(files[f"{name}/pages.jsonl"])

    def body(self, url):
        path = unquote(urlsplit(url).path).lstrip("/")
        return self.bodies[path + "index.html" if not path or path.endswith("/") else path]

    def document(self, url):
        return parse(self.body(url), url)

    @staticmethod
    def _table(body):
        return [json.loads(line) for line in body.decode().splitlines()]


@pytest.fixture(scope="module", params=PORTS)
def mirror(request):
    return Mirror(request.param)


def read_all(mirror, url):
    """Return the teasers of a list and all its further pages."""
    teasers, seen = [], set()
    while url:
        assert url not in seen
        seen.add(url)
        found = read_listing(mirror.document(url))
        teasers += found.teasers
        url = found.next_page
    return teasers


def test_the_home_list_announces_every_article_and_nothing_else(mirror):
    teasers = read_all(mirror, mirror.base)
    assert {canonical(each.url) for each in teasers} == set(mirror.truth)


def test_titles_are_those_of_the_articles(mirror):
    """Signs that WordPress typesets (quotes, dashes) are left out of the comparison."""
    for teaser in read_all(mirror, mirror.base):
        title = mirror.truth[canonical(teaser.url)]["title"]
        assert [c for c in teaser.title if c.isalnum()] == [c for c in title if c.isalnum()]


def test_excerpts_are_of_the_articles_text(mirror):
    for teaser in read_all(mirror, mirror.base):
        text = "".join(c for c in mirror.truth[canonical(teaser.url)]["text"] if c.isalnum())
        assert "".join(c for c in teaser.excerpt[:60] if c.isalnum()) in text


def test_the_main_list_keeps_the_order_of_the_page(mirror):
    dates = [
        mirror.truth[canonical(each.url)]["date"] for each in read_listing(mirror.document(mirror.base)).teasers[:10]
    ]
    assert dates == sorted(dates, reverse=True)


def test_every_category_list_is_found_and_read_to_its_end(mirror):
    sources = [each.url for each in find_sources(mirror.document(mirror.base)) if each.kind == "listing"]
    lists = {canonical(mirror.base + each["path"]) for each in mirror.pages if each["kind"] == "list"}
    assert {canonical(each) for each in sources} <= lists
    categories = {each["category"] for each in mirror.truth.values()}
    assert len(sources) == 1 + len(categories)
    announced = {canonical(each.url) for url in sources[1:] for each in read_all(mirror, url)}
    assert announced == set(mirror.truth)


def test_the_feed_is_found_and_read(mirror):
    (feed,) = [each.url for each in find_sources(mirror.document(mirror.base)) if each.kind == "feed"]
    teasers = read_feed(mirror.body(feed), feed).teasers
    assert len(teasers) == 20
    assert all(canonical(each.url) in mirror.truth and each.excerpt and each.published_at for each in teasers)


def test_the_sitemap_is_found_and_lists_every_article():
    mirror = Mirror("wordpress")
    (sitemap,) = Protego.parse(mirror.bodies["robots.txt"].decode()).sitemaps
    (child,) = read_sitemap(mirror.body(sitemap), sitemap).children
    assert {canonical(each.url) for each in read_sitemap(mirror.body(child), child).teasers} == set(mirror.truth)


def test_articles_and_lists_are_told_apart(mirror):
    pages = [each for each in mirror.pages if each["kind"] not in {"feed", "sitemap"}][::3]
    for page in pages:
        url = mirror.base + quote(unquote(page["path"]))
        assert looks_like_article(mirror.document(url)) == page["kind"].startswith("article"), url
