"""Sessions: a signed cookie that says who logged in, and ends with the account, its secret, or a logout. Pure."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from itsdangerous import BadData, URLSafeSerializer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from store.accounts import Account

COOKIE = "winnow_session"
LIFE = timedelta(days=7)
OPEN = "open"  # stands for the session where there are none


@dataclass(slots=True, frozen=True)
class Session:
    """Whose it is, its id, and when it is over."""

    name: str
    id: str
    until: datetime


def issue(key: bytes, account: Account, now: datetime) -> str:
    """Return the cookie of a new session."""
    until = int((now + LIFE).timestamp())
    facts = {"name": account.name, "id": secrets.token_urlsafe(16), "secret": _digest(account), "until": until}
    signed: str | bytes = _serializer(key).dumps(facts)
    return str(signed)


def read(key: bytes, cookie: str, accounts: Mapping[str, Account], now: datetime) -> Session | None:
    """Return the session of a cookie, None if it is forged, over, or its account is not what it was."""
    try:
        facts = _serializer(key).loads(cookie)
    except BadData:
        return None
    account, until = accounts.get(facts["name"]), datetime.fromtimestamp(facts["until"], UTC)
    if until <= now or account is None or account.kind != "password" or facts["id"] in account.ended:
        return None
    if not hmac.compare_digest(facts["secret"], _digest(account)):
        return None
    return Session(account.name, facts["id"], until)


def form_token(key: bytes, session: str) -> str:
    """Return what the forms of a session carry, which no other site can know."""
    return hmac.digest(key, f"form:{session}".encode(), "sha256").hex()


def _digest(account: Account) -> str:
    return hashlib.blake2b(account.hash.encode(), digest_size=16).hexdigest()


def _serializer(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="winnow session")
