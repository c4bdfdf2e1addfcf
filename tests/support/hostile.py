"""A hostile web server in a process of its own, on loopback. Resources are named for their faults.

`with Hostile() as server` starts it; `server.log()` tells what it was asked. A second port is the canary: whatever
connects there has been talked into it. Run as a module it is the server itself.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
import urllib.request
from collections import Counter
from typing import Self

ROOM = 100 * 1024 * 1024
PAGE = b"<html><body><p>" + b"good news " * 20 + b"</p></body></html>"


class Hostile:
    """The running server. `robots` is how it answers /robots.txt: a status, or `silent`, `loop`, `private`, `file`."""

    def __init__(self, robots: str = "404", robots_text: str = "") -> None:
        self._command = [sys.executable, "-m", "tests.support.hostile", robots, robots_text]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        self.port, self.canary = json.loads(self._process.stdout.readline())
        return self

    def __exit__(self, *args: object) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def allow(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def log(self) -> dict[str, list]:
        """Return `requests`, as [seconds, path, headers], and `canary`, the connections that should not be."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.url("-/log")) as response:
            return json.load(response)

    def paths(self) -> Counter[str]:
        return Counter(path for _, path, _ in self.log()["requests"])


class Site:
    """One method a fault: it writes to the client, and what it returns is closed after it."""

    def __init__(self, robots: str, robots_text: str) -> None:
        self.robots, self.robots_text = robots, robots_text
        self.requests: list[tuple[float, str, dict[str, str]]] = []
        self.strangers: list[float] = []
        self.port = self.canary_port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1].lstrip("/")
            if path == "-/log":
                log = {"requests": self.requests, "canary": self.strangers}
                self.answer(writer, json.dumps(log).encode())
            else:
                headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
                self.requests.append((asyncio.get_running_loop().time(), path, headers))
                await self.fault(path, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def canary(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.strangers.append(asyncio.get_running_loop().time())
        self.answer(writer, PAGE)
        writer.close()

    def answer(self, writer, body: bytes, status: str = "200 OK", **headers: str) -> None:
        fields = {"content_type": "text/html", "content_length": str(len(body)), "connection": "close", **headers}
        lines = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in fields.items() if v)
        writer.write(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body)

    def redirect(self, writer, location: str, **headers: str) -> None:
        self.answer(writer, b"", "302 Found", location=location, **headers)

    async def fault(self, path: str, writer) -> None:
        name, _, argument = path.partition("/")
        method = getattr(self, f"on_{name.replace('.', '_').replace('-', '_')}", None)
        if method is None:
            self.answer(writer, PAGE)
        else:
            await method(writer, argument)

    def times(self, path: str) -> int:
        return sum(seen == path for _, seen, _ in self.requests)

    # The answers to /robots.txt

    async def on_robots_txt(self, writer, _: str) -> None:
        match self.robots:
            case "silent":
                await asyncio.sleep(60)
            case "loop":
                self.redirect(writer, "/robots.txt")
            case "private":
                self.redirect(writer, f"http://127.0.0.1:{self.canary_port}/robots.txt")
            case "file":
                self.answer(writer, self.robots_text.encode(), content_type="text/plain")
            case status:
                self.answer(writer, b"", f"{status} X")

    # Too slow

    async def on_silence(self, writer, _: str) -> None:
        await asyncio.sleep(60)

    async def on_trickle(self, writer, _: str) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 1000\r\n\r\n")
        for _i in range(600):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    async def on_slow_headers(self, writer, _: str) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for i in range(600):
            writer.write(f"x-{i}: y\r\n".encode())
            await writer.drain()
            await asyncio.sleep(0.1)

    # Too much

    async def on_bomb(self, writer, _: str) -> None:
        body = gzip.compress(bytes(ROOM), 9)
        self.answer(writer, body, content_encoding="gzip")

    async def on_brotli_bomb(self, writer, _: str) -> None:
        import brotli

        self.answer(writer, brotli.compress(bytes(ROOM), quality=1), content_encoding="br")

    async def on_zstd_bomb(self, writer, _: str) -> None:
        import zstandard

        self.answer(writer, zstandard.compress(bytes(ROOM)), content_encoding="zstd")

    async def on_layers(self, writer, _: str) -> None:
        self.answer(writer, gzip.compress(gzip.compress(gzip.compress(PAGE))), content_encoding="gzip, gzip, gzip")

    async def on_broken_gzip(self, writer, _: str) -> None:
        self.answer(writer, b"no gzip at all", content_encoding="gzip")

    async def on_big_body(self, writer, _: str) -> None:
        self.answer(writer, b"", content_length=str(ROOM))

    async def on_endless_body(self, writer, _: str) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n")
        for _i in range(ROOM // 65536):
            writer.write(bytes(65536))
            await writer.drain()

    async def on_big_headers(self, writer, _: str) -> None:
        lines = "".join(f"x-{i}: {'y' * 1000}\r\n" for i in range(80))
        writer.write(f"HTTP/1.1 200 OK\r\n{lines}content-length: 4\r\n\r\nnews".encode())

    async def on_long_header(self, writer, _: str) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\ncontent-length: 4\r\n\r\nnews")

    async def on_early_hints(self, writer, _: str) -> None:
        for _i in range(2000):
            writer.write(b"HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n")
            await writer.drain()
        self.answer(writer, PAGE)

    # Elsewhere

    async def on_to_private(self, writer, host: str) -> None:
        self.redirect(writer, f"http://{host or '127.0.0.1'}:{self.canary_port}/secret")

    async def on_to_file(self, writer, _: str) -> None:
        self.redirect(writer, "file:///etc/hostname")

    async def on_to_nonsense(self, writer, _: str) -> None:
        self.redirect(writer, "http://[::1/")

    async def on_to_host(self, writer, host: str) -> None:
        self.redirect(writer, f"http://{host}:{self.port}/page")

    async def on_loop(self, writer, _: str) -> None:
        self.redirect(writer, "/loop")

    async def on_endless(self, writer, step: str) -> None:
        self.redirect(writer, f"/endless/{int(step or 0) + 1}")

    async def on_cookie(self, writer, host: str) -> None:
        self.redirect(writer, f"http://{host}:{self.port}/page", set_cookie="secret=1; path=/; domain=127.0.0.1")

    # Not now

    async def on_once_503(self, writer, argument: str) -> None:
        if self.times("once-503") == 1:
            self.answer(writer, b"", "503 X")
        else:
            self.answer(writer, PAGE)

    async def on_once_dropped(self, writer, argument: str) -> None:
        if self.times("once-dropped") > 1:
            self.answer(writer, PAGE)

    async def on_cut_short(self, writer, _: str) -> None:
        self.answer(writer, PAGE, content_length="5000")

    async def on_retry_after(self, writer, argument: str) -> None:
        """Answer `status/seconds` once and then the page; with `/always`, answer it for ever."""
        status, seconds, *always = argument.split("/")
        if always or self.times(f"retry-after/{argument}") == 1:
            self.answer(writer, b"", f"{status} X", retry_after=seconds)
        else:
            self.answer(writer, PAGE)


async def _main() -> None:
    site = Site(*sys.argv[1:])
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    canary = await asyncio.start_server(site.canary, "127.0.0.1", 0)
    site.port, site.canary_port = (each.sockets[0].getsockname()[1] for each in (server, canary))
    print(json.dumps([site.port, site.canary_port]), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
