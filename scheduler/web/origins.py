"""Where a request comes from, and where an answer may lead. Pure: judged from headers and addresses alone."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


def is_loopback(host: str) -> bool:
    """Tell whether an address or name is this machine's own and nobody else's.

    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "::ffff:127.0.0.1", "0.0.0.0", "nas")]
    [True, True, True, True, False, False]
    """
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def names_loopback(host_header: str) -> bool:
    """Tell whether a Host header names this machine; a page elsewhere may have its name resolve here, its Host tells.

    >>> [names_loopback(host) for host in ("127.0.0.1:8600", "[::1]:8600", "localhost")]
    [True, True, True]
    >>> [names_loopback(host) for host in ("evil.example:8600", "127.0.0.1/x", "me@localhost", "")]
    [False, False, False, False]
    """
    try:
        parts = urlsplit(f"//{host_header}")
        host = parts.hostname
    except ValueError:
        return False
    is_plain = parts.netloc == host_header and "@" not in host_header
    return is_plain and host is not None and is_loopback(host)


def is_forwarded(headers: Mapping[str, str]) -> bool:
    """Tell whether a proxy passed the request on, so that its sender is not who it seems."""
    return any(name in headers for name in _FORWARDED)


def is_from_browser(headers: Mapping[str, str]) -> bool:
    """Tell whether a browser says where an unsafe request comes from; all that are maintained do."""
    return "sec-fetch-site" in headers or "origin" in headers


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Tell whether a browser's request comes from a page of this service.

    What it says of the site is not enough: to a proxy that hides itself by another Host, any name is the same origin.

    >>> is_same_origin({"origin": "http://127.0.0.1:8600", "host": "127.0.0.1:8600"})
    True
    >>> is_same_origin({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8600", "host": "127.0.0.1:8600"})
    False
    >>> is_same_origin({"sec-fetch-site": "same-origin", "origin": "https://news.example", "host": "127.0.0.1"})
    False
    """
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    if "origin" not in headers:
        return True
    origin = urlsplit(headers["origin"])
    return origin.scheme in ("http", "https") and origin.netloc.lower() == headers.get("host", "").lower()


def own_path(path: str) -> str:
    r"""Return a path of this service to go to, `/` for anything that leads elsewhere.

    >>> own_path("/runs?site=a"), own_path("//evil.example"), own_path("https://evil.example"), own_path("/\\evil")
    ('/runs?site=a', '/', '/', '/')
    """
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if is_own else "/"
