"""`python -m tests.soak`: the service under faults; JSON on stdout, the course and a table on stderr.

Exit code 1: something was run twice, lost or left, or the service took more and more.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from tests.soak.faults import KINDS
from tests.soak.plan import Plan
from tests.soak.report import show
from tests.soak.soak import soak


def main() -> int:
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all parts are ended
    folder = Path(tempfile.mkdtemp(prefix="soak-")).resolve()
    try:
        report = soak(_plan(asked, folder))
        sys.stdout.write(json.dumps(report.json(), indent=2) + "\n")
        show(report)
        return bool(report.failures)
    finally:
        if asked.keep:
            sys.stderr.write(f"kept: {folder}\n")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _plan(asked: argparse.Namespace, folder: Path) -> Plan:
    return Plan(
        folder=folder,
        sites=asked.sites,
        every=asked.every,
        lasting=60 * asked.minutes,
        seed=asked.seed,
        crawls=asked.crawls,
        disk=asked.disk,
        kinds=tuple(asked.fault),
        keep=asked.keep,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0, help="with faults")
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--every", type=int, default=300, help="seconds between two runs of a site")
    parser.add_argument("--seed", type=int, default=1, help="of the faults, and of the sites' texts")
    parser.add_argument("--crawls", type=int, default=4, help="at once")
    parser.add_argument("--disk", type=int, default=600, help="MiB of the disk that is filled; 0: none is")
    parser.add_argument(
        "--fault", action="append", default=[], choices=[kind.name for kind in KINDS], help="only these"
    )
    parser.add_argument("--keep", action="store_true", help="keep data and logs, and say where")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
