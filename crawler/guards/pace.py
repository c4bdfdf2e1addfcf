"""Waits as long as a server asks (Retry-After with 429 or 503), up to five minutes in all; then puts it off.

One page's 503 concerns that page: a hostile or broken page must not stop a whole site. A 429 concerns the host, and
so does the third such answer in a row.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy.utils.httpobj import urlparse_cached

from crawler.guards.refusal import Refused

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

MAX_WAIT = 300.0  # seconds, over all waits of a host in one run
STRIKES = 3  # answers in a row that make it the host's word
_MARK = "pace_until"
_LOOK = 1.0  # seconds between two looks at whether the run is being stopped


def retry_after(value: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, from either of its forms; None if it is neither.

    >>> retry_after("120", datetime(2025, 1, 1, tzinfo=UTC))
    120.0
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])  # over thirty years is as good as for ever
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())


@dataclass(slots=True)
class Host:
    """What one host has asked for. Pure: moments are seconds of any one steady clock."""

    strikes: int = 0
    free_at: float = 0.0
    horizon: float = 0.0
    waited: float = 0.0
    put_off: str = ""

    def asked(self, status: int, seconds: float, now: float) -> float | None:
        """Note an answer that asks to wait; return when its page may be asked for again, None if not in this run."""
        self.strikes += 1
        until = now + seconds
        more = max(0.0, until - max(self.horizon, now))
        if self.waited + more > MAX_WAIT:
            if self.strikes >= STRIKES:
                self.put_off = f"{self.strikes} answers in a row ask to wait, the last for {seconds:.0f} s"
            return None
        self.waited += more
        self.horizon = max(self.horizon, until)
        if status == 429 or self.strikes >= STRIKES:
            self.free_at = max(self.free_at, until)
        return until


class PaceMiddleware:
    """Holds requests back until their page and host are free. RetryMiddleware, above it, asks again.

    Gives each host and port a slot of its own: Scrapy's go by host name alone and stick to a redirected request.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._stats = crawler.stats
        self._hosts: dict[str, Host] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        netloc = urlparse_cached(request).netloc
        request.meta["download_slot"] = netloc
        host = self._hosts.get(netloc)
        if host is None:
            return
        while not host.put_off:
            wait = max(host.free_at, request.meta.get(_MARK, 0.0)) - _clock()
            if wait <= 0:
                return
            if not self._crawler.crawling:
                raise self._refuse("put-off", "the run is being stopped: put off to the next one")
            await asyncio.sleep(min(wait, _LOOK))
        raise self._refuse("host-put-off", f"{netloc} is put off to the next run: {host.put_off}")

    def process_response(self, request: Request, response: Response) -> Response:
        netloc = urlparse_cached(request).netloc
        seconds = self._wait_asked(response)
        if seconds is None:
            if netloc in self._hosts:
                self._hosts[netloc].strikes = 0
            return response
        host = self._hosts.setdefault(netloc, Host())
        until = host.asked(response.status, seconds, _clock())
        if until is None:
            raise self._refuse(
                "put-off", f"HTTP {response.status} asks to wait {seconds:.0f} s: put off to the next run"
            )
        request.meta[_MARK] = until
        self._stats.inc_value("guards/pace/waited")
        return response

    @staticmethod
    def _wait_asked(response: Response) -> float | None:
        if response.status not in {429, 503}:
            return None
        value = response.headers.get("Retry-After") or b""
        return retry_after(value.decode("latin-1"), datetime.now(UTC))

    def _refuse(self, outcome: str, detail: str) -> Refused:
        return Refused(outcome, detail, key=f"pace/{outcome}", is_final=False).counted(self._stats)


def _clock() -> float:
    return asyncio.get_running_loop().time()
