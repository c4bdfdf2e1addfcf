"""`./run demo`: the bundled news site, crawled by the real commands into an embedded MongoDB; every line is shown.

`--serve` keeps the site publishing and runs the background service over it.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from store.connect import connect, read_settings
from tests.support.newsroom.process import Newsroom

ROOT = Path(__file__).parents[2]
PORT = 8700
SITES = """\
# The demo site: a news site on this machine, started by ./run demo and ./run serve.
[site.newsroom]
url = "{url}"
every = "1m"
timezone = "Asia/Shanghai"
delay = 0
"""


def main() -> None:
    """Show what Winnow does, or with `--serve` leave it running."""
    with Newsroom(port=_port()) as newsroom:
        environ = _environment(newsroom)
        if "--serve" in sys.argv[1:]:
            _serve(newsroom, environ)
        else:
            _show(newsroom, environ)


def _port() -> int:
    """The usual port, or any if another program has it."""
    with socket.socket() as probe:
        return 0 if probe.connect_ex(("127.0.0.1", PORT)) == 0 else PORT


def _show(newsroom: Newsroom, environ: dict[str, str]) -> None:
    with connect(read_settings(environ)) as database:  # the same site is published anew each time
        database.client.drop_database(database.name)
    _say(f"a small news site is running at {newsroom.url}; a fifth of what it prints is spam")
    _winnow(environ, "crawl", "newsroom")
    _say("what was kept")
    _winnow(environ, "articles", "--limit", "8")
    _say("what was not, and why")
    _winnow(environ, "articles", "--status", "rejected", "--limit", "3")
    _winnow(environ, "articles", "--status", "duplicate", "--limit", "3")
    shown = next(article["path"] for article in newsroom.truth() if _is_telling(article))
    _say("one article, with the verdicts on what the site shows below it")
    _winnow(environ, "articles", "show", newsroom.url + shown.lstrip("/"))
    newsroom.publish(3)
    _say("the site publishes three more; a second crawl fetches those alone")
    _winnow(environ, "crawl", "newsroom")
    _winnow(environ, "runs", "--limit", "3")
    where = Path(environ["WINNOW_DATA"]).relative_to(ROOT)
    _say(f"it is all still there: WINNOW_DATA={where} ./run winnow articles 龙舟")


def _serve(newsroom: Newsroom, environ: dict[str, str]) -> None:
    _say(f"the demo site at {newsroom.url} publishes an article every half minute; Ctrl-C ends it all")
    _say("the service tells below where its page is")
    with subprocess.Popen([sys.executable, "-m", "scheduler", "serve"], cwd=ROOT, env=environ) as service:
        signal.signal(signal.SIGTERM, lambda *_: service.terminate())
        while service.poll() is None:
            try:
                service.wait(30)
            except subprocess.TimeoutExpired:
                newsroom.publish(1)
            except KeyboardInterrupt:
                service.wait()
    sys.exit(service.returncode)


def _is_telling(article: dict[str, Any]) -> bool:
    """Whether it is a Chinese report under which the site shows baits."""
    baits = sum(teaser["is_spam"] for teaser in article["related"])
    return article["lang"] == "zh" and not article["is_spam"] and 2 <= baits <= 4


def _environment(newsroom: Newsroom) -> dict[str, str]:
    data = ROOT / "data" / "demo"
    data.mkdir(parents=True, exist_ok=True)
    sites = data / "sites.toml"
    sites.write_text(SITES.format(url=newsroom.url), encoding="utf-8")
    allowed = f"127.0.0.1:{newsroom.port}"
    ours = {"WINNOW_DATA": str(data), "WINNOW_SITES": str(sites), "WINNOW_ALLOW_PRIVATE": allowed}
    return {name: value for name, value in os.environ.items() if name != "MONGODB_URI"} | ours


def _winnow(environ: dict[str, str], *arguments: str) -> None:
    """Run a command as a person would; its exit code tells on the demo's."""
    print(f"\n$ winnow {' '.join(arguments)}", flush=True)
    code = subprocess.run(
        [sys.executable, "-m", "scheduler", *arguments], cwd=ROOT, env=environ, check=False
    ).returncode
    if code:
        sys.exit(code)


def _say(line: str) -> None:
    print(f"\n── {line}", flush=True)


if __name__ == "__main__":
    main()
