"""A small Bot API server on loopback: takes messages, remembers them, and fails as it is told. Standard library only.

In a test:

    async with FakeBotApi() as api:                 # api.url is what `api_base` wants
        api.fail("reset", when="after")             # the next message is accepted, and its sender never hears of it
        ...
        api.accepted                                # every message that arrived, in order

As a process, which outlives the one it is asked by (crash tests):

    python tests/fake_botapi.py --port-file F --log F [--port N] [--token T] [--fail JSON ...]

The port file appears, whole, once it listens. The log gets one JSON line for each accepted message, on disk before the
answer is sent. `POST /_control/fail` with {"kind", "when", "count", "skip", "chat", ...} orders a failure, `POST
/_control/heal` takes all orders back, `GET /_control/accepted` answers what arrived; `POST /_control/away` with {"seconds"} shuts
the door for so long. SIGTERM ends it.

Kinds of failure: `error` (code, description, parameters), `flood` (seconds), `html` (code), `bad_json`, `json` (body),
`drop` (the connection ends without an answer), `reset` (it is torn down), `silent` (no answer, ever), `slow` (the right answer,
after `seconds`). `when` is "before" (the message never happened) or "after" (it was accepted; its entry then names the
`fault`). `refuse()` and `listen()` close and open the door itself; `away()` does so for a while, and answers first what it was asked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as EmailMessage
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import parse_qsl

TOKEN = "100000001:TEST-TOKEN"  # the strict server's own, too
KINDS = frozenset({"error", "flood", "html", "bad_json", "json", "drop", "reset", "silent", "slow"})
_PAGE = b"<html><body><h1>502 Bad Gateway</h1>%s</body></html>"


@dataclass
class Failure:
    """An order: the next `count` messages (after `skip` others, to `chat` only where it is given) meet this."""

    kind: str
    when: str = "before"
    count: int = 1
    skip: int = 0
    chat: str = ""
    code: int = 0
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    seconds: float = 1
    body: Any = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.when not in ("before", "after"):
            raise ValueError(f"kind is one of {sorted(KINDS)}, when is before or after")


class FakeBotApi:
    """One server. `accepted` holds what arrived; every entry has at least chat_id, text, message_id and at (seconds)."""

    def __init__(
        self, *, token: str = TOKEN, port: int = 0, log: TextIO | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.token = token
        self._clock = clock
        self.port = port
        self.accepted: list[dict[str, Any]] = []
        self.calls = 0
        self.unknown_chats: set[str] = set()
        self.deleted: set[int] = set()
        """Messages that somebody deleted: they cannot be edited."""
        self.member: dict[str, Any] = {"status": "member"}
        """What getChatMember says of the bot in a group."""
        self._failures: list[Failure] = []
        self._log = log
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._asked: set[asyncio.Task[None]] = set()
        self._leave: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fail(self, kind: str, **order: Any) -> None:
        """Order a failure; orders are met one after the other."""
        self._failures.append(Failure(kind, **order))

    def heal(self) -> None:
        """Take back every order that is still open."""
        self._failures.clear()

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Close the door: connections are refused until `listen`. Open ones are torn down."""
        if self._server is not None:
            self._server.close()
            for task, writer in list(self._open.items()):
                writer.transport.abort()
                task.cancel()
            await self._server.wait_closed()
            self._server = None

    async def away(self, seconds: float) -> None:
        """Nobody is at the door for so long: connections are refused, idle ones end. Who is being answered gets the answer."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for task, writer in list(self._open.items()):
            if task not in self._asked:
                writer.transport.abort()
        await asyncio.sleep(seconds)
        if self._server is None:
            await self.listen()

    async def __aenter__(self) -> FakeBotApi:
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.refuse()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            while request := await _read(reader):
                self._asked.add(task)
                if not await self._answer(request, writer) or self._server is None:
                    break
                self._asked.discard(task)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ValueError):
            pass
        finally:
            del self._open[task]
            self._asked.discard(task)
            writer.close()

    async def _answer(self, request: tuple[str, dict[str, Any]], writer: asyncio.StreamWriter) -> bool:
        """Answers one request; False ends the connection."""
        path, args = request
        if path.startswith("/_control/"):
            return await self._control(path.removeprefix("/_control/"), args, writer)
        self.calls += 1
        if path.partition("/bot")[2].partition("/")[0] != self.token:
            return await _json(writer, 401, _error(401, "Unauthorized"))
        method = path.rpartition("/")[2].lower()
        if method == "getme":
            bot = {"id": int(self.token.split(":")[0]), "is_bot": True, "first_name": "Fake", "username": "fake_bot"}
            return await _json(writer, 200, {"ok": True, "result": bot})
        if method in ("getchat", "getchatmember"):
            return await self._look(method, str(args.get("chat_id", "")), writer)
        longest = 4096
        if method == "senddocument":  # told as one text: what is read under the file, and in it
            if len(str(args.get("caption", "")).encode("utf-16-le")) // 2 > 1024:
                return await _json(writer, 400, _error(400, "Bad Request: message caption is too long"))
            args = {**args, "text": f"{args.pop('caption', '')}\n{args.pop('document', '')}"}
            longest = 1_000_000
            method = "sendmessage"
        if method not in ("sendmessage", "editmessagetext"):
            return await _json(writer, 404, _error(404, "Not Found: method not found"))
        failure = self._take(str(args.get("chat_id", "")))
        if failure is not None and failure.when == "before" and failure.kind != "slow":
            return await self._misbehave(failure, path, writer)
        text = str(args.get("text", ""))
        if not text or len(text.encode("utf-16-le")) // 2 > longest:
            words = "message is too long" if text else "message text is empty"
            return await _json(writer, 400, _error(400, f"Bad Request: {words}"))
        if method == "editmessagetext":
            refusal, message = self._edit(args, failure)
            if refusal:
                return await _json(writer, 400, _error(400, f"Bad Request: {refusal}"))
        else:
            message = self._accept(args, failure)
        if failure is not None and failure.kind == "slow":
            await asyncio.sleep(failure.seconds)
        elif failure is not None:
            return await self._misbehave(failure, path, writer)
        return await _json(writer, 200, {"ok": True, "result": message})

    async def _look(self, method: str, chat_id: str, writer: asyncio.StreamWriter) -> bool:
        if chat_id in self.unknown_chats:
            return await _json(writer, 400, _error(400, "Bad Request: chat not found"))
        if method == "getchatmember":
            bot = {"id": int(self.token.split(":")[0]), "is_bot": True, "first_name": "Fake", "username": "fake_bot"}
            return await _json(writer, 200, {"ok": True, "result": {"user": bot, **self.member}})
        kind = "supergroup" if chat_id.startswith("-") else "private"
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        chat = {
            "id": int(chat_id), "type": kind, "accent_color_id": 0, "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
            **({"first_name": "Reader"} if kind == "private" else {"title": "Desk"}),
        }  # fmt: skip
        return await _json(writer, 200, {"ok": True, "result": chat})

    def _edit(self, args: dict[str, Any], failure: Failure | None) -> tuple[str, dict[str, Any]]:
        """Why not, or the message as it reads now. `accepted` keeps each edit as an entry with `edits`, `chat()` what is read."""
        number, chat = int(args.get("message_id", 0)), str(args.get("chat_id", ""))
        before = next((one for one in self.chat(chat) if one["message_id"] == number), None)
        if before is None or number in self.deleted:
            return "message to edit not found", {}
        if (before["text"], before.get("entities")) == (args.get("text"), args.get("entities")):
            return "message is not modified: specified new message content and reply markup are exactly the same", {}
        message = self._accept({**args, "edits": number}, failure)
        return "", {**message, "message_id": number}

    def chat(self, chat: str) -> list[dict[str, Any]]:
        """The messages of a chat as a reader sees them now: edits applied."""
        read: dict[int, dict[str, Any]] = {}
        for one in self.accepted:
            if one["chat_id"] == chat:
                number = one.get("edits", one["message_id"])
                read[number] = {**read.get(number, {}), **one, "message_id": number}
        return [one for number, one in read.items() if number not in self.deleted]

    def _accept(self, args: dict[str, Any], failure: Failure | None) -> dict[str, Any]:
        number = len(self.accepted) + 1
        entry = {**args, "chat_id": str(args.get("chat_id", "")), "message_id": number, "at": self._clock()}
        if failure is not None:
            entry["fault"] = failure.kind
        self.accepted.append(entry)
        if self._log is not None:
            self._log.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._log.flush()
            os.fsync(self._log.fileno())
        chat_id = entry["chat_id"]
        chat = {"id": int(chat_id) if chat_id.lstrip("-").isdigit() else -1, "type": "private", "first_name": "Reader"}
        return {"message_id": number, "date": int(entry["at"]), "chat": chat, "text": args["text"]}

    def _take(self, chat: str) -> Failure | None:
        for failure in self._failures:
            if failure.chat and failure.chat != chat:
                continue
            if failure.skip > 0:
                failure.skip -= 1
                continue
            failure.count -= 1
            if failure.count < 1:
                self._failures.remove(failure)
            return failure
        return None

    async def _misbehave(self, failure: Failure, path: str, writer: asyncio.StreamWriter) -> bool:
        if failure.kind == "error":
            return await _json(
                writer, failure.code, _error(failure.code, failure.description, failure.parameters or None)
            )
        if failure.kind == "flood":
            wait = int(failure.seconds)
            return await _json(
                writer, 429, _error(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
            )
        if failure.kind == "html":  # proxies like to name the address that was asked for
            return await _raw(writer, failure.code or 502, "text/html", _PAGE % path.encode())
        if failure.kind == "bad_json":
            return await _raw(writer, failure.code or 200, "application/json", b'{"ok":true,"result":{"message_id":')
        if failure.kind == "json":
            return await _json(writer, failure.code or 200, failure.body)
        if failure.kind == "silent":
            await asyncio.Event().wait()
        if failure.kind == "reset":
            connection = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        return False

    async def _control(self, verb: str, args: dict[str, Any], writer: asyncio.StreamWriter) -> bool:
        if verb == "fail":
            self.fail(**args)
        elif verb == "heal":
            self.heal()
        elif verb == "away":
            told = await _json(writer, 200, {"ok": True, "result": []})
            leaving = asyncio.create_task(self.away(float(args["seconds"])))
            self._leave.add(leaving)
            leaving.add_done_callback(self._leave.discard)
            return told
        elif verb != "accepted":
            return await _json(writer, 404, {"ok": False})
        return await _json(writer, 200, {"ok": True, "result": self.accepted})


async def _read(reader: asyncio.StreamReader) -> tuple[str, dict[str, Any]] | None:
    """The next request's path and arguments; None at the end of the connection."""
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    kind = headers.get("content-type", "")
    if kind.startswith("application/json"):
        args: dict[str, Any] = json.loads(body or b"{}")
    elif kind.startswith("multipart/"):
        parts = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body).get_payload()
        args = {
            str(part.get_param("name", header="content-disposition")): bytes(part.get_payload(decode=True)).decode()
            for part in parts
            if isinstance(part, EmailMessage)
        }
    else:
        args = dict(parse_qsl(body.decode(), keep_blank_values=True))
    for key in ("entities", "link_preview_options", "reply_parameters"):
        if isinstance(args.get(key), str):
            args[key] = json.loads(args[key])
    return first.split(" ")[1], args


def _error(code: int, description: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return {**body, "parameters": parameters} if parameters else body


async def _json(writer: asyncio.StreamWriter, code: int, body: Any) -> bool:
    return await _raw(writer, code, "application/json", json.dumps(body).encode())


async def _raw(writer: asyncio.StreamWriter, code: int, kind: str, body: bytes) -> bool:
    writer.write(f"HTTP/1.1 {code} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()
    return True


async def _main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="A small Bot API server on loopback that fails as it is told.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--fail", type=json.loads, action="append", default=[])
    options = parser.parse_args(argv)
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    with options.log.open("a", encoding="utf-8") as log:
        async with FakeBotApi(token=options.token, port=options.port, log=log) as api:
            for order in options.fail:
                api.fail(**order)
            part = options.port_file.with_suffix(".part")
            part.write_text(f"{api.port}\n", encoding="ascii")
            part.replace(options.port_file)
            await stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
