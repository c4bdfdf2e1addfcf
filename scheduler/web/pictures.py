"""Whose picture a page may show: an address in the open web, or one that the operator named. Pure.

The browser of whoever reads the page asks for it, so one that lies in the reader's own network is never shown.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection

_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")
_OURS = ("local", "internal", "localhost", "home", "lan", "intranet", "corp", "localdomain", "arpa")
_UNCLEAR = re.compile(r"[\s\\\x00-\x1f\x7f]")  # where browsers and parsers part ways
_PORTS = {"http": 80, "https": 443}


def picture_origin(address: str, allowed: Collection[tuple[str, int]] = ()) -> str | None:
    """Return the origin that a picture comes from, as a policy names it; None if it may not be shown.

    `allowed` are pairs of host and port that may be private.

    >>> picture_origin("https://img.example.com/a.jpg"), picture_origin("http://img.example.com:8080/a.jpg")
    ('https://img.example.com', 'http://img.example.com:8080')
    >>> hosts = ("127.0.0.1", "10.0.0.1", "[::1]", "[fe80::1]", "169.254.1.1", "localhost", "nas", "nas.local")
    >>> [picture_origin(f"http://{host}/a.jpg") for host in hosts] == [None] * len(hosts)
    True
    >>> picture_origin("http://127.0.0.1:8711/a.jpg", {("127.0.0.1", 8711)})
    'http://127.0.0.1:8711'
    >>> [picture_origin(address) for address in ("data:image/png;base64,", "javascript:x()", "//example.com/a.jpg")]
    [None, None, None]
    >>> picture_origin("https://x;script-src *.example/a.jpg"), picture_origin("https://a@example.com/a.jpg")
    (None, None)
    """
    try:
        parts = urlsplit(address)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or "@" in parts.netloc or _UNCLEAR.search(address):
        return None
    if not (is_public(host) or (host, port or _PORTS[parts.scheme]) in allowed):
        return None
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}"


def is_public(host: str) -> bool:
    """Tell whether a name or address, in lower case, can belong to the open web.

    What browsers read as an address in another notation (`127.1`, `0x7f000001`) is none.

    >>> [is_public(host) for host in ("example.com", "93.184.215.14", "2001:4860:4860::8888")]
    [True, True, True]
    >>> [is_public(host) for host in ("127.1", "0x7f000001", "2130706433", "a.0x7f", "::ffff:10.0.0.1", "")]
    [False, False, False, False, False, False]
    """
    try:
        address = ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        return bool(_HOST.fullmatch(host)) and not last[0].isdigit() and last not in _OURS
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    return address.is_global and not address.is_multicast


def _ascii(host: str) -> str:
    """Return a host as browsers ask for it: in ASCII, without the root's dot.

    Raises:
        ValueError: there is no such name.
    """
    return (host if host.isascii() else host.encode("idna").decode("ascii")).lower().rstrip(".")
