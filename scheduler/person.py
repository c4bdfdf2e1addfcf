"""Who sits at the command line."""

from __future__ import annotations

import getpass


def person() -> str:
    """Return the name of this user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        return "person"
