"""Canonical URL → key: what makes two addresses one article. Pure. Changing a rule here is a migration."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

# Parameters that name the way a reader came, never the article; names as the ad and mail systems document them.
_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|yclid|msclkid|igshid|mc_cid|mc_eid|_ga|_gl|_hsenc|_hsmi|spm|scm|from|share_token"
    r"|share_from|share_source|sharefrom|isappinstalled|nsukey|wxshare|spider|hmsr|hmpl|hmcu|hmkw|hmci|ref|ref_src)$",
    re.IGNORECASE,
)
KEYS_BEGIN = "234567abcdefghijklmnopqrstuvwxyz"  # with one of these, in order
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE = "!$&'()*+,;=:@/~-._"


def canonical(url: str) -> str:
    """Return the one spelling of an address: host and percent-encoding folded, tracking and fragment removed.

    >>> canonical("HTTP://News.Example.com:80/a/%e4%b8%ad.html?utm_source=x&id=3#top")
    'http://news.example.com/a/%E4%B8%AD.html?id=3'
    """
    parts = urlsplit(url.strip())
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").rstrip(".")
    port = f":{parts.port}" if parts.port and parts.port != _DEFAULT_PORTS.get(scheme) else ""
    host = f"[{host}]" if ":" in host else host
    path = quote(unquote(parts.path, errors="surrogateescape"), safe=_SAFE, errors="surrogateescape") or "/"
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)]
    return urlunsplit((scheme, f"{host}{port}", path, urlencode(sorted(kept)), ""))


@lru_cache(maxsize=16384)  # a crawl meets an address in many lists and related blocks
def key(url: str) -> str:
    """Return the 16-character identity of an address: 80 bits of BLAKE2b over it, scheme, `www.` and `m.` left out.

    >>> key("https://www.example.com/a") == key("http://example.com/a?utm_medium=feed")
    True
    """
    parts = urlsplit(canonical(url))
    host = re.sub(r"^(www|m|wap)\.", "", parts.netloc)
    path = parts.path if parts.path == "/" else parts.path.rstrip("/")
    identity = f"{host}{path}?{parts.query}".encode("utf-8", "surrogateescape")
    return base64.b32encode(hashlib.blake2b(identity, digest_size=10).digest()).decode("ascii").lower()
