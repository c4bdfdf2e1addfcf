"""All guards together against a server that means ill, through the product's own settings."""

import os
import subprocess
import sys

import pytest

from tests.support.fetch import fetch
from tests.support.hostile import Hostile

GOOD = ["page/1", "page/2", "once-503", "once-dropped", "retry-after/503/1", "retry-after/429/1"]
CODES = {
    "silence": "timeout",
    "trickle": "timeout",
    "slow-headers": "timeout",
    "bomb": "too-large",
    "brotli-bomb": "too-large",
    "zstd-bomb": "too-large",
    "big-body": "too-large",
    "endless-body": "too-large",
    "layers": "encoding-refused",
    "broken-gzip": "encoding-broken",
    "big-headers": "headers-too-large",
    "long-header": "headers-too-large",
    "early-hints": "headers-too-large",
    "to-private": "private-address",
    "to-private/localhost": "private-address",
    "to-file": "redirect-malformed",
    "to-nonsense": "redirect-malformed",
    "loop": "redirect-too-many",
    "endless": "redirect-too-many",
    "cut-short": "ResponseDataLossError",
    "retry-after/503/9999/always": "put-off",
}


@pytest.fixture(scope="module")
def crawl():
    """One crawl of every fault at once, with a deadline of 3 seconds."""
    with Hostile() as server:
        urls = [server.url(path) for path in [*CODES, *GOOD]]
        yield server, fetch(*urls, allow=server.allow, DOWNLOAD_TIMEOUT=3)


@pytest.mark.parametrize("path", CODES)
def test_a_fault_is_refused_with_its_code(crawl, path):
    server, result = crawl
    page = result["pages"][server.url(path)]
    assert page["code"] == CODES[path]
    assert page["detail"] or path == "cut-short"


@pytest.mark.parametrize("path", GOOD)
def test_a_good_page_among_faults_is_fetched(crawl, path):
    server, result = crawl
    assert result["pages"][server.url(path)]["status"] == 200


def test_nothing_private_was_connected_to(crawl):
    assert crawl[0].log()["canary"] == []


def test_the_deadline_covers_the_whole_exchange(crawl):
    """Three slow pages side by side, none asked for twice."""
    server, result = crawl
    assert result["seconds"] < 8
    assert [server.paths()[name] for name in ("silence", "trickle", "slow-headers")] == [1, 1, 1]


def test_memory_stays_small(crawl):
    assert crawl[1]["peak_mb"] < 250


def test_every_refusal_is_counted(crawl):
    stats = crawl[1]["stats"]
    assert {name: count for name, count in stats.items() if name.startswith("guards/")} == {
        "guards/address/refused": 4,  # two robots.txt and the two pages that wait for them
        "guards/deadline/exceeded": 3,
        "guards/encoding/refused": 2,
        "guards/headers/refused": 3,
        "guards/pace/put-off": 1,
        "guards/pace/waited": 2,
        "guards/redirect/malformed": 2,
        "guards/redirect/too-many": 2,
        "guards/size/refused": 5,
    }


def test_the_log_stays_quiet(crawl):
    """Scrapy's two lines before any of our code runs, and one for each origin that is put off."""
    lines = [line for line in crawl[1]["log"].splitlines() if line.startswith("20")]
    assert len([line for line in lines if "INFO" in line]) == 2
    assert len(lines) == 4


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ],
)
def test_no_spelling_of_a_private_address_is_connected_to(host):
    with Hostile() as server:
        url = f"http://{host}:{server.canary}/"
        result = fetch(url, allow=server.allow, RETRY_TIMES=0, DOWNLOAD_TIMEOUT=5)
        assert server.log()["canary"] == []
    assert result["pages"][url]["code"] == "private-address"
    assert "WINNOW_ALLOW_PRIVATE=" in result["pages"][url]["detail"]


def test_a_proxy_in_the_environment_is_not_used():
    with Hostile() as server:
        env = {"http_proxy": f"http://127.0.0.1:{server.canary}", "no_proxy": ""}
        result = fetch(server.url("page"), allow=server.allow, env=env)
        assert server.log()["canary"] == []
    assert result["pages"][server.url("page")]["status"] == 200


def test_other_schemes_are_not_fetched():
    result = fetch("file:///etc/hostname", "data:text/plain,x", "ftp://127.0.0.1/x", RETRY_TIMES=0)
    assert not any("status" in page for page in result["pages"].values())


def test_cookies_are_not_sent_anywhere():
    with Hostile() as server:
        fetch(
            server.url("cookie/127.0.0.1"),
            server.url("cookie/localhost"),
            allow=f"{server.allow},localhost:{server.port}",
        )
        requests = server.log()["requests"]
    assert [path for _, path, _ in requests].count("page") == 2
    assert not any("cookie" in headers for _, _, headers in requests)


def test_a_request_that_stays_on_its_site_is_not_led_off_it():
    with Hostile() as server:
        url, allow = server.url("to-host/localhost"), f"{server.allow},localhost:{server.port}"
        refused = fetch(url, allow=allow, meta={"onsite": True})
        followed = fetch(url, allow=allow)
    assert refused["pages"][url]["code"] == "redirect-offsite"
    assert followed["pages"][url]["status"] == 200


def test_a_host_that_keeps_asking_for_too_long_is_put_off():
    with Hostile() as server:
        urls = [server.url(f"retry-after/429/9999/always/{n}") for n in range(8)]
        result = fetch(*urls, allow=server.allow, CONCURRENT_REQUESTS=1)
        assert server.paths().total() == 4  # robots.txt and three pages
    codes = [page["code"] for page in result["pages"].values()]
    assert codes == ["put-off"] * 3 + ["host-put-off"] * 5


def test_private_addresses_are_out_of_reach_whatever_resolver_is_configured():
    with Hostile() as server:
        page = server.url("page")
        result = fetch(page, TWISTED_DNS_RESOLVER="scrapy.resolver.CachingThreadedResolver")
        assert server.paths() == {}
    assert result["pages"][page]["code"] == "private-address"


def test_scrapy_shell_fetches_what_is_allowed_and_nothing_private():
    command = [sys.executable, "-m", "scrapy", "shell", "-c", "print(response and response.status)"]
    with Hostile() as server:
        for allow, seen in ((server.allow, "200"), ("", "None")):
            environ = os.environ | {"WINNOW_ALLOW_PRIVATE": allow, "WINNOW_DELAY": "0"}
            done = subprocess.run(
                [*command, server.url("page")], env=environ, capture_output=True, text=True, timeout=60
            )
            assert seen in done.stdout.split(), done.stderr
