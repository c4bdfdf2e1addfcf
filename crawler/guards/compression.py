"""Undoes content encodings within bounds, so that no small body becomes a large one or costs seconds to unpack."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.utils import _compression

from crawler.guards.refusal import Refused

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

# Each layer is bounded by DOWNLOAD_MAXSIZE, but thousands of layers would each be unpacked in full.
MAX_LAYERS = 2
# Scrapy chooses between two packages for each of brotli and zstd; the errors are those of its choice.
_BROKEN = (
    OSError,
    EOFError,
    zlib.error,
    _compression.brotli.error,  # type: ignore[attr-defined]
    _compression.zstd.ZstdError,  # type: ignore[attr-defined]
)


class CompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's, with its refusals counted and a body that can't be unpacked refused rather than raised."""

    def __init__(self, *, crawler: Crawler) -> None:
        super().__init__(crawler=crawler)
        self._stats = crawler.stats

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        self._check_layers(response)
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise Refused("too-large", str(error), key="size/refused").counted(self._stats) from error
        except _BROKEN as error:
            detail = f"{type(error).__name__}: {error}"
            raise Refused("encoding-broken", detail, key="encoding/refused").counted(self._stats) from error

    def _check_layers(self, response: Response) -> None:
        layers = b",".join(response.headers.getlist("Content-Encoding")).count(b",") + 1
        if layers > MAX_LAYERS:
            detail = f"{layers} content encodings over each other"
            raise Refused("encoding-refused", detail, key="encoding/refused").counted(self._stats)
