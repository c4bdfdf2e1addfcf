"""The one word for a MongoDB that does not answer, for those who may not know the driver."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pymongo.errors import ConnectionFailure

from store.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def asked() -> Iterator[None]:
    """Ask the store within this block.

    Raises:
        StoreUnavailable: it does not answer.
    """
    try:
        yield
    except ConnectionFailure:
        raise StoreUnavailable("MongoDB does not answer; what is stored can't be shown or changed now") from None
