"""How every guard says no: one exception with its stat key, its reason code and whether to try again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from scrapy.statscollectors import StatsCollector


class Refused(IgnoreRequest):
    """A guard refuses a request or its response. Scrapy hands it to the errback and doesn't retry it.

    `code` names the reason for the store; `is_final` says that another run would end the same.
    """

    def __init__(self, code: str, detail: str, *, key: str, is_final: bool = True) -> None:
        super().__init__(detail)
        self.code = code
        self.is_final = is_final
        self._key = key

    def counted(self, stats: StatsCollector) -> Refused:
        """Count the refusal under `guards/<noun>/<outcome>` and return it, to be raised."""
        stats.inc_value(f"guards/{self._key}")
        return self
