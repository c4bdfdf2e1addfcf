"""A small disk of the soak's own, that can be filled."""

from __future__ import annotations

import errno
import subprocess
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = bytes(1 << 20)


class Disk:
    """A file system in memory, mounted on a folder while the `with` block lasts, or a plain folder if `mib` is 0.

    `is_own` says whether it could be mounted: else it must not be filled.
    """

    def __init__(self, folder: Path, mib: int) -> None:
        self.folder = folder
        self.is_own = False
        self._mib = mib
        self._filler = folder / "filler"

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._mib:
            command = ["mount", "-t", "tmpfs", "-o", f"size={self._mib}m,mode=700", "soak", str(self.folder)]
            self.is_own = subprocess.run(command, check=False).returncode == 0
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_own:
            subprocess.run(["umount", str(self.folder)], check=False)

    def fill(self) -> None:
        """Take all the room that is left."""
        assert self.is_own
        try:
            with self._filler.open("wb", buffering=0) as file:
                while file.write(_CHUNK):
                    pass
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise

    def free(self) -> None:
        """Give the room back."""
        self._filler.unlink(missing_ok=True)
