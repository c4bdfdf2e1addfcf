"""Who asks, and whether they may. Without accounts this machine's own users may all; with accounts nobody else may.

A session is a signed cookie, a program shows a token; both end with their account within seconds.
"""

from __future__ import annotations

import hmac
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request  # noqa: TC002 - FastAPI reads the annotation
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from scheduler.web import sessions
from scheduler.web.attempts import WINDOW, Attempts
from scheduler.web.backstage import now
from scheduler.web.language import said
from scheduler.web.origins import is_forwarded, is_from_browser, is_loopback, is_same_origin, names_loopback
from scheduler.web.passwords import MOST, is_password, is_token
from store.accounts import OPERATOR, PASSWORD, TOKEN, Account
from store.errors import ConfigError

if TYPE_CHECKING:
    from scheduler.web.register import Known, Register

logger = logging.getLogger(__name__)

SAFE = ("GET", "HEAD", "OPTIONS")
_WRONG = said("name or password is wrong")


@dataclass(slots=True, kw_only=True, frozen=True)
class Visitor:
    """Who asks. `form_token` is what their forms carry; `session` is None where there is none to end."""

    name: str
    role: str
    form_token: str | None = None
    session: sessions.Session | None = None

    @property
    def is_operator(self) -> bool:
        return self.role == OPERATOR


def check_listen(host: str, *, has_accounts: bool) -> None:
    """Refuse to listen where others can come in, as long as anyone who does may do everything.

    Raises:
        ConfigError: there is no account, and `host` is not this machine's own address.
    """
    if is_loopback(host):
        return
    if not has_accounts:
        raise ConfigError(
            f"WINNOW_LISTEN: {host} can be reached from elsewhere, and there is no account; "
            "`winnow access add NAME` makes one"
        )
    logger.warning("%s can be reached from elsewhere: without TLS in front, passwords go in the clear", host)


class Access:
    """Tells who asks. Refusals are HTTPExceptions."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._attempts = Attempts()

    async def visitor(self, request: Request) -> Visitor | None:
        """Return who asks, None if they have to say so first."""
        known = await self._register.known()
        if not known.accounts:
            return _anyone(request, known)
        if token := _bearer(request):
            account = _of_token(known, token)
            return Visitor(name=account.name, role=account.role)
        session = sessions.read(known.key, request.cookies.get(sessions.COOKIE, ""), known.accounts, now())
        if session is None:
            return None
        role, form_token = known.accounts[session.name].role, sessions.form_token(known.key, session.id)
        return Visitor(name=session.name, role=role, form_token=form_token, session=session)

    async def log_in(self, name: str, password: str, address: str) -> str:
        """Return the cookie of a new session."""
        known = await self._register.known()
        if not self._attempts.take(address, name, time.monotonic()):
            raise HTTPException(429, said("too many attempts; wait a minute"), {"Retry-After": f"{WINDOW:.0f}"})
        account = known.accounts.get(name)
        if account and account.kind != PASSWORD:
            account = None
        if not await _is_right(password, account) or account is None:
            logger.warning("a log-in from %s failed", address)  # no name: people type their password there
            raise HTTPException(401, _WRONG)
        self._attempts.forgive(address, name)
        return sessions.issue(known.key, account, now())

    def forget(self) -> None:
        """Ask the store anew: an account has changed."""
        self._register.forget()


def check_origin(request: Request, visitor: Visitor | None) -> None:
    """Refuse an unsafe request that another site's page may have sent, or that a reader did.

    A program shows a token, and on an open service it says nothing of where it comes from; every browser does.
    """
    if request.method in SAFE:
        return
    if is_from_browser(request.headers):
        if not is_same_origin(request.headers):
            raise HTTPException(403, said("this was sent by a page of another site"))
    elif visitor is None or visitor.session:
        raise HTTPException(403, said("this was sent by a program; let it show a token"))
    if visitor and not visitor.is_operator and request.scope["path"] != "/logout":
        raise HTTPException(403, said("%(name)s may read, and change nothing", name=visitor.name))


async def check_form(request: Request) -> None:
    """Refuse an unsafe request of a browser without what the service's own forms carry.

    It is every route's dependency; logging in has no session yet, and is held by `check_origin` alone.
    """
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if request.method in SAFE or visitor is None or visitor.form_token is None:
        return
    if visitor.session is None and not is_from_browser(request.headers):
        return
    shown = request.headers.get("x-form-token") or (await request.form()).get("form_token") or ""
    if not hmac.compare_digest(str(shown).encode(), visitor.form_token.encode()):
        raise HTTPException(403, said("this page is out of date; load it anew and try again"))


def _anyone(request: Request, known: Known) -> Visitor:
    """Take whoever uses this machine for an operator, as long as there is no account."""
    server, client = request.scope.get("server"), request.client
    is_own = server and client and is_loopback(server[0]) and is_loopback(client.host)
    if not is_own or is_forwarded(request.headers):
        raise HTTPException(403, said("only this machine may ask until there is an account; `winnow access add NAME`"))
    if not names_loopback(request.headers.get("host", "")):
        raise HTTPException(403, said("ask by an address of this machine, such as 127.0.0.1 or localhost"))
    return Visitor(name="web", role=OPERATOR, form_token=sessions.form_token(known.key, sessions.OPEN))


def _of_token(known: Known, token: str) -> Account:
    """Return whose token it is; it can't be guessed, so that is neither slowed down nor counted."""
    account = known.accounts.get(token.partition(".")[0])
    if account is None or account.kind != TOKEN or not is_token(token, account.hash):
        raise HTTPException(401, said("the token is wrong"), {"WWW-Authenticate": "Bearer"})
    return account


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


async def _is_right(password: str, account: Account | None) -> bool:
    """Check a password; that takes as long if there is no such account."""
    if len(password) > MOST:
        return False
    return await run_in_threadpool(is_password, password, account.hash if account else None)
