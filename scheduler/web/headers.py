"""What every answer carries, errors too: a browser shall run, load, frame and keep nothing that is not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


def policy(pictures: str = "") -> str:
    """Return what a page may load: only what is ours, and pictures of one other origin if it is named.

    >>> policy("https://img.example.com").split("; ")[3]
    "img-src 'self' https://img.example.com"
    """
    sources = f"'self' {pictures}".rstrip()
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {sources}; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Headers:
    """ASGI middleware, the outermost. A page that shows a picture brings its own policy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers["Cache-Control"] = _keeping(scope["path"], has_tag="ETag" in headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _keeping(path: str, *, has_tag: bool) -> str:
    """Say what a browser may keep: our own script and style, and what has an ETag, if it asks whether that is current.

    >>> _keeping("/static/live.js", has_tag=True), _keeping("/feeds/atom", has_tag=True), _keeping("/", has_tag=False)
    ('no-cache', 'private, no-cache', 'no-store')
    """
    if path.startswith("/static/"):
        return "no-cache"
    return "private, no-cache" if has_tag else "no-store"
