"""What can go wrong below, by who has to act.

WinnowError
├── ConfigError        the operator: a setting, file or argument is wrong (exit code 2)
├── StoreUnavailable   the operator or time: MongoDB can't be reached or started (exit code 3)
├── Conflict           who asked: someone was first, or what it is about has changed; look again (exit code 1)
├── IndexBusy          time: the search index is being made or brought up to date by another (exit code 1)
└── SiteBusy           nobody: the site is being crawled already (exit code 4)
    └── LeaseLost      nobody: another run of the site has taken over from this one
"""


class WinnowError(Exception):
    """Its message is one line that a person can act on; `exit_code` is the process's."""

    exit_code = 1


class ConfigError(WinnowError):
    """A setting, file or argument is wrong."""

    exit_code = 2


class StoreUnavailable(WinnowError):
    """MongoDB can't be reached or started."""

    exit_code = 3


class Conflict(WinnowError):
    """What was asked for does not fit what is stored by now: someone was first, or it changed; look at it again."""


class IndexBusy(WinnowError):
    """The search index is being made or brought up to date by another process or thread; ask again later."""


class SiteBusy(WinnowError):
    """A run of this site is under way elsewhere."""

    exit_code = 4


class LeaseLost(SiteBusy):
    """Another run of the site has the lease that this one had: what it would write now is the other's to write."""
