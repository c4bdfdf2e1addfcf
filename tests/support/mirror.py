"""The mirrors of real CMS sites, unpacked and served on loopback by a process of its own."""

import contextlib
import socket
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.shared import lines, shared

NOW = "2025-12-20T12:00:00+08:00"  # the moment that the mirrors' relative dates count from


@dataclass(frozen=True)
class Mirror:
    """A served mirror: `url` is its home address."""

    name: str
    url: str
    folder: Path

    def truth(self) -> list[dict[str, Any]]:
        """Return what is known of every article."""
        return list(lines(self.folder / "truth.jsonl"))

    def article_pages(self) -> list[str]:
        """Return the paths of the article pages."""
        return [page["path"] for page in lines(self.folder / "pages.jsonl") if page["kind"] == "article"]


@contextlib.contextmanager
def serve(name: str, port: int, into: Path) -> Iterator[Mirror]:
    """Unpack a mirror into a folder and serve it on the port that its feed and sitemap name."""
    if not (into / name).exists():
        with tarfile.open(shared(f"data/sites/{name}.tar.xz")) as archive:
            archive.extractall(into, filter="data")
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory"]
    folder = str(into / name / "site")
    with subprocess.Popen([*command, folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield Mirror(name, f"http://127.0.0.1:{port}/", into / name)
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers on port {port}")
