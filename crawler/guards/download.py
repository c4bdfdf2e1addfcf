"""The one way to the network: Scrapy's HTTP/1.1 handler with a bounded header block and refusals that say why.

Scrapy's own timer runs from the call to the last byte of the body, so DOWNLOAD_TIMEOUT is a deadline for the whole
exchange: name, connection, TLS, headers, body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.utils.httpobj import urlparse_cached
from twisted.web.client import ResponseFailed, _HTTP11ClientFactory

from crawler.guards.refusal import Refused
from crawler.guards.resolver import PublicResolver

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import HTTP11ClientProtocol
    from twisted.web._newclient import Request as TxRequest
    from twisted.web.iweb import IResponse

MAX_HEADER_BYTES = 64 * 1024
_DEFAULT_PORTS = {"http": 80, "https": 443}


class HeadersTooLong(Exception):
    """A response's header block is over its limit."""


class _BoundedParser(_LenientHTTPClientParser):
    """Counts status and header lines, those of interim (1xx) responses too; Twisted bounds single lines only."""

    _seen = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 (Twisted's name)
        self._seen += len(line) + 1
        if self._seen > MAX_HEADER_BYTES:
            raise HeadersTooLong
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        raise HeadersTooLong


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: TxRequest) -> Deferred[IResponse]:
        response = super().request(request)
        # Twisted names the parser class in the middle of request(); Scrapy swaps it in the same way.
        if self._parser is not None:
            self._parser.__class__ = _BoundedParser
        return response


class _BoundedFactory(_HTTP11ClientFactory):
    noisy = False

    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:  # noqa: N802
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class GuardedHandler(HTTP11DownloadHandler):
    """Downloads http and https, by our resolver: `scrapy shell` makes a handler before Scrapy installs one."""

    def __init__(self, crawler: Crawler) -> None:
        from twisted.internet import reactor  # importing it installs it: not before Scrapy has

        super().__init__(crawler)
        if not isinstance(reactor.nameResolver, PublicResolver):
            PublicResolver.from_crawler(crawler, reactor).install_on_reactor()
        self._reactor = reactor
        self._stats = crawler.stats
        self._pool._factory = _BoundedFactory  # noqa: SLF001 (as Scrapy sets its own)

    async def download_request(self, request: Request) -> Response:
        if not isinstance(self._reactor.nameResolver, PublicResolver):
            raise RuntimeError("TWISTED_DNS_RESOLVER isn't the public resolver: private addresses are in reach")
        try:
            return await super().download_request(request)
        except (
            CannotResolveHostError,
            DownloadCancelledError,
            DownloadFailedError,
            DownloadTimeoutError,
        ) as error:
            refusal = self._refusal(request, error)
            if refusal is None:
                raise
            raise refusal.counted(self._stats) from error

    def _refusal(self, request: Request, error: Exception) -> Refused | None:
        if isinstance(error, DownloadTimeoutError):
            return Refused("timeout", str(error), key="deadline/exceeded", is_final=False)
        if isinstance(error, DownloadCancelledError):  # Scrapy cancels for size alone
            return Refused("too-large", str(error) or f"body over {self._default_maxsize} bytes", key="size/refused")
        if isinstance(error, CannotResolveHostError):
            return self._address_refusal(request)
        failed = error.__cause__
        if isinstance(failed, ResponseFailed) and any(f.check(HeadersTooLong) for f in failed.reasons):
            return Refused("headers-too-large", f"header block over {MAX_HEADER_BYTES} bytes", key="headers/refused")
        return None

    def _address_refusal(self, request: Request) -> Refused | None:
        url = urlparse_cached(request)
        host, port = url.hostname or "", url.port or _DEFAULT_PORTS.get(url.scheme, 0)
        address = self._reactor.nameResolver.refused(host, port)
        if address is None:
            return None
        shown = f"[{host}]" if ":" in host else host
        detail = f"private address {address} refused; allow it with WINNOW_ALLOW_PRIVATE={shown}:{port}"
        return Refused("private-address", detail, key="address/refused")
