"""Reviews in a process that is killed just before one of its writes.

`python -m tests.support.killed_reviews URI` reads lines of JSON `[writes, deed, id]` and answers each with how that
ended: "killed" before the write of that number, or "done" if there were not so many.
"""

import json
import os
import signal
import sys
from datetime import UTC, datetime

from pymongo import MongoClient
from pymongo.monitoring import CommandListener

from store import reviews

WRITES = ("insert", "update", "delete", "findAndModify")


class Killer(CommandListener):
    """Kills its process when it is about to send a write."""

    def __init__(self, writes):
        self.left = writes

    def started(self, event):
        self.left -= event.command_name in WRITES
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def succeeded(self, event):
        """Nothing more to do."""

    def failed(self, event):
        """Nothing more to do."""


def fingerprint(title, text):
    """Any will do."""
    return 7, (1, 2, 3)


def do(uri, writes, deed, name):
    with MongoClient(uri, tz_aware=True, w=1, journal=True, event_listeners=[Killer(writes)]) as client:
        database, who = client["winnow"], {"by": "ada", "now": datetime(2025, 12, 20, 12, tzinfo=UTC)}
        match deed:
            case "restore":
                reviews.restore(database, name, fingerprint, **who)
            case "condemn":
                reviews.condemn(database, name, **who)
            case "undo":
                reviews.undo(database, name, **who)


if __name__ == "__main__":
    for line in sys.stdin:
        child = os.fork()
        if not child:
            do(sys.argv[1], *json.loads(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else "done" if status == 0 else "failed", flush=True)
