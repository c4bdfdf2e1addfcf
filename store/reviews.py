"""What people decide over the stages: an article is restored or condemned, and either is undone.

The record of a review is written first, `open`, with all that it takes to do it or to put it back; then the reviewed
article, only if it still is as it was seen; then its copies and the fingerprints; then the record is closed. Who is
killed in between leaves an open record, and whoever reviews next carries it out before anything else. So does the one
who is first where two review an article at once; the other is told.

An article carries its review with the verdict, which outlasts what a crawl finds of it (`store.articles`).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument, UpdateOne

from store import articles, commands, fingerprints, sequence
from store.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from pymongo.asynchronous.database import AsyncDatabase
    from pymongo.database import Database

    from store.articles import Numbered

    Fingerprint = Callable[[str, str], tuple[int, Sequence[int]]]

Record = dict[str, Any]

WAITING = "quarantined"  # the verdict of what waits for a person
RESTORE, CONDEMN = "restore", "condemn"
DEEDS = (RESTORE, CONDEMN)
DONE = {RESTORE: "restored", CONDEMN: "condemned"}  # the code of its reason, too
_STATUS = {RESTORE: "accepted", CONDEMN: "rejected"}
_WEIGHT = {RESTORE: 0.0, CONDEMN: 1.0}
_MAY = {RESTORE: ("quarantined", "rejected"), CONDEMN: ("quarantined", "accepted")}
_PUT_BACK = ("status", "reasons", "story", "copy_of", "review")  # all that a review changes of an article
_SEEN = dict.fromkeys((*_PUT_BACK, "versions", "site", "title"), 1)


async def reviewed(database: AsyncDatabase[Record], site: str) -> set[str]:
    """Return the articles of a site that a person decided of at some time."""
    return set(await database["reviews"].distinct("article", {"site": site}))


def restore(
    database: Database[Record], article: str, fingerprint: Fingerprint, *, by: str, now: datetime, seen: str = ""
) -> Record | None:
    """Accept a quarantined or rejected article, as a story of its own; return the review, None if there is no article.

    `fingerprint` tells by which numbers copies of a title and text are found, so that later ones join it. `seen` is the
    verdict that the person saw, if that matters. Done twice by one person, it is one review.

    Raises:
        Conflict: the article has another verdict by now, or one that can't be restored.
    """
    carry_out_open(database)
    found = database["articles"].find_one({"_id": article}, _SEEN | {"text": 1, "fetched_at": 1})
    if found is None:
        return None
    if done := _done_already(database, found, RESTORE, by):
        return done
    _check(found, RESTORE, seen)
    exact, bands = fingerprint(found["title"], found["text"])
    at = found["fetched_at"]
    database["fingerprints"].bulk_write([fingerprints.upsert(article, story=None, exact=exact, bands=bands, at=at)])
    return _review(database, RESTORE, [found], by, now)


def condemn(database: Database[Record], article: str, *, by: str, now: datetime, seen: str = "") -> Record | None:
    """Reject a quarantined or accepted article, and its copies with it, which are the same text; else as `restore`.

    Raises:
        Conflict: as `restore` says.
    """
    carry_out_open(database)
    found = database["articles"].find_one({"_id": article}, _SEEN)
    if found is None:
        return None
    if done := _done_already(database, found, CONDEMN, by):
        return done
    _check(found, CONDEMN, seen)
    copies = {"story": found["story"], "copy_of": article, "status": "duplicate"}
    joined = database["articles"].find(copies, _SEEN).sort("_id") if found["story"] else ()
    return _review(database, CONDEMN, [found, *joined], by, now)


def undo(database: Database[Record], review: str, *, by: str, now: datetime) -> Record | None:
    """Put back exactly what was before a review; return it, None if there is none of this id.

    Raises:
        Conflict: the article was reviewed again or has changed otherwise, so that this would put back something else.
    """
    carry_out_open(database)
    found = find(database, review)
    if found is None or (found["undone_at"] and found["undone_by"] == by):
        return found
    _check_undo(database, found)
    marks = {"undone_at": now, "undone_by": by, "open": True}
    marked = database["reviews"].find_one_and_update(
        {"_id": review, "undone_at": None}, {"$set": marks}, return_document=ReturnDocument.AFTER
    )
    if marked is None or not _carry_out(database, marked):
        raise Conflict("the article was reviewed or changed at this moment; look at it again")
    return find(database, review)


def find(database: Database[Record], review: str) -> Record | None:
    """Return one review by its id."""
    return database["reviews"].find_one({"_id": review})


def carry_out_open(database: Database[Record]) -> None:
    """Carry out the reviews whose writing was cut off."""
    for review in database["reviews"].find({"open": True}).sort("at", 1):
        _carry_out(database, review)


def replay(database: Database[Record], since: datetime) -> None:
    """Carry out anew what was reviewed or undone since then: the articles may have been saved before it."""
    later = {"$gte": since}
    for review in database["reviews"].find({"$or": [{"at": later}, {"undone_at": later}]}).sort("at", 1):
        (_put_back if review["undone_at"] else _give)(database, review)


def _done_already(database: Database[Record], found: Record, deed: str, by: str) -> Record | None:
    """Return the review that an article stands under, if it is this one: a request that is sent again changes nothing.

    A copy of an article that was condemned stands under the review of that.
    """
    review = found.get("review") or {}
    same = review.get("deed") == deed and review["by"] == by and found["status"] == _STATUS[deed]
    return find(database, review["id"]) if same else None


def _check(found: Record, deed: str, seen: str) -> None:
    status, review = found["status"], found.get("review")
    if status in _MAY[deed] and seen in ("", status):
        return
    if status == "duplicate":
        raise Conflict(f"it is a copy of {found['copy_of']}; review that article")
    if review and status == review["status"]:
        raise Conflict(f"{review['by']} has {DONE[review['deed']]} it already")
    raise Conflict(f"it is {status} by now; look at it again")


def _check_undo(database: Database[Record], review: Record) -> None:
    """Say why a review can't be undone."""
    if review["undone_at"]:
        raise Conflict(f"{review['undone_by']} has undone this already")
    own = review["before"][0]
    found = database["articles"].find_one({"_id": own["_id"]}, _SEEN) or {"status": "gone", "versions": 0}
    later = found.get("review")
    if later and later["id"] != review["_id"]:
        raise Conflict(f"{later['by']} has {DONE[later['deed']]} the article since; undo that first")
    if found["status"] != _STATUS[review["deed"]]:
        raise Conflict(f"the article is {found['status']} by now, so this can't be undone")
    if found.get("versions") != own["versions"]:
        raise Conflict("the text of the article has changed since, so this can't be undone; review it anew")
    _check_story(database, review, own)


def _check_story(database: Database[Record], review: Record, own: Record) -> None:
    """Refuse to leave copies without the article that they are of, and to have two stand for one story."""
    if review["deed"] == RESTORE:
        joined = {"story": own["_id"], "_id": {"$ne": own["_id"]}}
        if database["articles"].find_one(joined, {"_id": 1}):
            raise Conflict("copies have joined the article since, so this can't be undone; condemn it with them")
    elif own["story"] and database["articles"].find_one({"story": own["story"], "status": "accepted"}, {"_id": 1}):
        raise Conflict("another article stands for its story by now, so this can't be undone")


def _review(database: Database[Record], deed: str, found: list[Record], by: str, now: datetime) -> Record:
    """Record a review of the first of these articles, which the others are copies of, and carry it out."""
    before = [{name: each.get(name) for name in ("_id", *_PUT_BACK, "versions")} for each in found]
    own = found[0]
    record = {
        "_id": secrets.token_hex(8),
        "article": own["_id"],
        "site": own["site"],
        "title": own["title"],
        "deed": deed,
        "by": by,
        "at": now,
        "before": before,
        "undone_at": None,
        "undone_by": None,
        "open": True,
    }
    database["reviews"].insert_one(record)
    if not _carry_out(database, record):
        raise Conflict("the article was reviewed or changed at this moment; look at it again")
    return record


def _carry_out(database: Database[Record], review: Record) -> bool:
    """Do what an open record says, or what is left of it; False if its article is not as it was seen.

    Then a review never was, and one that should have been undone stays. Another may have carried it out meanwhile.
    """
    reviews, this = database["reviews"], {"_id": review["_id"]}
    present = reviews.find_one(this)
    if present is None or present["undone_at"] != review["undone_at"]:
        return False
    if "open" not in present:
        return True
    this |= {"undone_at": review["undone_at"], "open": True}
    is_undone = review["undone_at"] is not None
    if (_put_back if is_undone else _give)(database, review):
        reviews.update_one(this, {"$unset": {"open": ""}})
        return True
    if is_undone:
        reviews.update_one(this, {"$set": {"undone_at": None, "undone_by": None}, "$unset": {"open": ""}})
    else:
        reviews.delete_one(this)
    return False


def _give(database: Database[Record], review: Record) -> bool:
    """Give the articles of a review its verdict; False if the reviewed one is not as it was seen, nor has it."""
    own, *copies = review["before"]
    verdict = _verdict(review)
    given = _write(database, articles.change(_as_before(own), verdict))
    if not given and not database["articles"].find_one({"_id": own["_id"], "review.id": review["_id"]}):
        return False
    if copies:
        _write(database, *(articles.change(_as_before(copy), verdict) for copy in copies))
    _place(database, review)
    return True


def _put_back(database: Database[Record], review: Record) -> bool:
    """Give the articles back what they had before; False if the reviewed one has not the review's verdict any more.

    Copies that were reviewed on their own since stay as they are.
    """
    own, *copies = review["before"]
    back = _write(database, _back(review, own))
    if not back and not database["articles"].find_one(_as_before(own)):
        return False
    if copies:
        _write(database, *(_back(review, copy) for copy in copies))
    _place(database, review)
    return True


def _back(review: Record, before: Record) -> Numbered:
    under = {"_id": before["_id"], "review.id": review["_id"], "status": _STATUS[review["deed"]]}
    return articles.change(under | {"versions": before["versions"]}, {name: before[name] for name in _PUT_BACK})


def _as_before(before: Record) -> Record:
    """Return what fits an article only as long as it is as a review saw it."""
    under = (before["review"] or {}).get("id")
    return {"_id": before["_id"], "status": before["status"], "versions": before["versions"], "review.id": under}


def _verdict(review: Record) -> Record:
    deed, by = review["deed"], review["by"]
    reason = {"code": DONE[deed], "detail": f"by {by}", "weight": _WEIGHT[deed]}
    verdict: Record = {"status": _STATUS[deed], "reasons": [reason]}
    carried = {"id": review["_id"], "deed": deed, "by": by, "at": review["at"]} | verdict
    return verdict | {"story": review["article"] if deed == RESTORE else None, "copy_of": None, "review": carried}


def _write(database: Database[Record], *changes: Numbered) -> int:
    """Change articles, with one new number for all; return how many there were to change."""
    number = commands.run(database, sequence.rise())
    return database["articles"].bulk_write([change(number) for change in changes]).matched_count


def _place(database: Database[Record], review: Record) -> None:
    """Let the articles of a review be found as members of the stories that they are in by now, or not at all."""
    ids = [each["_id"] for each in review["before"]]
    found = database["articles"].find({"_id": {"$in": ids}}, {"story": 1})
    moves = [UpdateOne({"_id": each["_id"]}, {"$set": {"story": each["story"]}}) for each in found]
    database["fingerprints"].bulk_write(moves)
