"""A site that answers as a test says, in a process of its own: `answers` may be changed between two crawls.

`python -m tests.support.scripted FILE` serves the answers of a JSON file, read anew for every request.
"""

import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Scripted:
    """`answers` maps a path to its body, or to [status, body, headers]; what is not in it is 404."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self._folder = folder

    def answer(self, answers: dict[str, object]) -> None:
        """Answer like this from now on; `{url}` in a body is the site's address."""
        text = json.dumps(answers, ensure_ascii=False).replace("{url}", self.url)
        (self._folder / "answers.json").write_text(text, encoding="utf-8")

    def hits(self) -> Counter[str]:
        """Return how often each path was asked for."""
        log = self._folder / "hits.txt"
        return Counter(log.read_text(encoding="utf-8").split()) if log.exists() else Counter()


@contextlib.contextmanager
def scripted(folder: Path) -> Iterator[Scripted]:
    """Serve from a folder while the block lasts."""
    folder.mkdir()
    command = [sys.executable, "-m", "tests.support.scripted", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield Scripted(server.stdout.readline().strip(), folder)
        finally:
            server.terminate()


def article(title: str, text: str = "", *, canonical: str = "", links: str = "") -> str:
    """Return a plain article page; without a text of its own it tells of its title."""
    text = text or f"新华社云川12月1日电（记者沈知远）{title}的消息昨日得到证实，有关部门随后公布了详细经过。"
    head = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    lines = "".join(
        f"<p>{text}{title}的第{number}个细节也已查明，专家作了解释，也回答了提问。</p>" for number in range(6)
    )
    return (
        f"<html lang=zh><head><title>{title} - 试验报</title>{head}</head><body><h1>{title}</h1>"
        f'<div class="info"><span class="date">2025-12-01 08:00</span></div><div class="content">{lines}</div>'
        f"{links}</body></html>"
    )


def listing(*paths: str, more: str = "") -> str:
    """Return a list page of articles, with a link to the page that continues it."""
    items = "".join(f'<div class="item"><h2><a href="{p}">第{p}号报道：江边的事</a></h2></div>' for p in paths)
    following = f'<div class="pagebar"><a href="{more}">下一页</a></div>' if more else ""
    body = f"<div class='list'>{items}</div>{following}"
    return f"<html lang=zh><head><title>试验报</title></head><body>{body}</body></html>"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        folder = Path(sys.argv[1])
        with (folder / "hits.txt").open("a", encoding="utf-8") as log:
            log.write(self.path + "\n")
        found = json.loads((folder / "answers.json").read_text(encoding="utf-8")).get(self.path, [404, "", {}])
        status, body, headers = found if isinstance(found, list) else [200, found, {}]
        if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            status, body = 304, ""
        self.send_response(status)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet: the hits are written down."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
