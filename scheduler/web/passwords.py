"""Secrets of accounts: how they are hashed, checked and made."""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from store.errors import ConfigError

LEAST = 10  # characters of a password
MOST = 1024  # more is no password but an attempt to keep the machine busy
# argon2id with the least that OWASP recommends: 19 MiB and some 30 ms, since the service shall stay small.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_ONE_AT_A_TIME = threading.Lock()  # or a burst of log-ins would take 19 MiB each


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    return _HASHER.hash(password)


def is_password(password: str, hashed: str | None) -> bool:
    """Tell whether a password is the one that was hashed; without a hash it is not, and that takes as long."""
    with _ONE_AT_A_TIME:
        try:
            return _HASHER.verify(hashed or _hash_of_nothing(), password) and hashed is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def hash_token(token: str) -> str:
    """Return what is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_token(token: str, hashed: str) -> bool:
    """Tell whether a token is the one that was hashed."""
    return hmac.compare_digest(hash_token(token), hashed)


def check_password(password: str) -> None:
    """Refuse a password that is too short or too long.

    Raises:
        ConfigError: it is; the message says what to do.
    """
    if not LEAST <= len(password) <= MOST:
        raise ConfigError(f"a password has {LEAST} to {MOST} characters; choose another")


def new_token(name: str) -> str:
    """Return a token of an account: its name, so that it can be found, and 256 random bits.

    >>> new_token("prometheus").startswith("prometheus.")
    True
    """
    return f"{name}.{secrets.token_urlsafe(32)}"


@functools.cache
def _hash_of_nothing() -> str:
    return _HASHER.hash(secrets.token_bytes(16))
