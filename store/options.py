"""Options that come from the environment: one table a package, one reader, one kind of error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from store.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(slots=True, frozen=True)
class Option:
    """One environment variable. `parse` turns its text into a value and raises ValueError with what is wrong."""

    name: str
    default: str
    parse: Callable[[str], Any]
    help: str


def read(options: Sequence[Option], environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the values by option name; an empty variable counts as unset.

    Raises:
        ConfigError: a value is malformed; the message names the variable.
    """
    values = {}
    for option in options:
        raw = environ.get(option.name) or option.default
        try:
            values[option.name] = option.parse(raw)
        except ValueError as error:
            raise ConfigError(f"{option.name}={raw!r}: {error}") from None
    return values
