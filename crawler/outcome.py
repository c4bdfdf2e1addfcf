"""How a run ended, in words and an exit code. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crawler.items import Article, Failure, Status, Teaser
from store.runs import FAILED, FINISHED, INTERRUPTED, End

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.crawl import Crawl
    from crawler.items import Item
    from crawler.responses import FetchFailure

DONE, WITH_FAILURES, MISTAKE, NO_STORE, BUSY = range(5)  # exit codes of the command line
# What is told, the cause, and the exit code, by the reason that Scrapy or a component closed the spider for
_EARLY_ENDS = {
    "closespider_timeout": ("ended at its time limit", "time-limit", WITH_FAILURES),
    "memusage_exceeded": ("ended at its memory limit", "memory-limit", WITH_FAILURES),
    "store-unavailable": ("MongoDB has been away for too long", "store-unavailable", NO_STORE),
    "unheard": ("whoever asked for it is gone", "stopped", WITH_FAILURES),
    "lease-lost": ("another run took over", "lease-lost", BUSY),
}

FIELDS = ("authors", "source", "published_at", "category", "tags", "images", "text")  # what a page may cease to tell


@dataclass(slots=True)
class Tally:
    """What a run did so far. `dropped` counts what was not accepted, by what it was, its verdict and first reason.

    `fields` counts the articles taken, under `articles`, and how many of them have each of `FIELDS`; a rejected one may
    be no article at all, so it says nothing of them.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(("articles", *FIELDS), 0)))
    failed: int = 0

    def take(self, item: Item) -> None:
        """Count an item that has passed every stage."""
        match item:
            case Article():
                self.statuses[item.status.value] += 1
                self._take_fields(item)
                if item.status in (Status.QUARANTINED, Status.REJECTED):
                    self.dropped[_reason("article", item)] += 1
                if item.replaces:  # another article has become a copy of this one
                    self.statuses.update({Status.ACCEPTED.value: -1, Status.DUPLICATE.value: 1})
            case Teaser():
                self.dropped[_reason("teaser", item)] += 1
            case Failure():
                self.failed += 1

    def _take_fields(self, article: Article) -> None:
        if article.status is not Status.REJECTED:
            self.fields["articles"] += 1
            for name in FIELDS:
                self.fields[name] += bool(getattr(article, name))

    def counts(self, stats: Mapping[str, Any]) -> dict[str, Any]:
        """Return the counts as a run record keeps them; `stats` are Scrapy's."""
        lists, articles = stats.get("fetch/list", 0), stats.get("fetch/article", 0)
        dropped = [{"reason": reason, "count": count} for reason, count in self.dropped.most_common()]
        return {
            "pages": lists + stats.get("fetch/unchanged", 0) + articles,
            "lists": lists,
            "articles": articles,
            "new": stats.get("mongo/new", 0),
            "changed": stats.get("mongo/changed", 0),
            **{status.value: self.statuses[status.value] for status in Status},
            "known": stats.get("teasers/known", 0),
            "failed": self.failed,
            "queued": max(0, stats.get("teasers/followed", 0) - articles - self.failed),
            "dropped": dropped,
            "fields": dict(self.fields),
        }


@dataclass(slots=True, frozen=True)
class Outcome:
    """The end as it is stored, and what the command line exits with."""

    end: End
    exit_code: int = DONE


def outcome(reason: str, crawl: Crawl, stats: Mapping[str, Any], failed_sources: Mapping[str, FetchFailure]) -> Outcome:
    """Say how a run ended; `reason` is that of Scrapy or of the component that closed the spider."""
    if reason == "shutdown":
        return Outcome(End(INTERRUPTED, "stopped by a signal", cause="stopped"), WITH_FAILURES)
    if reason != "finished":
        told, cause, exit_code = _EARLY_ENDS.get(reason, (reason, "error", WITH_FAILURES))
        return Outcome(End(FAILED, told, cause=cause), exit_code)
    was_read = stats.get("fetch/list", 0) + stats.get("fetch/unchanged", 0) + stats.get("fetch/article", 0)
    if failed_sources and not was_read:
        return _unread(failed_sources)
    if crawl.entry and not _has_news(stats):
        end = End(FAILED, f"no article and no list of articles at {crawl.entry}", cause="unreadable")
        return Outcome(end, MISTAKE)
    if errors := stats.get("report/errors"):
        end = End(FAILED, f"{errors} pages ended in an error of Winnow; the log says which", cause="error")
        return Outcome(end, WITH_FAILURES)
    cut = [name for name in ("over-limit", "over-budget") if stats.get(f"teasers/{name}")]
    if cut:
        return Outcome(End(FINISHED, f"ended at the {'limit' if 'over-limit' in cut else 'page budget'}"))
    return Outcome(End(FINISHED, _summary(failed_sources), complete=not failed_sources))


def _has_news(stats: Mapping[str, Any]) -> bool:
    return any(stats.get(name) for name in ("report/articles", "teasers/known", "teasers/accepted", "teasers/rejected"))


def _unread(failed_sources: Mapping[str, FetchFailure]) -> Outcome:
    url, failure = next(iter(failed_sources.items()))
    is_mistake = failure.reason.code in ("unresolvable", "private-address", "scheme")
    end = End(FAILED, f"{url} can't be read: {failure.reason.detail or failure.reason.code}", cause="unreadable")
    return Outcome(end, MISTAKE if is_mistake else WITH_FAILURES)


def _summary(failed_sources: Mapping[str, FetchFailure]) -> str:
    return f"{len(failed_sources)} sources could not be read" if failed_sources else "all read"


def _reason(what: str, item: Article | Teaser) -> str:
    code = item.reasons[0].code if item.reasons else "unknown"
    return f"{what} {item.status.value}: {code}"
