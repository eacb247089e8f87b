"""The real command with everything around it as processes of their own: a site, a Bot API, a folder with a configuration.

For tests that kill it, stop it or take its Telegram away. Nothing here reaches into the program: it is started as people start
it, and what it did is read from its log, its store and what the other two saw.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.fake_botapi import TOKEN

TESTS = Path(__file__).resolve().parent
BAYAN = Path(sys.executable).parent / "bayan"
READY = b'"event": "running"'

CONFIG = """config_version = 1
timezone = "UTC"
[storage]
data_dir = "{folder}/data"
[fetch]
interval = "{interval}"
jitter = 0.0
per_host_delay = "0s"
[sources.agency]
kind = "feed"
url = "{origin}/feed"
language = "en"
full_text = {bodies}
allow_private = true
[actors.khazali]
type = "person"
name = "Qays al-Khaz'ali"
aliases = ["Qais al-Khazali"]
[delivery]
per_chat_rate = "600/min"
[logging]
format = "json"
{channels}
[[routes]]
name = "desk"
channels = {names}
continue = true
"""
CHANNEL = """[channels.chat{chat}]
kind = "telegram"
token = {{ env = "BAYAN_TELEGRAM_TOKEN" }}
chat = {chat}
api_base = "{api}"
"""


def wait_for(true: Callable[[], Any], seconds: float, *, every: float = 0.01) -> bool:
    """Whether `true()` became so within that many seconds."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def write_config(
    folder: Path,
    origin: str,
    api: str,
    chats: Sequence[str],
    *,
    bodies: bool = False,
    interval: str = "1s",
    more: str = "",
) -> Path:
    """A configuration file as a person would write it, for the site of `fake_site.py` and one channel for each chat.

    `more` are further tables and routes.
    """
    path = folder / "config.toml"
    text = CONFIG.format(
        folder=folder, origin=origin, interval=interval, bodies=str(bodies).lower(),
        channels="\n".join(CHANNEL.format(chat=chat, api=api) for chat in chats),
        names=json.dumps([f"chat{chat}" for chat in chats]),
    )  # fmt: skip
    path.write_text(text + more, encoding="utf-8")
    return path


@contextmanager
def beside(name: str, folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server of tests/ as a process: its address, once it listens. SIGTERM ends it at the end."""
    port_file = folder / f"{name}.port"
    port_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", f"tests.{name}", "--port-file", str(port_file), *options]
    with subprocess.Popen(command, cwd=TESTS.parent, start_new_session=True) as process:
        try:
            if not wait_for(port_file.exists, 20):
                raise RuntimeError(f"{name} does not listen")
            yield f"http://127.0.0.1:{port_file.read_text('ascii').strip()}", process
        finally:
            process.terminate()


def control(api: str, verb: str, **order: Any) -> Any:
    """An order to the Bot API process: `fail`, `heal`, `accepted`, `away`. Waits until it is there, where it has gone away."""
    end = time.monotonic() + 30
    while True:
        try:
            return _control(api, verb, order)
        except (urllib.error.URLError, ConnectionError, http.client.HTTPException):
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def _control(api: str, verb: str, order: dict[str, Any]) -> Any:
    request = urllib.request.Request(
        f"{api}/_control/{verb}", data=json.dumps(order).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["result"]


def lines(log: Path) -> list[Any]:
    """The JSON lines of a log; a line that is being written is left out."""
    if not log.exists():
        return []
    return [json.loads(line) for line in log.read_text("utf-8").split("\n")[:-1]]


class Program:
    """`bayan run`, as installed, in a process group of its own."""

    def __init__(self, config: Path, *options: str) -> None:
        self.log = config.parent / "bayan.log"
        self.printed = config.parent / "bayan.out"
        self.command = [str(BAYAN), "run", "--config", str(config), *options]
        self.environ = {**os.environ, "BAYAN_TELEGRAM_TOKEN": TOKEN, "NO_COLOR": "1"}
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._from = 0

    def start(self) -> None:
        self._from = self.log.stat().st_size if self.log.exists() else 0
        self._began = time.monotonic()
        with self.log.open("ab") as log, self.printed.open("ab") as out:
            self._process = self._popen(out, log)

    def _popen(self, out: IO[bytes], log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=log, env=self.environ, start_new_session=True
        )

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "start it first"
        return self._process

    def ready(self, seconds: float = 20.0) -> float | None:
        """Seconds from its start until it said that it is running; None where it ended or took longer than `seconds`."""

        def said() -> bool:
            with self.log.open("rb") as log:
                log.seek(self._from)
                return READY in log.read()

        wait_for(lambda: said() or self.process.poll() is not None, seconds, every=0.005)
        return time.monotonic() - self._began if said() else None

    def kill(self) -> None:
        """SIGKILL to the whole group, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self, seconds: float = 15.0) -> tuple[int | None, float]:
        """SIGTERM. Its exit code (None where it had to be killed after `seconds`), and how long it took."""
        began = time.monotonic()
        self.process.terminate()
        try:
            code: int | None = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            code = None
        return code, time.monotonic() - began


@dataclass(frozen=True)
class Store:
    """The program's store, looked at from outside."""

    path: Path

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query answers; nothing where there are no tables yet. Of a dead program ask a copy: to open the file mends it."""
        if not self.path.exists():
            return []
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=20)) as store:
            made = store.execute("SELECT count(*) FROM sqlite_master WHERE name = 'delivery'").fetchone()
            return store.execute(query).fetchall() if made[0] else []

    def copy(self, folder: Path) -> Store:
        """A copy of the files as they lie there: the write-ahead log with what was committed last belongs to them."""
        folder.mkdir(exist_ok=True)
        for suffix in ("", "-wal"):
            there, here = Path(f"{self.path}{suffix}"), Path(f"{folder / self.path.name}{suffix}")
            here.unlink(missing_ok=True)
            if there.exists():
                here.write_bytes(there.read_bytes())
        return Store(folder / self.path.name)

    def faults(self) -> list[str]:
        """What SQLite's own checks complain of."""
        if not self.path.exists():
            return []
        try:
            with closing(sqlite3.connect(self.path)) as store:
                told = [row[0] for row in store.execute("PRAGMA integrity_check") if row != ("ok",)]
                return told + [str(row) for row in store.execute("PRAGMA foreign_key_check")]
        except sqlite3.Error as error:
            return [str(error)]

    def waits(self) -> int:
        """How many statements wait to be judged and deliveries to be sent."""
        found = self.rows("SELECT id FROM delivery WHERE state NOT IN ('sent', 'failed', 'dropped')")
        return len(found) + len(self.rows("SELECT statement FROM unjudged"))
