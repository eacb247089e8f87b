"""A small site on loopback whose pages a test sets, and which fails as it is told. Standard library only.

    async with FakeSite() as site:
        site.pages["/feed"] = site.feed([("a", "First headline")])
        site.pages["/gone"] = 404

As a process of its own (crash tests), it publishes `--grow` statements more for each GET of `/feed` after the first, logs each
complete answer with the serials in it, and lives on when the program under test is killed. With `--faults`, some answers are
503 or cut in the middle. SIGUSR1 ends the news: from then on the feed stays as it is, and every answer is whole. With `--echo`,
another outlet carries the same articles a few statements later, at `/echo`, and its answers are logged in a file of their own.

    python tests/fake_site.py --port-file F --log F [--total N] [--grow N] [--faults] [--echo F]
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Self

CUT = 0
WINDOW = 60
"""How many statements the feed of the process shows: the newest."""
ECHO_FROM, ECHO_AFTER = 30, 6
"""The first serial that the other outlet carries, so that it was in nobody's baseline, and by how many it is behind."""


@dataclass
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]


@dataclass
class FakeSite:
    """`pages` maps a path to a body (bytes or str), a status, or a function of the request that gives (status, body).

    The status CUT sends the head of a whole answer and half of its body.
    """

    pages: dict[str, str | bytes | int | Callable[[Asked], tuple[int, str]]] = field(default_factory=dict)
    etags: bool = True
    asked: list[Asked] = field(default_factory=list)
    answered: Callable[[str, str], None] = lambda path, body: None
    origin: str = ""
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> Self:
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
            for _ in range(8):  # turns of the loop: one that is just being accepted is not open before the fifth
                for writer in tuple(self._open):  # who was cut off in the midst of a question leaves nothing open
                    writer.transport.abort()
                await asyncio.sleep(0)
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
        self._open.add(writer)
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
            cut = status == CUT
            status, sent = (200, body[: len(body) // 2]) if cut else (status, body)
            kind = "application/xml" if body.startswith(b"<?xml") else "text/html; charset=utf-8"
            lines = [
                f"HTTP/1.1 {status} X",
                f"Content-Type: {kind}",
                f"Content-Length: {len(body)}",
                "Connection: close",
            ]
            if self.etags and status in (200, 304):
                lines.append(f"ETag: {tag}")
            writer.write("\r\n".join([*lines, "", ""]).encode() + sent)
            await writer.drain()
            writer.close()
            await writer.wait_closed()
            if cut:
                return
            self.answered(path, body.decode("utf-8", "replace"))
        except (OSError, asyncio.IncompleteReadError):
            writer.close()
        finally:
            self._open.discard(writer)

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


def article(serial: int, *, own: bool = False) -> str:
    """The page behind a serial: its headline and a body long enough to be one; with `own`, in words that no other serial has."""
    told = "What was said about the matter is told here at some length, and calmly. " * 6
    if own:
        draw = random.Random(serial)
        words = ("".join(draw.choice(SYLLABLES) for _ in range(3)) for _ in range(90))
        told = " ".join(f"{word}." if number % 12 == 11 else word for number, word in enumerate(words))
    return f"<html><body><article><h1>{headline(serial)}</h1><p>{told}</p></article></body></html>"


SYLLABLES = ("ba", "der", "fo", "gim", "ha", "ker", "lo", "mun", "ne", "pol", "ri", "sa", "tum", "ve", "wi", "zor")


async def publish(port_file: Path, log: Path, *, total: int, grow: int, faults: bool, echo: Path | None = None) -> None:
    """Serve `/feed`, `grow` statements longer each time it is asked for, at most `total`, and the articles; until SIGTERM.

    With `echo`, `/echo` too, which is logged there.
    """
    site = FakeSite()
    stop = asyncio.Event()
    frozen = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, frozen.set)
    known = 1

    def feed(_: Asked) -> tuple[int, str]:
        nonlocal known
        if not frozen.is_set():
            known = min(known + grow, total)
        status = 200
        if faults and not frozen.is_set():
            status = 503 if known % 7 == 5 else CUT if known % 11 == 7 else 200
        return status, site.feed([(f"S{n:05d}", headline(n)) for n in range(known, max(known - WINDOW, 0), -1)])

    def copies(_: Asked) -> tuple[int, str]:
        behind = range(known - ECHO_AFTER, max(known - ECHO_AFTER - WINDOW, ECHO_FROM - 1), -1)
        return 200, site.feed([(f"E{n:05d}", headline(n)) for n in (*behind, ECHO_FROM - 2)])

    def answered(path: str, body: str) -> None:
        to = {"/feed": log, "/echo": echo}.get(path)
        if to is not None and body.startswith("<?xml"):
            with to.open("a") as out:
                serials = [int(part[1:6]) for part in body.split("<guid isPermaLink='false'>")[1:]]
                out.write(json.dumps(serials) + "\n")

    site.pages["/feed"] = feed
    if echo is not None:
        site.pages["/echo"] = copies
    for serial in range(1, total + 1):
        page = article(serial, own=echo is not None)
        site.pages[f"/article/S{serial:05d}"] = site.pages[f"/article/E{serial:05d}"] = page
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
    parser.add_argument("--grow", type=int, default=1)
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--echo", type=Path)
    told = parser.parse_args()
    asyncio.run(publish(told.port_file, told.log, total=told.total, grow=told.grow, faults=told.faults, echo=told.echo))
