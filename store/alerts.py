"""Alerts: opened once over all services, sent once to each target, ended once; and the past they are judged by.

An opening is a record. Its `_id` numbers the openings of one kind, subject and `about`, so of two services that open
the same alert only one does. `sent_to` and `end_sent_to` hold the targets that took the message and the notice of its
end: by a mark, which stays when their order changes, the name that a person knows them by. Who wants to send claims the
record first; a claim runs out by itself, later with every try, so a sender that died silences nothing, and a target
that takes nothing is not asked every minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, DESCENDING, UpdateOne
from pymongo.errors import DuplicateKeyError, OperationFailure

from store import stats
from store.runs import FAILED, FINISHED, INTERRUPTED, RUNNING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from pymongo.cursor import Cursor
    from pymongo.database import Database

Record = dict[str, Any]
Key = tuple[str, str, str]  # kind, subject, about

PATIENCE = timedelta(days=1)  # a notice that an alert ended is of no use later; who looks after an alert shows up daily
_FIRST_CLAIM = timedelta(minutes=1)  # longer than any sending takes
LONGEST_CLAIM = timedelta(hours=1)
_DOUBLINGS = 6  # then the longest is reached
CLOSED = "closed by a person"
PAST_NEWS = 100
_PAST_RUNS = 30
_PAST_SILENCES = 2100  # more than two weeks of runs every ten minutes
_PAST = timedelta(days=90)
_PAST_LISTS = 2100  # of three weeks of runs every quarter of an hour
_JUDGED = dict.fromkeys(("state", "cause", "reason", "asked_by", "started_at", "ended_at", "complete", "counts"), 1)


def key_of(record: Record) -> Key:
    """Return what an open alert is the only one of."""
    return record["kind"], record["subject"], record["about"]


def open_ones(database: Database[Record], limit: int = 0) -> list[Record]:
    """Return the open alerts, the newest first; a limit of 0 is none."""
    return list(database["alerts"].find({"ended_at": None}).sort("since", DESCENDING).limit(limit))


def open_of(database: Database[Record], subjects: Collection[str]) -> list[Record]:
    """Return the open alerts about these, the newest first."""
    wanted = {"ended_at": None, "subject": {"$in": list(subjects)}}
    return list(database["alerts"].find(wanted).sort("since", DESCENDING))


def ended_ones(database: Database[Record], limit: int, skip: int = 0) -> list[Record]:
    """Return the alerts that are over, the newest first."""
    return list(database["alerts"].find({"ended_at": {"$ne": None}}).sort("since", DESCENDING).skip(skip).limit(limit))


def recent(database: Database[Record], limit: int = 100) -> list[Record]:
    """Return alerts, ended ones too, the newest first; a limit of 0 is none."""
    return list(database["alerts"].find().sort("since", DESCENDING).limit(limit))


def begin(database: Database[Record], key: Key, message: str, now: datetime) -> bool:
    """Open an alert; False if it is open already, or a person closed it and it was not over since."""
    kind, subject, about = key
    prefix = f"{kind}/{subject}/{about}/"
    alike = {"_id": {"$gte": prefix, "$lt": prefix + "\uffff"}}
    last = database["alerts"].find_one(alike, sort=[("_id", DESCENDING)])
    if last and (last.get("ended_at") is None or last.get("closed")):
        return False
    number = int(last["_id"].removeprefix(prefix)) + 1 if last else 1
    record = {"_id": f"{prefix}{number:06}", "kind": kind, "subject": subject, "about": about, "message": message}
    times = {"since": now, "last_seen_at": now, "try_at": now}
    try:
        database["alerts"].insert_one(record | times | {"tries": 0, "sent_to": {}, "end_sent_to": {}, "trouble": []})
    except DuplicateKeyError:
        return False
    return True


def tell(database: Database[Record], alert: str, message: str) -> None:
    """Bring the message of an open alert up to date; it is not sent again."""
    database["alerts"].update_one({"_id": alert, "ended_at": None}, {"$set": {"message": message}})


def end(database: Database[Record], alert: str, message: str, now: datetime) -> bool:
    """End an open alert; `message` says what shows it, and is sent to the targets that took the alert."""
    fields = {"ended_at": now, "end_message": message, "try_at": now, "tries": 0, "trouble": []}
    result = database["alerts"].update_one({"_id": alert, "ended_at": None}, {"$set": fields})
    return result.modified_count == 1


def close(database: Database[Record], alert: str, now: datetime) -> bool:
    """End an open alert for a person: what it says may go on holding, and opens none until it was over."""
    fields = {"ended_at": now, "end_message": CLOSED, "try_at": now, "tries": 0, "trouble": [], "closed": True}
    return database["alerts"].update_one({"_id": alert, "ended_at": None}, {"$set": fields}).modified_count == 1


def closed_ones(database: Database[Record]) -> list[Record]:
    """Return the alerts that a person closed and that were not over since."""
    return list(database["alerts"].find({"closed": True}))


def forget_closed(database: Database[Record], alert: str) -> None:
    """Note that a closed alert is over: it may open again."""
    database["alerts"].update_one({"_id": alert}, {"$unset": {"closed": ""}})


def look_after(database: Database[Record], alerts: Collection[str], now: datetime) -> None:
    """Note that a service still judges these open alerts."""
    database["alerts"].update_many({"_id": {"$in": list(alerts)}}, {"$set": {"last_seen_at": now}})


def leave_unwatched(database: Database[Record], now: datetime) -> None:
    """End, without a notice, what no service looks after: its site left the sites file, its machine is gone."""
    unseen = {"ended_at": None, "last_seen_at": {"$lt": now - PATIENCE}}
    database["alerts"].update_many(unseen, {"$set": {"ended_at": now}})


def due(database: Database[Record], now: datetime) -> list[Record]:
    """Return what may have to be sent: open alerts and lately ended ones that nobody is sending now, oldest first."""
    lately = {"ended_at": {"$gt": now - PATIENCE}, "end_message": {"$exists": True}}
    wanted = {"$and": [{"$or": [{"ended_at": None}, lately]}, _is_free(now)]}
    return list(database["alerts"].find(wanted).sort("since"))


def claim(database: Database[Record], record: Record, now: datetime) -> bool:
    """Take it on to send a record as `due` gave it; False if another service did."""
    seen = {"_id": record["_id"], "tries": record["tries"], "ended_at": record.get("ended_at")}
    update = {"$set": {"try_at": now + wait_after(record["tries"])}, "$inc": {"tries": 1}}
    return database["alerts"].update_one(seen | _is_free(now), update).modified_count == 1


def wait_after(tries: int) -> timedelta:
    """Return how long after a try the next one waits, by how many were before it.

    >>> [wait_after(tries) // timedelta(minutes=1) for tries in (0, 1, 2, 9)]
    [1, 2, 4, 60]
    """
    return min(_FIRST_CLAIM * (1 << min(tries, _DOUBLINGS)), LONGEST_CLAIM)


def _is_free(now: datetime) -> Record:
    """Nobody is sending it. A claim of longer than any there is was made by a clock that was ahead."""
    return {"$or": [{"try_at": {"$lte": now}}, {"try_at": {"$gt": now + LONGEST_CLAIM}}]}


@dataclass(slots=True, kw_only=True, frozen=True)
class Sent:
    """What became of a claimed record: the targets that took it, names by marks, and why others did not."""

    record: Record
    to: Mapping[str, str]
    trouble: Sequence[str]


def mark_sent(database: Database[Record], outcomes: Iterable[Sent], now: datetime) -> None:
    """Note what became of claimed records."""
    updates = [UpdateOne({"_id": each.record["_id"]}, _outcome(each, now)) for each in outcomes]
    if updates:
        database["alerts"].bulk_write(updates, ordered=False)


def _outcome(sent: Sent, now: datetime) -> Record:
    to, at = ("end_sent_to", "end_sent_at") if sent.record.get("ended_at") else ("sent_to", "sent_at")
    update: Record = {"$set": {"trouble": list(sent.trouble)}}
    update["$set"] |= {f"{to}.{mark}": name for mark, name in sent.to.items()}
    if sent.to:
        update["$set"][at] = now
    if sent.record.get("ended_at") and not sent.trouble:
        update["$unset"] = {"try_at": ""}  # nothing is left to be sent
    return update


def prune(database: Database[Record], before: datetime) -> None:
    """Forget the alerts that ended before a moment, but for those that would open again by it."""
    database["alerts"].delete_many({"ended_at": {"$lt": before}, "closed": {"$exists": False}})


def past_runs(database: Database[Record], site: str) -> list[Record]:
    """Return the last ended runs of a site, newest first."""
    ended = {"site": site, "state": {"$in": [FINISHED, INTERRUPTED, FAILED]}}
    return list(database["runs"].find(ended, _JUDGED).sort("started_at", DESCENDING).limit(_PAST_RUNS))


def past_news(database: Database[Record], site: str, now: datetime) -> list[Record]:
    """Return the last ended runs of a site that brought new articles, newest first."""
    return list(_news(database, site, now, _JUDGED).limit(PAST_NEWS))


def news_moments(database: Database[Record], site: str, now: datetime) -> list[datetime]:
    """Return when the runs of a site began that brought new articles, newest first."""
    runs = _news(database, site, now, {"started_at": 1}).limit(_PAST_SILENCES)
    return [run["started_at"] for run in runs]


def past_lists(database: Database[Record], site: str, now: datetime) -> list[Record]:
    """Return the finished runs of a site of some weeks, newest first."""
    finished = {"site": site, "state": FINISHED, "started_at": {"$gt": now - _PAST}}
    return list(database["runs"].find(finished, _JUDGED).sort("started_at", DESCENDING).limit(_PAST_LISTS))


def starts_between(database: Database[Record], site: str, begin: datetime, end: datetime) -> list[datetime]:
    """Return when runs of a site began from one to another, and the finished ones before and after; in order."""
    parts = (({"$lt": begin}, DESCENDING, 1), ({"$gt": begin, "$lt": end}, ASCENDING, 0), ({"$gt": end}, ASCENDING, 1))
    found = [begin, end]
    for when, order, limit in parts:
        whole = {"site": site, "state": FINISHED, "started_at": when, "complete": {"$exists": True}}
        runs = database["runs"].find(whole, {"started_at": 1}).sort("started_at", order).limit(limit)
        found += [run["started_at"] for run in runs]
    return sorted(found)


def _news(database: Database[Record], site: str, now: datetime, fields: Record) -> Cursor[Record]:
    bearing = {"site": site, "started_at": {"$gt": now - _PAST}, "counts.new": {"$gt": 0}, "ended_at": {"$ne": None}}
    return database["runs"].find(bearing, fields).sort("started_at", DESCENDING)


def lately_run(database: Database[Record], since: datetime) -> dict[str, tuple[str, str]]:
    """Return site and state, by id, of the runs that began since a moment or are under way."""
    wanted = {"$or": [{"started_at": {"$gt": since}}, {"state": RUNNING}]}
    return {run["_id"]: (run["site"], run["state"]) for run in database["runs"].find(wanted, {"site": 1, "state": 1})}


def server_disk(database: Database[Record]) -> stats.Disk | None:
    """Return the disk of the server; None if it does not say, as those of some providers."""
    try:
        return stats.disk(database)
    except (OperationFailure, KeyError):
        return None
