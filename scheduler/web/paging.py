"""The pages of a list: which one is shown, and where the others are."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode


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
        said = {name: value for name, value in self.asked.items() if value}
        return "?" + urlencode(said | {"page": str(number)})
