"""The settings are safe, the environment is read strictly, and a mistake is one line."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from scrapy.utils.project import get_project_settings

from crawler.settings import OPTIONS
from store.errors import ConfigError
from store.options import read
from tests.support.fetch import ROOT


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("WINNOW_NOW", "", None),
        ("WINNOW_NOW", "2025-12-20T12:00:00+08:00", datetime(2025, 12, 20, 4, tzinfo=UTC)),
        ("WINNOW_ALLOW_PRIVATE", "", frozenset()),
        ("WINNOW_ALLOW_PRIVATE", "127.0.0.1:8711, Localhost:80", frozenset({("127.0.0.1", 8711), ("localhost", 80)})),
        ("WINNOW_ALLOW_PRIVATE", "[::1]:8711", frozenset({("::1", 8711)})),
        ("WINNOW_DELAY", "0", 0.0),
        ("WINNOW_CONTACT", "editor@example.com", "editor@example.com"),
    ],
)
def test_an_option_is_parsed(name, raw, value):
    assert read(OPTIONS, {name: raw})[name] == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("WINNOW_NOW", "yesterday"),
        ("WINNOW_NOW", "2025-12-20T12:00:00"),
        ("WINNOW_ALLOW_PRIVATE", "127.0.0.1"),
        ("WINNOW_ALLOW_PRIVATE", "http://127.0.0.1:80"),
        ("WINNOW_ALLOW_PRIVATE", "127.0.0.1:80/path"),
        ("WINNOW_ALLOW_PRIVATE", "127.0.0.1:99999"),
        ("WINNOW_ALLOW_PRIVATE", "user@host:80"),
        ("WINNOW_DELAY", "-1"),
        ("WINNOW_DELAY", "nan"),
        ("WINNOW_DELAY", "a second"),
        ("WINNOW_CONTACT", "somebody"),
        ("WINNOW_USER_AGENT", "Winnow\r\nX-Injected: 1"),
    ],
)
def test_a_malformed_option_is_named(name, raw):
    with pytest.raises(ConfigError, match=name):
        read(OPTIONS, {name: raw})


def scrapy(*arguments, **env):
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_mistake_in_the_environment_is_one_line_and_exit_code_2():
    done = scrapy("settings", "--get", "BOT_NAME", WINNOW_DELAY="soon")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "WINNOW_DELAY" in done.stderr


def test_the_user_agent_carries_the_contact():
    done = scrapy("settings", "--get", "USER_AGENT", WINNOW_CONTACT="https://example.com/bot")
    assert done.stdout.strip() == "Winnow/0.1 (+https://example.com/bot)"


def test_nothing_but_what_is_named_runs_and_only_http_is_spoken():
    settings = get_project_settings()
    for kind in ("EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES"):
        assert dict(settings.get_component_priority_dict_with_base(kind)) == dict(settings[kind])
    spoken = {scheme for scheme, handler in settings.getwithbase("DOWNLOAD_HANDLERS").items() if handler}
    assert spoken == {"http", "https"}


def test_a_host_is_asked_for_one_page_at_a_time_unless_there_is_no_delay():
    asked = [scrapy("settings", "--get", "CONCURRENT_REQUESTS_PER_DOMAIN", WINNOW_DELAY=d).stdout.strip() for d in "10"]
    assert asked == ["1", "8"]
