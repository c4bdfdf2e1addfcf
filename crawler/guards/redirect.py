"""Follows redirects to http and https only, and keeps a request on its site where it asks for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.exceptions import IgnoreRequest

from crawler.discover.links import is_same_site
from crawler.guards.refusal import Refused

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_CODES = frozenset({301, 302, 303, 307, 308})


class RedirectMiddleware(ScrapyRedirectMiddleware):
    """Scrapy's, without Referer. A request with `meta["onsite"]` may not leave its registrable domain."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        # Scrapy's own also looks for RefererMiddleware, which is off, and warns when it is missing.
        middleware = cls(crawler.settings)
        middleware.crawler = crawler
        return middleware

    def handle_referer(self, request: Request, response: Response) -> None:
        request.headers.pop("Referer", None)

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        try:
            target = super().process_response(request, response)
        except IgnoreRequest as error:
            raise self._refusal("too-many", str(error)) from error
        except ValueError as error:
            raise self._refusal("malformed", str(error)) from error
        self._check(request, response, target)
        return target

    def _check(self, request: Request, response: Response, target: Request | Response) -> None:
        if isinstance(target, Request):
            if request.meta.get("onsite") and not is_same_site(request.url, target.url):
                raise self._refusal("offsite", f"{request.url} leads off the site, to {target.url}")
        elif response.status in _CODES and not request.meta.get("dont_redirect"):
            location = (response.headers.get("Location") or b"").decode("latin-1")
            raise self._refusal("malformed", f"{request.url} redirects to {location[:200]!r}")

    def _refusal(self, outcome: str, detail: str) -> Refused:
        return Refused(f"redirect-{outcome}", detail, key=f"redirect/{outcome}").counted(self.crawler.stats)
