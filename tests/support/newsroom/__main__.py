"""`python -m tests.support.newsroom`: prints `{"urls": […]}`, and serves until SIGTERM or its parent ends."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from contextlib import ExitStack
from datetime import datetime

from tests.support.newsroom.server import Listener, Server
from tests.support.newsroom.site import ZONE, Clock, Site


def main() -> None:
    asked = _arguments()
    with ExitStack() as stack:
        servers = [stack.enter_context(_server(asked, number)) for number in range(asked.sites)]
        sys.stdout.write(json.dumps({"urls": [server.url for server in servers]}) + "\n")
        sys.stdout.flush()
        stop = threading.Event()
        threading.Thread(target=Listener(servers).serve, args=[stop], daemon=True).start()
        _wait()
        stop.set()


def _server(asked: argparse.Namespace, number: int) -> Server:
    """Each site has a seed of its own, so that it writes texts of its own."""
    return Server(asked.port and asked.port + number, Site(asked.seed + number, asked.articles, Clock(asked.now)))


def _wait() -> None:
    parent, stop = os.getppid(), threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    while not stop.wait(1) and os.getppid() == parent:
        pass


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.support.newsroom", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the first site; 0: any free ones")
    parser.add_argument("--sites", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7, help="of the first site")
    parser.add_argument("--articles", type=int, default=120)
    parser.add_argument("--now", type=_moment, help="ISO moment at which the site's clock stands still")
    return parser.parse_args()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


if __name__ == "__main__":
    main()
