"""robots.txt: asked for once per origin, obeyed, its Crawl-delay kept and its sitemaps told.

An origin whose robots.txt can't be had is not crawled in this run: nobody knows what it forbids (RFC 9309, 2.3.1.4).
"""

from __future__ import annotations

import asyncio
import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError
from scrapy.http.request import NO_CALLBACK

from crawler.guards.refusal import Refused

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

MAX_BYTES = 512 * 1024  # RFC 9309, 2.5: at least 500 KiB must be read
MAX_CRAWL_DELAY = 60.0  # seconds; more would stretch a run past its next one


@dataclass(slots=True, frozen=True)
class Robots:
    """What an origin's robots.txt says.

    `trouble` tells why there is none to go by, and `code` names it: where the host can't be reached, that is the
    trouble, not its robots.txt.
    """

    rules: Protego
    trouble: str = ""
    code: str = "robots-unavailable"

    def is_allowed(self, url: str, token: str) -> bool:
        return self.rules.can_fetch(url, token)

    def delay(self, token: str) -> float:
        """Return the seconds between two requests that are asked for, 0 where none are; never over the cap."""
        asked = self.rules.crawl_delay(token)
        return min(asked, MAX_CRAWL_DELAY) if asked and math.isfinite(asked) and asked > 0 else 0.0


def read(status: int, body: bytes) -> Robots:
    """Return what an answer to /robots.txt means. Pure.

    No file (4xx) allows everything; a server in trouble (5xx) or one that says "not now" (429) allows nothing.
    """
    if status == 429 or status >= 500:
        return unavailable(f"robots.txt: the server answers {status}, so nothing is read in this run")
    text = body[:MAX_BYTES].decode("utf-8-sig", "ignore") if 200 <= status < 300 else ""
    return Robots(Protego.parse(text))


def unavailable(trouble: str, code: str = "robots-unavailable") -> Robots:
    return Robots(Protego.parse(""), trouble, code)


def _read_refusal(refusal: Refused) -> Robots:
    if refusal.code == "redirect-too-many":
        return read(404, b"")  # may count as no file (RFC 9309, 2.3.1.2)
    return unavailable(str(refusal), refusal.code if refusal.code == "private-address" else "robots-unavailable")


class RobotsMiddleware:
    """Asks an origin's robots.txt before the first request to it; the others wait for the same answer."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._token: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._robots: dict[str, asyncio.Task[Robots]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt"):
            return
        robots = await self._ask(request.url)
        if robots.code == "private-address":
            raise Refused("private-address", robots.trouble, key="address/refused").counted(self._crawler.stats)
        if robots.trouble:
            refusal = Refused(robots.code, robots.trouble, key="robots/unavailable", is_final=False)
            raise refusal.counted(self._crawler.stats)
        if not robots.is_allowed(request.url, self._token):
            refusal = Refused("robots-disallowed", f"robots.txt disallows {request.url}", key="robots/disallowed")
            raise refusal.counted(self._crawler.stats)

    def sitemaps(self, netloc: str) -> list[str]:
        """Return the sitemaps that the robots.txt of a host names, in its order; none before it has been read."""
        tasks = (self._robots.get(f"{scheme}://{netloc}") for scheme in ("https", "http"))
        read_ones = [task.result() for task in tasks if task and task.done()]
        return list(dict.fromkeys(url for robots in read_ones for url in robots.rules.sitemaps))

    async def _ask(self, url: str) -> Robots:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = asyncio.create_task(self._fetch(origin, parts.netloc))
        return await asyncio.shield(self._robots[origin])

    async def _fetch(self, origin: str, netloc: str) -> Robots:
        request = Request(
            f"{origin}/robots.txt",
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
            priority=1000,  # before any page of the origin
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except Refused as refusal:
            robots = _read_refusal(refusal)
        except CannotResolveHostError:
            robots = unavailable(f"the host name {urlsplit(origin).hostname} can't be resolved", "unresolvable")
        except DownloadConnectionRefusedError:
            robots = unavailable(f"nothing answers at {netloc}", "connection-refused")
        except DownloadTimeoutError:
            robots = unavailable(f"{netloc} does not answer in time", "timeout")
        except Exception as error:  # noqa: BLE001 (whatever the network does, the origin is put off and told why)
            robots = unavailable(f"robots.txt can't be read, so nothing is: {type(error).__name__}: {error}")
        else:
            robots = read(response.status, response.body)
        self._slow_down(netloc, robots.delay(self._token))
        if robots.trouble:
            logger.warning("%s is not crawled in this run: %s", origin, robots.trouble)
        return robots

    def _slow_down(self, slot: str, delay: float) -> None:
        """Space the requests of a slot (see PaceMiddleware), both the one in use and any made later."""
        downloader = self._crawler.engine.downloader
        if delay <= self._crawler.settings.getfloat("DOWNLOAD_DELAY"):
            return
        downloader.per_slot_settings[slot] = {"delay": delay, "concurrency": 1, "jitter": 0.0}
        if slot in downloader.slots:
            current = downloader.slots[slot]
            current.delay, current.concurrency, current.jitter = delay, 1, 0.0
        self._crawler.stats.inc_value("guards/robots/crawl-delay")
