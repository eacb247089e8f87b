"""Runs the command line for tests: in this process over a folder of the test's, with servers that live in a thread."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pytest
import structlog

import alerts.schema  # noqa: F401 - the tables of both rooms belong to one store
from alerts.cli import run_command
from scraper.db import Database, open_database
from tests.fake_botapi import TOKEN, FakeBotApi
from tests.fake_site import FakeSite


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Bayan:
    """The command line over one folder with a `config.toml` and a data folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.file = folder / "config.toml"
        self.data = folder / "data"
        self._capsys = capsys

    def configure(self, *parts: str) -> None:
        """Write the configuration: impatient, watching Qais al-Khazali and threats, told on the terminal unless it says otherwise."""
        text = "\n".join(parts)
        if "[channels." not in text:
            text += '\n[channels.screen]\nkind = "console"\n'
        self.file.write_text(HEAD + text, "utf-8")

    def __call__(self, *words: str) -> Ran:
        """Run `bayan WORDS` here; `--config` and `--data-dir` are added."""
        self._capsys.readouterr()
        code = run_command([*words, "--config", str(self.file), "--data-dir", str(self.data)])
        said = self._capsys.readouterr()
        return Ran(code, said.out, said.err)

    def plain(self, *words: str) -> Ran:
        """Run `bayan WORDS` as they stand."""
        self._capsys.readouterr()
        code = run_command(list(words))
        said = self._capsys.readouterr()
        return Ran(code, said.out, said.err)

    @contextmanager
    def store(self) -> Iterator[Database]:
        """The store itself."""
        database = open_database(f"sqlite:///{self.data}/bayan.db")
        try:
            yield database
        finally:
            database.close()


HEAD = """
[fetch]
total_timeout = "20s"
per_host_delay = "0s"
jitter = 0.0
[delivery]
body_wait = "0s"
[health]
failures = 2
[actors.khazali]
type = "person"
name = "Qays al-Khaz'ali"
aliases = ["Qais al-Khazali", "قيس الخزعلي"]
[keywords.threats]
any = ["threat*"]
"""


def source(name: str, url: str, more: str = "") -> str:
    """`[sources.NAME]`, a feed on loopback."""
    return f'[sources.{name}]\nkind = "feed"\nurl = "{url}"\nlanguage = "en"\nallow_private = true\nfull_text = false\n{more}'


def phone(url: str, chat: str = "11", name: str = "phone") -> str:
    """`[channels.NAME]`, a chat at a Bot API server of the test."""
    return f'[channels.{name}]\nkind = "telegram"\ntoken = "{TOKEN}"\nchat = {chat}\napi_base = "{url}"\n'


class Server(Protocol):
    async def __aenter__(self) -> Any: ...

    async def __aexit__(self, *_: object) -> None: ...


S = TypeVar("S", bound=Server)


@contextmanager
def in_thread(server: S) -> Iterator[S]:
    """The server, listening in a thread of its own, so that a command may block this one."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def live() -> None:
        async with server:
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(live()))
    thread.start()
    try:
        assert ready.wait(30)
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)
        loop.close()


@pytest.fixture
def bayan(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Bayan]:
    """The command line over a folder of this test's. What a command does to the log and to SIGHUP is undone."""
    for name in ("BAYAN_CONFIG", "BAYAN_DATA_DIR", "BAYAN_STORAGE_URL", "BAYAN_LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    root = logging.getLogger()
    handlers, level, hangup = list(root.handlers), root.level, signal.getsignal(signal.SIGHUP)
    worded = structlog.get_config()
    yield Bayan(tmp_path, capsys)
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.configure(**worded)
    signal.signal(signal.SIGHUP, hangup)


@pytest.fixture
def site() -> Iterator[FakeSite]:
    with in_thread(FakeSite()) as running:
        yield running


@pytest.fixture
def api() -> Iterator[FakeBotApi]:
    with in_thread(FakeBotApi()) as running:
        yield running
