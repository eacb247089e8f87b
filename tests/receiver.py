"""Somebody who takes webhooks, on loopback: it keeps what was put there and answers as it is told. Standard library only.

async with Receiver() as receiver:
    receiver.answers += ["503 X\r\nRetry-After: 7", "reset"]      # then 204 again
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class Put:
    """One POST as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """`answers` are used up one by one: a status with headers below it, or "reset", "silence", "rubbish", "half". Then 204."""

    answers: deque[str] = field(default_factory=deque)
    always: str = "204 No Content"
    taken: list[Put] = field(default_factory=list)
    connections: int = 0
    tls: ssl.SSLContext | None = None
    url: str = ""
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=self.tls)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self.tls else 'http'}://{'localhost' if self.tls else '127.0.0.1'}:{port}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in tuple(self._open):
            writer.transport.abort()
        await self._server.wait_closed()

    def texts(self) -> list[str]:
        return [put.json["text"] for put in self.taken]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.taken.append(Put(method, path, headers, body))
            answer = self.answers.popleft() if self.answers else self.always
            if answer == "reset":
                writer.transport.abort()
                return
            if answer == "silence":
                await reader.read()  # until the other side has had enough
                return
            sent = {"rubbish": "what do you want?\r\n\r\n", "half": "HTTP/1.1 200"}.get(answer)
            writer.write(
                (sent or f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").encode("latin-1")
            )
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()
        finally:
            self._open.discard(writer)
