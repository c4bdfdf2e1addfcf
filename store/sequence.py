"""The rising number that every write of an article carries, by which a search index finds what it has not got.

It is the database server's clock in milliseconds, or one more than the last number where that clock was set back.
Numbers are taken just before the writes that carry them, so they may become visible out of their order: by less than
`OVERLAP`, unless a writer sleeps between the two. Who reads in their order looks that far back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from store.commands import Command

if TYPE_CHECKING:
    from datetime import datetime

    from pymongo.database import Database

    from store.commands import Work

    Record = dict[str, Any]

# Of the server's milliseconds: the look at the lease, the write and a driver's second try may take 70 s at most
OVERLAP = 120_000
BEFORE_NUMBERS = 1  # what articles carry that were stored when there were no numbers
_DUPLICATE_KEY = 11000  # two processes made the first number at once


def rise() -> Work[int]:
    """Take a number above all that were taken before."""
    following = {"$add": [{"$ifNull": ["$at", 0]}, 1]}
    command = {
        "findAndModify": "meta",
        "query": {"_id": "sequence"},
        "update": [{"$set": {"at": {"$max": [following, {"$toLong": "$$NOW"}]}}}],
        "upsert": True,
        "new": True,
    }
    while True:
        reply = yield Command(command, (_DUPLICATE_KEY,))
        if reply["ok"]:
            return int(reply["value"]["at"])


def clock(database: Database[Record]) -> int:
    """Return the server's clock, as numbers count it; none is taken."""
    now: datetime = database.command("hello")["localTime"]
    return round(now.timestamp() * 1000)


def stay_above(number: int) -> Work[None]:
    """Let every number taken from now on be above one that was brought in from elsewhere."""
    update = {"q": {"_id": "sequence"}, "u": {"$max": {"at": number}}, "upsert": True}
    yield Command({"update": "meta", "updates": [update]})
