"""The way to the database: MONGODB_URI, else a mongod of our own. The only reader of these variables."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymongo import AsyncMongoClient, MongoClient
from pymongo.database import Database
from pymongo.errors import ConfigurationError, ConnectionFailure, InvalidURI, OperationFailure
from pymongo.uri_parser import parse_uri

from store import commands, migrations
from store.errors import ConfigError, StoreUnavailable
from store.mongod import EmbeddedServer
from store.options import Option, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pymongo.asynchronous.database import AsyncDatabase

Record = dict[str, Any]
SyncDatabase = Database[Record]

DATABASE = "winnow"
OPTIONS = (
    Option("MONGODB_URI", "", str, "the MongoDB server to use; empty: one of Winnow's own"),
    Option("WINNOW_DATA", "./data", Path, "folder of the embedded database, the search index and the logs"),
)
# Acknowledged by the journal: a killed server loses nothing that a crawl counts as known.
_CLIENT: Record = {"tz_aware": True, "journal": True, "uuidRepresentation": "standard"}
# A server that is frozen is one that is away: an answer may take long, but not for ever.
_PREFERRED: Record = {"w": 1, "serverSelectionTimeoutMS": 5000, "socketTimeoutMS": 20_000, "appname": "winnow"}
_REFUSALS = (13, 18)  # MongoDB's codes: not authorized, authentication failed


@dataclass(slots=True, frozen=True)
class Settings:
    """Where the database is; without `uri` it is in the folder `data`."""

    uri: str
    data: Path


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the environment.

    Raises:
        ConfigError: MONGODB_URI is malformed.
    """
    values = read(OPTIONS, environ)
    settings = Settings(uri=values["MONGODB_URI"], data=values["WINNOW_DATA"].absolute())
    if settings.uri:
        _parse(settings.uri)
    return settings


@contextmanager
def connect(settings: Settings, *, as_is: bool = False) -> Iterator[SyncDatabase]:
    """Open the database for a command; `as_is` opens also one that is not fit for use.

    Raises:
        StoreUnavailable: no server answers, then or later, it refuses the user, or none can be started.
        ConfigError: a newer Winnow made the database, or it is half loaded.
    """
    with unasked(settings) as database, explained(settings):
        commands.run(database, migrations.marks() if as_is else migrations.fit())
        yield database


@contextmanager
def unasked(settings: Settings) -> Iterator[SyncDatabase]:
    """Open the database without asking whether a server answers.

    Raises:
        StoreUnavailable: an embedded server can't be started.
    """
    with ExitStack() as stack:
        uri = settings.uri or stack.enter_context(EmbeddedServer(settings.data).used())
        client: MongoClient[Record] = stack.enter_context(MongoClient(uri, **_options(settings)))
        yield client[_name(settings)]


class AsyncConnection:
    """The database of a crawl. `close` lets go of an embedded server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = ExitStack()
        self._server = None if settings.uri else EmbeddedServer(settings.data)
        uri = self._stack.enter_context(self._server.used()) if self._server else settings.uri
        self._client: AsyncMongoClient[Record] = AsyncMongoClient(uri, **_options(settings))

    @property
    def database(self) -> AsyncDatabase[Record]:
        return self._client[_name(self._settings)]

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Ask the server within this block.

        Raises:
            StoreUnavailable: it gives no answer, or refuses the user.
        """
        with explained(self._settings):
            yield

    def ensure_running(self) -> None:
        """Start an embedded server that died; a server elsewhere comes back by itself. Blocks."""
        if self._server:
            self._server.ensure_running()

    async def close(self) -> None:
        await self._client.close()
        self._stack.close()


def open_async(settings: Settings) -> AsyncConnection:
    """Open the database for a crawl; a server elsewhere is not asked yet.

    Raises:
        StoreUnavailable: an embedded server can't be started.
    """
    return AsyncConnection(settings)


@contextmanager
def explained(settings: Settings) -> Iterator[None]:
    """Say in one line what is wrong with the server, and never with which password."""
    where = f"MongoDB at {_hosts(settings.uri)}" if settings.uri else "the embedded MongoDB"
    try:
        yield
    except ConnectionFailure:
        remedy = "is it running, and is MONGODB_URI right?" if settings.uri else f"see {settings.data}/mongod.log"
        raise StoreUnavailable(f"{where} does not answer; {remedy}") from None
    except OperationFailure as error:
        if error.code not in _REFUSALS:
            raise
        remedy = "check name and password in MONGODB_URI, and that it has the roles readWrite and dbAdmin"
        raise StoreUnavailable(f"{where} refuses the user; {remedy}") from None


def _options(settings: Settings) -> Record:
    """What the URI says itself wins, but for what the store is built on; a zero (`w=0`) says nothing."""
    if not settings.uri:
        return _CLIENT | _PREFERRED | {"retryWrites": False, "retryReads": False}
    said = {name.lower() for name, value in _parse(settings.uri)["options"].items() if value}
    return _CLIENT | {name: value for name, value in _PREFERRED.items() if name.lower() not in said}


def _name(settings: Settings) -> str:
    return (settings.uri and _parse(settings.uri).get("database")) or DATABASE


def _hosts(uri: str) -> str:
    return ", ".join(f"{host}:{port}" if port else str(host) for host, port in _parse(uri)["nodelist"])


def _parse(uri: str) -> Record:
    try:
        return dict(parse_uri(uri))
    except (InvalidURI, ConfigurationError, ValueError) as error:
        secret = set(re.findall(r"\w+", uri.partition("://")[2].rpartition("@")[0]))
        reason = "" if secret & set(re.findall(r"\w+", str(error))) else f": {error}"
        raise ConfigError(f"MONGODB_URI is malformed{reason}; write mongodb://HOST:PORT/") from None
