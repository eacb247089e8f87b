"""A small site on loopback whose pages a test sets, and which fails as it is told. Standard library only.

    async with FakeSite() as site:
        site.pages["/feed"] = site.feed([("a", "First headline")])
        site.pages["/gone"] = 404

As a process of its own (crash tests), it publishes one statement more for each GET of `/feed` after the first, logs each
complete answer with the serials in it, and lives on when the program under test is killed:

    python tests/fake_site.py --port-file F --log F --total N
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]


@dataclass
class FakeSite:
    """`pages` maps a path to a body (bytes or str), a status, or a function of the request that gives (status, body)."""

    pages: dict[str, str | bytes | int | Callable[[Asked], tuple[int, str]]] = field(default_factory=dict)
    etags: bool = True
    asked: list[Asked] = field(default_factory=list)
    answered: Callable[[str, str], None] = lambda path, body: None
    origin: str = ""
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> FakeSite:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, host: str = "127.0.0.1") -> None:
        self._server = await asyncio.start_server(self._answer, host, 0)
        self.origin = f"http://{host}:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def feed(self, items: Iterable[tuple[str, str]], *, teaser: str = "") -> str:
        """An RSS feed of (id, headline); each links to `/article/ID` of this site."""
        entries = "".join(
            f"<item><guid isPermaLink='false'>{escape(one)}</guid><title>{escape(title)}</title>"
            f"<link>{self.origin}/article/{escape(one)}</link><description>{escape(teaser)}</description></item>"
            for one, title in items
        )
        return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Fake</title>{entries}</channel></rss>"

    def requests(self, path: str) -> int:
        """How often `path` was asked for."""
        return sum(1 for asked in self.asked if asked.path == path)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1]
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            asked = Asked(path, headers)
            self.asked.append(asked)
            status, body = self._page(asked)
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.etags and status == 200 and headers.get("if-none-match") == tag:
                status, body = 304, b""
            kind = "application/xml" if body.startswith(b"<?xml") else "text/html; charset=utf-8"
            lines = [
                f"HTTP/1.1 {status} X",
                f"Content-Type: {kind}",
                f"Content-Length: {len(body)}",
                "Connection: close",
            ]
            if self.etags and status in (200, 304):
                lines.append(f"ETag: {tag}")
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            self.answered(path, body.decode("utf-8", "replace"))
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    def _page(self, asked: Asked) -> tuple[int, bytes]:
        page = self.pages.get(asked.path, 404)
        if isinstance(page, int):
            return page, b"<html><body>no</body></html>"
        if callable(page):
            status, text = page(asked)
            return status, text.encode()
        return 200, page.encode() if isinstance(page, str) else page


def headline(serial: int) -> str:
    """The headline of a serial; every second one names the watched actor."""
    who = "Qais al-Khazali" if serial % 2 else "Nobody in particular"
    return f"{who} spoke about matter number S{serial:05d} at some length"


async def publish(port_file: Path, log: Path, total: int) -> None:
    """Serve `/feed`, one statement longer each time it is asked for, at most `total`; until SIGTERM."""
    site = FakeSite()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    known = 1

    def feed(_: Asked) -> tuple[int, str]:
        nonlocal known
        known = min(known + 1, total)
        return 200, site.feed([(f"S{n:05d}", headline(n)) for n in range(known, max(known - 60, 0), -1)])

    def answered(path: str, body: str) -> None:
        if path == "/feed" and body:
            with log.open("a") as out:
                serials = [int(part[:5]) for part in body.split("<guid isPermaLink='false'>S")[1:]]
                out.write(json.dumps(serials) + "\n")

    site.pages["/feed"] = feed
    site.answered = answered
    await site.start()
    draft = port_file.with_suffix(".tmp")
    draft.write_text(site.origin.rsplit(":", 1)[1])
    draft.rename(port_file)
    await stop.wait()
    await site.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--total", type=int, default=200)
    told = parser.parse_args()
    asyncio.run(publish(told.port_file, told.log, told.total))
