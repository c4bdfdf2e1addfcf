"""The pages of a list: which one is shown, and where the others are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True, frozen=True)
class Page:
    """`asked` is what else the address says."""

    number: int
    has_more: bool
    asked: dict[str, str]

    @property
    def newer(self) -> str | None:
        return self._address(self.number - 1) if self.number > 1 else None

    @property
    def older(self) -> str | None:
        return self._address(self.number + 1) if self.has_more else None

    def _address(self, number: int) -> str:
        return address("", self.asked | {"page": str(number)})


def address(path: str, asked: Mapping[str, str]) -> str:
    """Return where a list is that is asked for so; what is empty is not asked for.

    >>> address("/runs", {"site": "a b", "state": ""}), address("/runs", {})
    ('/runs?site=a+b', '/runs')
    """
    said = {name: value for name, value in asked.items() if value}
    return f"{path}?{urlencode(said)}" if said else path
