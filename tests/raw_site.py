"""A site on loopback that says exactly the bytes it is told, right or wrong, in the clear or in TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self


def answer(body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole answer. `length` lies about the length of the body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def chunked(*chunks: bytes, end: bool = True) -> bytes:
    """A chunked answer; without `end` it stops in the middle."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in chunks) + (b"0\r\n\r\n" if end else b"")


def redirect(where: str, status: str = "302 Found") -> bytes:
    """A redirect to `where`, which goes out as UTF-8."""
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nLocation: {where}\r\n\r\n".encode()


@dataclass
class Asked:
    """One request as it arrived: the request line's target, and the headers with lower-case names."""

    method: str
    target: str
    headers: dict[str, str]


@dataclass
class RawSite:
    """`answers` maps a target to its bytes, or to a function of the request; what is missing is a 404.

    A target in `open` is answered and then kept waiting for more; one in `endless` repeats its answer for ever. What the site
    `blurts` it says before anything was asked. `first` is set by the first request, `left` when one in `open` was hung up on.
    """

    answers: dict[str, bytes | Callable[[Asked], bytes]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    endless: set[str] = field(default_factory=set)
    blurts: bytes = b""
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    first: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0
    port: int = 0
    host: str = "127.0.0.1"

    @property
    def origin(self) -> str:
        """The address in front of every path."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    @property
    def pages(self) -> list[str]:
        """The targets asked for, robots.txt left out."""
        return [asked.target for asked in self.asked if asked.target != "/robots.txt"]

    async def __aenter__(self) -> Self:
        self._serving: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._start, self.host, self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await asyncio.sleep(0)  # the transports close their sockets now

    def _start(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            writer.write(self.blurts)
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = lines[0].split(" ")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
            asked = Asked(method, target, headers)
            self.asked.append(asked)
            self.first.set()
            told = self.answers.get(target, answer(b"no", status="404 Not Found"))
            writer.write(told if isinstance(told, bytes) else told(asked))
            while target in self.endless and isinstance(told, bytes):
                await writer.drain()
                writer.write(told)
            await writer.drain()
            if target in self.open:
                await reader.read()
                self.left.set()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side has gone, as it may
        except asyncio.CancelledError:
            writer.transport.abort()
            raise
        finally:
            writer.close()
