"""What a crawl may take, and how long a service waits before it tries again. Pure."""

from __future__ import annotations

from store.runs import FAILED, End

RETRY = 5.0  # seconds until a site that was busy, or could not be asked for, is looked at again
MOST_FALSE_STARTS = 3  # crawls in a row that never began, after which that is a failed run
_LONGEST_RETRY = 300.0  # seconds
_OVERTIME = 60.0  # seconds that a crawl past its time limit has to end by itself
_OVER_MEMORY = 1.25  # times the memory limit: a crawl looks at its own memory every 10 s only


def broken_limit(taken: float, held: int, max_time: float, max_memory: int) -> End | None:
    """Return the end of a crawl that must be killed: after `taken` seconds it holds `held` bytes.

    >>> broken_limit(50.0, 10, 60.0, 100)
    >>> broken_limit(50.0, 200, 60.0, 100).cause
    'memory-limit'
    """
    if taken > max_time + _OVERTIME:
        return End(
            FAILED, f"killed: it did not end at its time limit of {max_time / 60:.0f} minutes", cause="time-limit"
        )
    if held > max_memory * _OVER_MEMORY:
        return End(FAILED, f"killed: it held {held >> 20} MiB, and may hold {max_memory >> 20}", cause="memory-limit")
    return None


def pause_after(false_starts: int) -> float:
    """Return the seconds to wait after so many crawls in a row that never began.

    >>> [pause_after(number) for number in (1, 2, 3, 10)]
    [5.0, 10.0, 20.0, 300.0]
    """
    return float(min(RETRY * 2 ** (false_starts - 1), _LONGEST_RETRY))
