"""Ends a crawl that takes too much memory."""

from __future__ import annotations

from pathlib import Path

from scrapy.extensions.memusage import MemoryUsage

_STATM = Path("/proc/self/statm")
_PAGE = 4096  # bytes


class MemoryGuard(MemoryUsage):
    """Scrapy's, reading what the process holds now.

    The kernel's ru_maxrss, which Scrapy reads, counts what the parent held when it forked: a large parent would end
    every crawl at its start.
    """

    def get_virtual_size(self) -> int:
        if not _STATM.exists():
            return super().get_virtual_size()
        return int(_STATM.read_text(encoding="ascii").split()[1]) * _PAGE
