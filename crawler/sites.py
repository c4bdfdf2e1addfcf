"""The sites file: which sites there are, where they announce articles, when they are crawled. Pure but for reading it.

`KEYS` is the one table of what an entry may say; validation and docs/sites.md both come from it.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from crawler.quiet import QuietHours, parse_quiet
from store.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KINDS = ("feed", "listing", "sitemap")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SYNTAX_LINE = re.compile(r" ?\(at line (\d+), column \d+\)| ?\(at end of document\)")


@dataclass(slots=True, frozen=True)
class Source:
    """Where a site announces articles; `kind` is one of `KINDS`."""

    kind: str
    url: str


@dataclass(slots=True, kw_only=True, frozen=True)
class Site:
    """One publication. What is None is decided elsewhere: `delay` by the environment, `timezone` by the page.

    Without `sources` they are found from `url`. At most one of `every` and `cron` is set; with neither, a site is
    crawled on demand only. `quiet` are the hours, from-to by the clock of `timezone`, in which the schedule does not
    start it. `delay` is in seconds.
    """

    name: str
    url: str
    sources: tuple[Source, ...] = ()
    every: timedelta | None = None
    cron: str | None = None
    jitter: timedelta = timedelta(0)
    quiet: tuple[QuietHours, ...] = ()
    timezone: ZoneInfo | None = None
    depth: int = 1
    max_pages: int = 5000
    delay: float | None = None
    allow: tuple[re.Pattern[str], ...] = ()
    deny: tuple[re.Pattern[str], ...] = ()
    paused: bool = False

    def admits(self, url: str) -> bool:
        """Tell whether the allow and deny rules let an article's address pass."""
        allowed = not self.allow or any(rule.search(url) for rule in self.allow)
        return allowed and not any(rule.search(url) for rule in self.deny)

    def rules(self) -> str:
        """Identify what decides which articles of the site are found: when it changes, all is to be read again."""
        patterns = [[rule.pattern for rule in rules] for rules in (self.allow, self.deny)]
        rules = (self.url, self.sources, self.depth, patterns)
        return hashlib.blake2b(repr(rules).encode(), digest_size=8).hexdigest()


@dataclass(slots=True, frozen=True)
class Key:
    """One key of an entry. `parse` raises ValueError with what to write instead."""

    name: str
    form: str
    default: str
    parse: Callable[[object], Any]
    help: str


def load_sites(path: Path) -> dict[str, Site]:
    """Read a sites file.

    Raises:
        ConfigError: as `read_sites` and `parse_sites` say.
    """
    return parse_sites(read_sites(path), str(path))


def read_sites(path: Path) -> str:
    """Return the text of a sites file.

    Raises:
        ConfigError: it is missing or can't be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; `winnow sites add URL` makes it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: can't be read: {error}") from None


def parse_sites(text: str, file: str) -> dict[str, Site]:
    """Return the sites by name, in the file's order. `file` is the name that messages carry.

    Raises:
        ConfigError: something is wrong; the message names file, line, site and key.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = _SYNTAX_LINE.search(str(error))
        number = (line and line.group(1)) or str(text.count("\n") + 1)
        raise ConfigError(f"{file}:{number}: not valid TOML: {_SYNTAX_LINE.sub('', str(error))}") from None
    for name in tables:
        if name != "site":
            line_number = _line(text, rf"\[*\s*{re.escape(name)}\b")
            raise ConfigError(f"{file}:{line_number}: {name}: not known here; entries are called [site.NAME]")
    entries = tables.get("site", {})
    if not isinstance(entries, dict):
        raise ConfigError(f"{file}:{_line(text, 'site')}: write each entry as [site.NAME]")
    return {name: _site(name, entry, _Place(text, file, name)) for name, entry in entries.items()}


def site_for_url(url: str) -> Site:
    """Return a site for an address that no file names, called by its host: `example.com`, `127.0.0.1-8711`.

    Raises:
        ConfigError: it is no http(s) address.
    """
    try:
        address = _url(url)
        host = (urlsplit(address).hostname or "").encode("idna").decode("ascii")
    except ValueError as error:
        raise ConfigError(f"{url}: {error}") from None
    port = urlsplit(address).port
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{host}-{port}" if port else host).strip("-.")
    return Site(name=name, url=address)


def parse_name(raw: str) -> str:
    """Return the name of a site.

    Raises:
        ValueError: a site can't be called so.
    """
    if not _NAME.fullmatch(raw):
        raise ValueError("a name is of letters, digits, -, _ and . and begins with a letter or digit")
    return raw


def parse_duration(raw: object) -> timedelta:
    """Return how long a duration such as `15m` is.

    Raises:
        ValueError: it is none, with what to write instead.
    """
    match = re.fullmatch(r"(\d{1,6}(?:\.\d+)?)\s*([smhd])", raw.strip()) if isinstance(raw, str) else None
    if not match or float(match[1]) == 0:
        raise ValueError(f'{raw!r} is no duration; write a number and s, m, h or d: "15m"')
    return timedelta(**{_UNITS[match[2]]: float(match[1])})


def key_rows() -> list[tuple[str, str, str, str]]:
    """Return the table of keys for the documentation: name, what to write, default, meaning."""
    return [(key.name, key.form, key.default, key.help) for key in KEYS]


@dataclass(slots=True, frozen=True)
class _Place:
    """Where an entry stands, for messages."""

    text: str
    file: str
    site: str

    def error(self, key: str, problem: str) -> ConfigError:
        header = rf"\[\s*site\s*\.\s*[\"']?{re.escape(self.site)}[\"']?\s*[\].]"
        line = _line(self.text, header)
        if key:
            line = _line(self.text, rf"[\"']?{re.escape(key)}[\"']?\s*[=.]", after=line) or line
        return ConfigError(f"{self.file}:{line or 1}: site {self.site}{key and ': ' + key}: {problem}")


def _line(text: str, pattern: str, after: int = 0) -> int:
    """Return the number of the line that begins so, 0 for none; with `after`, within the table that starts there."""
    for number, line in enumerate(text.splitlines(), 1):
        if number > after and re.match(rf"\s*{pattern}", line):
            return number
        if number > after > 0 and re.match(r"\s*\[\s*site\b", line):
            return 0
    return 0


def _site(name: str, entry: object, place: _Place) -> Site:
    try:
        parse_name(name)
    except ValueError as error:
        raise place.error("", str(error)) from None
    if not isinstance(entry, dict):
        raise place.error("", f"write it as a table: [site.{name}]")
    known = {key.name: key for key in KEYS}
    values: dict[str, Any] = {}
    for word, raw in entry.items():
        if word not in known:
            raise place.error(word, _unknown(word, raw, name))
        try:
            values[word] = known[word].parse(raw)
        except ValueError as error:
            raise place.error(word, str(error)) from None
    if "every" in values and "cron" in values:
        raise place.error("cron", "stands beside `every`; keep one of them")
    if "url" not in values:
        if not values.get("sources"):
            raise place.error("", 'lacks `url`; write url = "https://..." (the home page) or give `sources`')
        values["url"] = urljoin(values["sources"][0].url, "/")
    return Site(name=name, **values)


def _unknown(word: str, raw: object, site: str) -> str:
    if isinstance(raw, dict):
        return f'not a key; a name with a dot needs quotes: [site."{site}.{word}"]'
    near = difflib.get_close_matches(word, [key.name for key in KEYS], n=1)
    known = ", ".join(key.name for key in KEYS)
    return f"not a key; did you mean `{near[0]}`?" if near else f"not a key; there are {known}"


def _url(raw: object) -> str:
    text = raw.strip() if isinstance(raw, str) else ""
    try:
        parts = urlsplit(text)
        sound = (
            parts.scheme in {"http", "https"}
            and parts.hostname
            and parts.port != 0
            and text.isprintable()
            and " " not in text
        )
    except ValueError:
        sound = False
    if not sound:
        raise ValueError(f'{raw!r} is no address; write it with its scheme: "https://news.example.com/"')
    if parts.username or parts.password:
        raise ValueError("an address must not carry a user name or password")
    return text if parts.path else f"{text}/"


def _sources(raw: object) -> tuple[Source, ...]:
    if not isinstance(raw, list):
        raise ValueError('write a list: [ {feed = "https://..."}, {listing = "https://..."} ]')
    return tuple(_source(each) for each in raw)


def _source(raw: object) -> Source:
    if not isinstance(raw, dict) or len(raw) != 1 or next(iter(raw)) not in KINDS:
        raise ValueError(f'{raw!r} is no source; write {{feed = "https://..."}}, or listing or sitemap for feed')
    kind, url = next(iter(raw.items()))
    return Source(kind, _url(url))


def _cron(raw: object) -> str:
    if not isinstance(raw, str) or len(raw.split()) != 5:
        raise ValueError(
            f'{raw!r} has not the five fields minute hour day month weekday; write "*/10 7-22 * * mon-fri"'
        )
    return " ".join(raw.split())


def _timezone(raw: object) -> ZoneInfo:
    try:
        return ZoneInfo(raw if isinstance(raw, str) else "")
    except (ValueError, OSError, KeyError):
        near = difflib.get_close_matches(str(raw), available_timezones(), n=1) or ["Asia/Shanghai"]
        raise ValueError(f'{raw!r} is no time zone; write one such as "{near[0]}"') from None


def _whole(least: int) -> Callable[[object], object]:
    def parse(raw: object) -> int:
        if not isinstance(raw, int) or isinstance(raw, bool) or raw < least:
            raise ValueError(f"{raw!r} must be a whole number of {least} or more, without quotes")
        return raw

    return parse


def _seconds(raw: object) -> float:
    if not isinstance(raw, int | float) or isinstance(raw, bool) or not 0 <= raw < 86400:
        raise ValueError(f"{raw!r} must be a number of seconds, 0 or more, without quotes")
    return float(raw)


def _patterns(raw: object) -> tuple[re.Pattern[str], ...]:
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        raise ValueError(f"{raw!r} must be a list of regular expressions: ['/post/\\d+']")
    return tuple(_pattern(each) for each in raw)


def _pattern(raw: str) -> re.Pattern[str]:
    try:
        return re.compile(raw)
    except re.error as error:
        raise ValueError(f"{raw!r} is no regular expression: {error}") from None


def _flag(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(f"{raw!r} must be true or false, without quotes")
    return raw


KEYS = (
    Key("url", "address", "", _url, "The home page. Needed unless `sources` are given."),
    Key(
        "sources",
        "list of {feed = address}, {listing = address} or {sitemap = address}",
        "found from `url`",
        _sources,
        "Where the site announces articles.",
    ),
    Key(
        "every",
        "duration: a number and s, m, h or d",
        "",
        parse_duration,
        "How often it is crawled; not beside `cron`.",
    ),
    Key(
        "cron",
        "five fields",
        "",
        _cron,
        "When it is crawled: minute, hour, day, month, weekday; not beside `every`.",
    ),
    Key(
        "jitter",
        "duration",
        "none",
        parse_duration,
        "Each moment of the schedule is put off by a part of this, another part each time.",
    ),
    Key(
        "quiet",
        'hours such as "23:00-06:30", or a list of such',
        "none",
        parse_quiet,
        "When the schedule starts no crawl; what was due is made up for when they end.",
    ),
    Key(
        "timezone",
        "name such as Asia/Shanghai",
        "",
        _timezone,
        "The zone of dates printed without one, of `cron` and of `quiet`.",
    ),
    Key("depth", "whole number", "1", _whole(0), "How far related links are followed from article to article."),
    Key("max_pages", "whole number", "5000", _whole(1), "Pages fetched in one run."),
    Key("delay", "seconds", "`WINNOW_DELAY`", _seconds, "The pause between two requests to one host."),
    Key(
        "allow",
        "list of regular expressions",
        "all",
        _patterns,
        "An article's address must contain a match of one.",
    ),
    Key(
        "deny",
        "list of regular expressions",
        "none",
        _patterns,
        "An article's address must contain no match of any.",
    ),
    Key("paused", "true or false", "false", _flag, "Whether the schedule leaves the site out."),
)
