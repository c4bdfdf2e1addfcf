"""What is shown of a site before it is added: what a crawl that stores nothing has found so far. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from store.errors import WinnowError

LIMIT = 10  # articles that are fetched
MOST_SHOWN = 30  # sources, and rejected teasers, that are kept
MOST_REASONS = 3  # of one verdict
LONGEST = 300  # characters of a text
LONGEST_ADDRESS = 2000  # characters
SECONDS = 25  # after which its crawl ends itself

EMPTY = "no article was found there, neither on the page itself nor in a feed, list or sitemap"
TOO_LATE = f"nothing was found within {SECONDS} seconds"
CUT = f"it was ended after {SECONDS} seconds; this is what was found by then"


class PreviewsBusy(WinnowError):
    """As many previews as may be are under way; ask again later."""


@dataclass(slots=True, frozen=True)
class FoundSource:
    """Where the site announces articles; `kind` is feed, listing or sitemap."""

    kind: str
    url: str


@dataclass(slots=True, frozen=True)
class WhyNot:
    """A reason of a verdict."""

    code: str
    detail: str


@dataclass(slots=True, kw_only=True, frozen=True)
class Judged:
    """An article or teaser and its verdict; `excerpt` is the beginning of an article's text."""

    url: str
    title: str
    excerpt: str
    published_at: datetime | None
    published_precision: str | None
    status: str
    reasons: list[WhyNot]


@dataclass(slots=True, kw_only=True)
class Preview:
    """A preview under way or over.

    `state` is `running`, `done` or `failed`; `problem` says why it failed, or why what is shown is not all. `title` is
    how the site calls itself, `name` what it would be called here. `rejected` are teasers whose pages were not read or
    are no articles, `rejected_total` counts also those that are not listed. `added` is the name under which the site
    was added from here.
    """

    id: str
    url: str
    name: str
    state: Literal["running", "done", "failed"] = "running"
    problem: str | None = None
    title: str = ""
    cms: str | None = None
    pages: int = 0
    sources: list[FoundSource] = field(default_factory=list)
    articles: list[Judged] = field(default_factory=list)
    rejected: list[Judged] = field(default_factory=list)
    rejected_total: int = 0
    added: str | None = None

    def take(self, event: dict[str, Any]) -> bool:
        """Note what a crawl tells; return whether that is enough."""
        match event["event"]:
            case "home":
                self.title, self.cms = event["title"][:LONGEST], event["cms"]
                found = [FoundSource(each["kind"], each["url"]) for each in event["sources"]]
                self.sources = [each for each in found if len(each.url) <= LONGEST_ADDRESS][:MOST_SHOWN]
            case "verdict" if event["kind"] == "article":
                self.articles.append(_judged(event))
            case "verdict":
                self.rejected_total += 1
                if len(self.rejected) < MOST_SHOWN:
                    self.rejected.append(_judged(event))
            case "progress":
                self.pages = event["counts"]["pages"]
                return bool(event["counts"]["articles"] + event["counts"]["failed"] >= LIMIT)
        return len(self.articles) >= LIMIT

    def end(self, event: dict[str, Any], killed: str | None) -> None:
        """Say how it ended; `killed` is why its crawl had to be."""
        has_news = bool(self.articles or self.rejected)
        self.state = "done" if has_news else "failed"
        is_late = event.get("cause") == "time-limit"
        if killed or is_late:
            self.problem = killed or (CUT if has_news else TOO_LATE)
        elif not has_news:
            self.problem = EMPTY if event["state"] == "finished" else event["reason"]


class Previews(Protocol):
    """Who makes previews."""

    def start(self, url: str) -> Preview:
        """Begin one.

        Raises:
            ConfigError: it is no address.
            PreviewsBusy: enough are under way.
        """

    def find(self, id: str) -> Preview | None:  # noqa: A002 - what it is called everywhere
        """Return one that is under way, or was a few minutes ago."""


def _judged(event: dict[str, Any]) -> Judged:
    at = event["published_at"]
    return Judged(
        url=event["url"][:LONGEST_ADDRESS],
        title=event["title"][:LONGEST],
        excerpt=event["excerpt"][:LONGEST],
        published_at=datetime.fromisoformat(at) if at else None,
        published_precision=event["published_precision"],
        status=event["status"],
        reasons=[WhyNot(each["code"], each["detail"][:LONGEST]) for each in event["reasons"][:MOST_REASONS]],
    )
