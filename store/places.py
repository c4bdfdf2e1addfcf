"""Places in a list, as the text that a reader hands back to have what follows. Pure."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from store.errors import ConfigError

_START = datetime(1, 1, 1, tzinfo=UTC)
_END = 3652059 * 86_400_000  # milliseconds to the end of the year 9999
_MOST = 1_000_000  # places among the best
_LONGEST = 200  # characters of an id


@dataclass(slots=True, frozen=True)
class AfterArticle:
    """In the order of moments: behind the article of this moment, in milliseconds since the year 1, and this id."""

    moment: int
    article: str

    @property
    def is_possible(self) -> bool:
        is_moment = type(self.moment) is int and 0 <= self.moment < _END
        return is_moment and type(self.article) is str and self.article.isascii() and len(self.article) <= _LONGEST

    @property
    def at(self) -> datetime:
        return _moment(self.moment)


@dataclass(slots=True, frozen=True)
class AfterBest:
    """Among the best: behind so many of those that were stored until then, in milliseconds since the year 1."""

    number: int
    stored_until: int

    @property
    def is_possible(self) -> bool:
        is_number = type(self.number) is int and 0 <= self.number < _MOST
        return is_number and type(self.stored_until) is int and 0 <= self.stored_until < _END


Place = TypeVar("Place", AfterArticle, AfterBest)


def milliseconds(moment: datetime) -> int:
    """Return a moment as milliseconds since the year 1 in UTC; one that is earlier there counts as its beginning.

    >>> AfterArticle(milliseconds(datetime(2025, 3, 1, 12, tzinfo=UTC)), "").at
    datetime.datetime(2025, 3, 1, 12, 0, tzinfo=datetime.timezone.utc)
    """
    return max(0, (moment - _START) // timedelta(milliseconds=1))


def following(field: str, after: AfterArticle | None, *, ascending: bool) -> dict[str, Any]:
    """Return what MongoDB is asked for behind a place, in a list that is in order of a moment, then of the id."""
    if after is None:
        return {}
    beyond, same = ("$gte", "$lte") if ascending else ("$lte", "$gte")
    return {"$and": [{field: {beyond: after.at}}, {"$nor": [{field: after.at, "_id": {same: after.article}}]}]}


def in_utc(moment: datetime) -> datetime:
    """Return a moment in UTC, also where the calendar begins or ends between here and there."""
    return _moment(min(milliseconds(moment), _END - 1))


def _moment(milliseconds: int) -> datetime:
    return _START + timedelta(milliseconds=milliseconds)


def write(place: AfterArticle | AfterBest) -> str:
    """Return a place as text that goes into an address as it is.

    >>> read(write(AfterArticle(63876000000000, "abc2")), AfterArticle)
    AfterArticle(moment=63876000000000, article='abc2')
    """
    said = [place.moment, place.article] if isinstance(place, AfterArticle) else [place.number, place.stored_until]
    return base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode().rstrip("=")


def read(said: str, kind: type[Place]) -> Place:
    """Return the place that a text names in a list of this kind.

    Raises:
        ConfigError: it names none.
    """
    try:
        place = kind(*json.loads(base64.b64decode(said + "=" * (-len(said) % 4), b"-_", validate=True)))
    except (ValueError, TypeError):
        place = None
    if place is None or not place.is_possible:
        raise ConfigError(f"after: {said[:50]!r} is no place in this list; take the `next` of the page before")
    return place
