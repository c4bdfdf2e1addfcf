"""Which articles an address asks for: what API, feeds and pages all understand, and how it is written again."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Depends
from fastapi import Query as Asks

from scheduler.web.paging import address
from store.errors import ConfigError
from store.queries import Query
from store.query_text import moment, parse

Status = Literal["accepted", "duplicate", "quarantined", "rejected", "any"]
Order = Literal["newest", "oldest", "best"]

Text = Annotated[str, Asks(max_length=1000, description='words, "phrases", -words, site: author: tag: before: after:')]
Name = Annotated[str, Asks(max_length=200)]
Moment = Annotated[str, Asks(max_length=40, examples=["2025-12-20", "2025-12-20T08:00:00+08:00"])]
Code = Annotated[str, Asks(max_length=100, description="the code of a reason")]
After = Annotated[str, Asks(max_length=500, description="the `next` of the page before")]


@dataclass(slots=True, kw_only=True, frozen=True)
class Filters:
    """Empty is not asked for; since ≤ publication < until.

    A date is the publisher's day, a time without a zone is in that of the service.
    """

    q: Text = ""
    site: Name = ""
    author: Name = ""
    tag: Name = ""
    since: Moment = ""
    until: Moment = ""
    status: Status = "accepted"
    reason: Code = ""
    order: Order = "newest"

    def query(self, now: datetime, *, limit: int, after: str = "") -> Query:
        """Return what is asked of the store.

        Raises:
            ConfigError: the text or a date can't be understood.
        """
        here = now.astimezone()
        base = Query(
            site=self.site or None,
            author=self.author or None,
            tag=self.tag or None,
            since=_moment("since", self.since, here),
            until=_moment("until", self.until, here),
            status=self.status,
            reason=self.reason or None,
            order=self.order,
            limit=limit,
            after=after or None,
        )
        return parse(self.q, base, here)

    def address(self, path: str, **changes: Any) -> str:
        """Write an address that asks for the same but for `changes`.

        >>> Filters(q="龙舟", site="a").address("/articles", site="", after="x")
        '/articles?q=%E9%BE%99%E8%88%9F&after=x'
        """
        said = {name: value for name, value in asdict(self).items() if value != getattr(_NONE, name)}
        return address(path, {name: str(value or "") for name, value in (said | changes).items()})


_NONE = Filters()
Wanted = Annotated[Filters, Depends()]


def _moment(name: str, said: str, now: datetime) -> datetime | date | None:
    try:
        return moment(said, now) if said else None
    except ValueError as error:
        raise ConfigError(f"{name}: {error}") from None
