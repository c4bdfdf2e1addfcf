"""A webhook's end: a real HTTP server in a thread, that keeps what it is told and answers as its path says."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Webhook:
    """Takes letters at every path but those that begin as `refuses` says: they are answered 500, and not kept.

    /silent never answers, /trickle never ends its answer.
    """

    port: int
    refuses: set[str] = field(default_factory=set)
    letters: list[dict[str, Any]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def address(self, path: str, query: str = "") -> str:
        return f"json://127.0.0.1:{self.port}/{path}{query}"


@contextlib.contextmanager
def webhook() -> Iterator[Webhook]:
    """Listen while the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.hook = Webhook(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.hook
    finally:
        server.hook.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook: Webhook = self.server.hook
        letter = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path.startswith("/silent"):
            hook.closing.wait(30)
        elif self.path.startswith("/trickle"):
            self._trickle(hook)
        else:
            is_refused = any(self.path.startswith(path) for path in hook.refuses)
            if not is_refused:
                hook.letters.append(letter)
            self.send_response(500 if is_refused else 200)
            self.end_headers()

    def _trickle(self, hook: Webhook) -> None:
        self.send_response(200)
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            while not hook.closing.wait(0.1):
                self.wfile.write(b".")
                self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Keep quiet: the letters are kept."""
