"""Stories of a labelled set, by the code that decides for a crawl."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.neardup import Candidate, Index, best_match, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def answers(items: Iterable[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Yield the story of every document, which come as a crawl would meet them: each sees those before it."""
    index = Index()
    for item in items:
        own = fingerprint(item["title"], item["text"])
        match = best_match(item["title"], item["text"], own, index.candidates(own))
        story = match.story if match else item["id"]
        index.add(Candidate(item["id"], story, item["title"], item["text"], own.exact), own)
        yield {"id": item["id"], "group": story}
