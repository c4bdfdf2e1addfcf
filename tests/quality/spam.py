"""Answers to the labelled spam set, by the code of the stages."""

from collections.abc import Iterable, Iterator
from typing import Any

from crawler.items import Status
from pipelines.spamscore import Model, score_article, score_teaser


def answers(items: Iterable[dict[str, Any]], model: Model | None = None) -> Iterator[dict[str, Any]]:
    """Judge every item; what is quarantined counts as spam, since it is not accepted."""
    for item in items:
        judge = score_article if item["kind"] == "article" else score_teaser
        score = judge(item["title"], item["text"], model)
        yield {"id": item["id"], "spam": score.status is not Status.ACCEPTED, "score": score.value}
