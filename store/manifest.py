"""What a dump says of itself in `manifest.json`: when it was made, of which version, and what its files must hold."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from store.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "manifest.json"
FORMAT = 1
_CHUNK = 1 << 20
_PLAIN = re.compile(r"\w[\w.-]*")  # of a database or collection: it names a file, and must not lead elsewhere


@dataclass(slots=True, kw_only=True, frozen=True)
class Manifest:
    """`version` is the database's; `documents` are counted by collection, `sha256` is by file below the folder."""

    at: datetime
    database: str
    version: int
    documents: dict[str, int]
    sha256: dict[str, str]

    def to_json(self) -> str:
        fields = asdict(self) | {"at": self.at.isoformat()}
        return json.dumps({"format": FORMAT, **fields}, indent=2, ensure_ascii=False) + "\n"


def data_file(database: str, collection: str) -> str:
    """Return the file of a collection's documents, where `mongorestore --gzip` looks for it."""
    return f"{database}/{collection}.bson.gz"


def metadata_file(database: str, collection: str) -> str:
    """Return the file of a collection's options and indexes."""
    return f"{database}/{collection}.metadata.json.gz"


def read(folder: Path) -> Manifest:
    """Read the manifest of a dump.

    Raises:
        ConfigError: there is none, or it can't be understood.
    """
    path = folder / NAME
    try:
        manifest = _parse(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"{folder} is no dump of Winnow: {path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path} is damaged: {error}") from None
    return manifest


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its checksum.

    Raises:
        ConfigError: a file is missing, or not as it was written.
    """
    for name, wanted in manifest.sha256.items():
        try:
            found = _sha256(folder / name)
        except OSError as error:
            raise ConfigError(f"the dump is damaged: {folder / name}: {error.strerror}") from None
        if found != wanted:
            raise ConfigError(f"the dump is damaged: {folder / name} is not as it was written")


def _parse(raw: dict[str, Any]) -> Manifest:
    if raw["format"] != FORMAT:
        raise ValueError(f"format {raw['format']!r} is not known to this Winnow")
    manifest = Manifest(
        at=datetime.fromisoformat(raw["at"]),
        database=str(raw["database"]),
        version=int(raw["version"]),
        documents={str(name): int(count) for name, count in raw["documents"].items()},
        sha256={str(name): str(digest) for name, digest in raw["sha256"].items()},
    )
    wanted = {data_file(manifest.database, name) for name in manifest.documents}
    strange = [name for name in (manifest.database, *manifest.documents) if not _PLAIN.fullmatch(name)]
    if strange or not wanted <= set(manifest.sha256):
        raise ValueError("its names of collections and files do not fit")
    return manifest


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
