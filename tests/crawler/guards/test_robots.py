"""What robots.txt means, and that it is obeyed."""

import itertools

import pytest

from crawler.guards.robots import MAX_CRAWL_DELAY, read
from tests.support.fetch import fetch
from tests.support.hostile import Hostile

PAGE = "https://example.com/page"
RULES = "User-agent: *\nDisallow: /\n\nUser-agent: Winnow\nDisallow: /private\nCrawl-delay: 1\n"


@pytest.mark.parametrize("status", [200, 301, 401, 403, 404, 410])
def test_no_file_allows_everything(status):
    robots = read(status, b"")
    assert not robots.trouble
    assert robots.is_allowed(PAGE, "Winnow")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_allows_nothing(status):
    assert read(status, b"").trouble


def test_a_pages_markup_is_no_rule():
    assert read(200, b"<!doctype html><title>Not here</title>").is_allowed(PAGE, "Winnow")


def test_an_error_page_is_not_read_as_rules():
    assert read(404, b"User-agent: *\nDisallow: /").is_allowed(PAGE, "Winnow")


def test_our_own_group_goes_before_everyones():
    robots = read(200, RULES.encode())
    assert robots.is_allowed(PAGE, "Winnow")
    assert not robots.is_allowed("https://example.com/private/x", "Winnow")


@pytest.mark.parametrize(
    ("raw", "seconds"), [("2.5", 2.5), ("86400", MAX_CRAWL_DELAY), ("-1", 0), ("nan", 0), ("inf", 0)]
)
def test_crawl_delay_is_a_sane_number(raw, seconds):
    assert read(200, f"User-agent: *\nCrawl-delay: {raw}".encode()).delay("Winnow") == seconds


def test_only_the_first_half_megabyte_is_read():
    robots = read(200, b"User-agent: *\n" + b"#" * 600_000 + b"\nDisallow: /")
    assert robots.is_allowed(PAGE, "Winnow")


def test_rules_and_crawl_delay_are_obeyed():
    with Hostile("file", RULES) as server:
        result = fetch(*(server.url(n) for n in ("a", "b", "c", "private/x")), allow=server.allow)
        log = server.log()["requests"]
    assert result["pages"][server.url("private/x")]["code"] == "robots-disallowed"
    assert next(path for _, path, _ in log) == "robots.txt"
    assert sorted(path for _, path, _ in log) == ["a", "b", "c", "robots.txt"]
    moments = [moment for moment, _, _ in log]
    assert min(b - a for a, b in itertools.pairwise(moments)) > 0.7  # 1 s, less what a busy machine logs late
    assert result["stats"]["guards/robots/disallowed"] == 1


@pytest.mark.parametrize(("robots", "asked"), [("503", 3), ("silent", 1)])
def test_without_an_answer_nothing_is_crawled(robots, asked):
    with Hostile(robots) as server:
        result = fetch(server.url("a"), server.url("b"), allow=server.allow, DOWNLOAD_TIMEOUT=1)
        assert server.paths() == {"robots.txt": asked}
    assert {page["code"] for page in result["pages"].values()} == {"robots-unavailable"}
    assert result["stats"]["guards/robots/unavailable"] == 2
    assert result["seconds"] < 4


def test_a_redirect_loop_counts_as_no_file():
    with Hostile("loop") as server:
        result = fetch(server.url("a"), allow=server.allow)
    assert result["pages"][server.url("a")]["status"] == 200


def test_robots_txt_does_not_lead_to_a_private_address():
    with Hostile("private") as server:
        result = fetch(server.url("a"), allow=server.allow)
        assert server.log()["canary"] == []
    assert result["pages"][server.url("a")]["code"] == "private-address"
