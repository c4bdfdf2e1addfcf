"""What is asked of what people decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import DESCENDING

from store import places
from store.places import AfterArticle
from store.reviews import find

if TYPE_CHECKING:
    from pymongo.database import Database

Record = dict[str, Any]


@dataclass(slots=True, kw_only=True, frozen=True)
class History:
    """Which reviews: of one article, by one person, of one site."""

    article: str | None = None
    by: str | None = None
    site: str | None = None
    limit: int = 50
    after: str | None = None


def page_of_history(database: Database[Record], asked: History) -> tuple[list[Record], str | None]:
    """Return reviews, newest first, and what `after` says to have those that follow.

    Raises:
        ConfigError: `after` is no place in the list.
    """
    named = {name: value for name in ("article", "by", "site") if (value := getattr(asked, name))}
    found = database["reviews"].find(named | following(asked.after))
    records = list(found.sort([("at", DESCENDING), ("_id", DESCENDING)]).limit(asked.limit + 1))
    return records[: asked.limit], next_of(records, asked.limit)


def last_of(database: Database[Record], by: str) -> Record | None:
    """Return the last review of a person that is not undone."""
    return database["reviews"].find_one({"by": by, "undone_at": None}, sort=[("at", DESCENDING)])


def standing(database: Database[Record], article: str) -> Record | None:
    """Return the review that an article stands under; that of a copy may be of the article which it is a copy of."""
    found = database["articles"].find_one({"_id": article}, {"review": 1})
    review = (found or {}).get("review")
    return find(database, review["id"]) if review else None


def following(after: str | None) -> Record:
    """Return what MongoDB is asked for behind a place in a list that is in order of `at`, the newest first.

    Raises:
        ConfigError: it is no place.
    """
    return places.following("at", places.read(after, AfterArticle) if after else None, ascending=False)


def next_of(records: list[Record], limit: int) -> str | None:
    """Return the place of the last record that is shown, None if none follows."""
    if len(records) <= limit:
        return None
    last = records[limit - 1]
    return places.write(AfterArticle(places.milliseconds(last["at"]), last["_id"]))
