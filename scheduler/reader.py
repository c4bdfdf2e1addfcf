"""Who reads standard output: one that has enough, or a disk that has no room."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, EIO, ENOSPC
from typing import TYPE_CHECKING

import click

from store.errors import WinnowError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

_NO_ROOM = (ENOSPC, EDQUOT, EFBIG, EIO)


@contextmanager
def listened() -> Iterator[None]:
    """End a command when nobody reads on: well, if the reader has enough, as in `winnow articles | head`.

    Raises:
        WinnowError: what is written to has no room.
    """
    try:
        yield
    except BrokenPipeError:
        _silence(sys.stdout, sys.stderr)
        raise click.exceptions.Exit(0) from None
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        _silence(sys.stdout)
        raise WinnowError(f"{error.filename or 'the output'} can't be written: {error.strerror}") from None


def _silence(*streams: IO[str]) -> None:
    """Let what is still to be written go nowhere: the interpreter would complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        os.dup2(nowhere, stream.fileno())
