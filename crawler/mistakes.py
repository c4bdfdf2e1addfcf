"""An operator's mistake ends the process with one line and its exit code, not with a traceback."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from store.errors import WinnowError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def exit_on_mistake() -> Iterator[None]:
    """Print a WinnowError as one line and exit with its code."""
    try:
        yield
    except WinnowError as error:
        print(f"winnow: {error}", file=sys.stderr)  # noqa: T201 - logging may not be set up yet
        raise SystemExit(error.exit_code) from None
