"""`python -m tests.support.newsroom`: prints `{"url": …}`, and serves until SIGTERM or its parent ends."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from datetime import datetime

from tests.support.newsroom.server import Server
from tests.support.newsroom.site import ZONE, Clock, Site


def main() -> None:
    asked = _arguments()
    with Server(asked.port, Site(asked.seed, asked.articles, Clock(asked.now))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write(json.dumps({"url": server.url}) + "\n")
        sys.stdout.flush()
        _wait()
        server.shutdown()


def _wait() -> None:
    parent, stop = os.getppid(), threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    while not stop.wait(1) and os.getppid() == parent:
        pass


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.support.newsroom", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--articles", type=int, default=120)
    parser.add_argument("--now", type=_moment, help="ISO moment at which the site's clock stands still")
    return parser.parse_args()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


if __name__ == "__main__":
    main()
