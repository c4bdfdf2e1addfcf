"""Serves sites over HTTP with validators, counts the hits, and takes orders under `/_newsroom/`."""

from __future__ import annotations

import hashlib
import json
import selectors
import sys
import threading
from collections import Counter
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from tests.support.newsroom import pages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.support.newsroom.pages import Answer
    from tests.support.newsroom.site import Site

CONTROL = "/_newsroom/"


class Server(ThreadingHTTPServer):
    """The site on loopback. A lock lets one request at a time look at the articles: orders change them."""

    daemon_threads = True
    request_queue_size = 64  # a crawl opens its connections at once

    def __init__(self, port: int, site: Site) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.site = site
        self.hits: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._orders: dict[str, Callable[..., object]] = {
            "hits": lambda: self.hits,
            "truth": site.truth,
            "reset": self.hits.clear,
            "advance": lambda hours: site.clock.advance(float(hours)),
            "publish": lambda n: site.publish(int(n)),
            "edit": lambda path: site.edit(path),
        }

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that was killed in the middle of a page is no error of the site's."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def answer(self, target: str) -> Answer:
        parts = urlsplit(target)
        with self._lock:
            if parts.path.startswith(CONTROL):
                return self._obey(parts.path.removeprefix(CONTROL), dict(parse_qsl(parts.query)))
            self.hits[parts.path] += 1
            return pages.answer(self.site, parts.path, self.url)

    def _obey(self, name: str, given: dict[str, str]) -> Answer:
        if name not in self._orders:
            return pages.missing()
        result = self._orders[name](**given)
        return pages.Answer(json.dumps(result, ensure_ascii=False).encode(), "application/json")


class Listener:
    """One loop that listens for all sites; only a connection has a thread of its own, as long as it lasts."""

    def __init__(self, servers: Sequence[Server]) -> None:
        self._selector = selectors.DefaultSelector()
        for server in servers:
            server.timeout = 0
            self._selector.register(server, selectors.EVENT_READ)

    def serve(self, until: threading.Event) -> None:
        """Answer until the event is set, and up to half a second longer."""
        while not until.is_set():
            for key, _ in self._selector.select(timeout=0.5):
                key.fileobj.handle_request()


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "newsroom"
    sys_version = ""

    def do_GET(self) -> None:
        answer = self.server.answer(self.path)
        if answer.status is HTTPStatus.OK and self._is_fresh(answer):
            self._send(HTTPStatus.NOT_MODIFIED, answer, b"")
        else:
            self._send(answer.status, answer, answer.body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _is_fresh(self, answer: Answer) -> bool:
        """Say whether the reader's copy is still good; a tag goes before a date (RFC 9110, 13.2.2)."""
        if tags := self.headers.get("If-None-Match"):
            return _tag(answer) in [tag.strip() for tag in tags.split(",")]
        since = self.headers.get("If-Modified-Since")
        return bool(since and answer.modified and answer.modified <= parsedate_to_datetime(since))

    def _send(self, status: HTTPStatus, answer: Answer, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", answer.content_type)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        if answer.location:
            self.send_header("Location", answer.location)
        if answer.modified:
            self.send_header("Last-Modified", format_datetime(answer.modified.astimezone(UTC), usegmt=True))
            self.send_header("ETag", _tag(answer))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the hits are counted."""


def _tag(answer: Answer) -> str:
    return f'"{hashlib.blake2b(answer.body, digest_size=8).hexdigest()}"'
