"""A small HTTP server inside the event loop: a few fixed answers to GET, for monitors, probes and bayan's own canary.

    connection -> head, bounded in bytes and seconds -> one of the fixed paths -> answer -> the end of the connection

Whoever connects can cost little: at most 32 connections, 8 KiB of head, 5 seconds for all of one exchange, no body, no second
request. An answer is made at most once a second, however often it is asked for, so that no monitor holds up the service.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog

from scraper.errors import StoreError

MOST_CONNECTIONS = 32
HEAD = 8 * 1024
"""Bytes of a request's first line and headers."""
SECONDS = 5.0
"""For one whole exchange."""
FRESH = 1.0
"""Seconds for which an answer is given again."""

_ASKED = re.compile(r"(GET|HEAD) (/[^ ?#]*)(?:\?[^ ]*)? HTTP/1\.[01]")
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: a status, a text, and what kind of text it is."""

    status: int
    text: str
    kind: str = "text/plain; charset=utf-8"


Answer = Callable[[], Awaitable[Reply]]


class Listener:
    """An open listener: it answers the paths of `answers` until `aclose`."""

    def __init__(self, answers: Mapping[str, Answer], *, seconds: float = SECONDS, fresh: float = FRESH) -> None:
        self._answers = answers
        self._seconds, self._fresh = seconds, fresh
        self._made: dict[str, tuple[float, Reply]] = {}
        self._making: dict[str, asyncio.Lock] = {path: asyncio.Lock() for path in answers}
        self._exchanges: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> None:
        """Begin to listen. Raises OSError where the address is taken or is none of this machine."""
        self._server = await asyncio.start_server(self._met, host, port, limit=HEAD, backlog=MOST_CONNECTIONS)

    @property
    def port(self) -> int:
        """The port that it got, where it was opened with port 0."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def aclose(self) -> None:
        """Close the door, and cut off who is still talking."""
        if self._server is not None:
            self._server.close()
            for exchange in tuple(self._exchanges):
                exchange.cancel()
            await asyncio.gather(*self._exchanges, return_exceptions=True)
            await self._server.wait_closed()

    def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._exchanges) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._exchange(reader, writer))
        self._exchanges.add(task)
        task.add_done_callback(self._exchanges.discard)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                head = await reader.readuntil(b"\r\n\r\n")
                asked = _ASKED.fullmatch(head.partition(b"\r\n")[0].decode("latin-1"))
                reply = await self._reply(asked[2]) if asked else _refused(head)
                writer.write(_written(reply, with_body=asked is None or asked[1] == "GET"))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever talks like this gets no answer
        finally:
            with suppress(RuntimeError):  # the loop is closing
                writer.transport.abort()

    async def _reply(self, path: str) -> Reply:
        answer = self._answers.get(path)
        if answer is None:
            return Reply(404, "there is no such page\n")
        async with self._making[path]:
            now = asyncio.get_running_loop().time()
            made = self._made.get(path)
            if made is None or now - made[0] >= self._fresh:
                made = (now, await _answered(path, answer))
                self._made[path] = made
        return made[1]


async def _answered(path: str, answer: Answer) -> Reply:
    try:
        return await answer()
    except StoreError as error:
        return Reply(503, f"the store: {error}\n")
    except Exception:  # a bug in one answer must not end the others, nor the service
        log.exception("internal error", work=path)
        return Reply(503, "internal error\n")


def _refused(head: bytes) -> Reply:
    known = re.match(rb"[A-Z]{3,20} /[^ ]* HTTP/1\.[01]\r\n", head)
    return Reply(405, "only GET and HEAD\n") if known else Reply(400, "not understood\n")


def _written(reply: Reply, *, with_body: bool) -> bytes:
    body = reply.text.encode()
    head = [
        f"HTTP/1.1 {reply.status} {_REASONS[reply.status]}",
        f"Content-Type: {reply.kind}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        *(["Allow: GET, HEAD"] if reply.status == 405 else []),
        "Connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode() + (body if with_body else b"")
