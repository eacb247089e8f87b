"""The strict Bot API server of the shared folder as a process, driven through its control calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.fake_botapi import TOKEN
from tests.real_run import wait_for


class StrictBotApi:
    """One running server. `url` is what `api_base` wants."""

    def __init__(self, url: str) -> None:
        self.url = url

    def order(self, verb: str, **body: Any) -> Any:
        """POST: build the world, order faults, let people act."""
        return self._call("POST", verb, json.dumps(body).encode())

    def seen(self, verb: str, **query: Any) -> Any:
        """GET: what was delivered, what was called."""
        return self._call("GET", f"{verb}?{urlencode(query)}" if query else verb, None)

    def well_again(self) -> None:
        """No fault is left."""
        self._call("DELETE", "faults", None)

    def texts(self, chat: int | str) -> list[str]:
        """What bots delivered to a chat, in order."""
        return [delivery["text"] for delivery in self.seen("deliveries", chat_id=chat)]

    def _call(self, method: str, verb: str, body: bytes | None) -> Any:
        request = urllib.request.Request(f"{self.url}/_control/{verb}", method=method, data=body)
        with urllib.request.urlopen(request, timeout=70) as answer:
            return json.load(answer)["result"]


@contextmanager
def strict_botapi(shared: Path, folder: Path, *options: str) -> Iterator[StrictBotApi]:
    """Start it on a free port; SIGTERM ends it."""
    port_file = folder / "botapi.port"
    server = str(shared / "botapi" / "botapi_server.py")
    command = [sys.executable, server, "--port", "0", "--port-file", str(port_file), "--token", TOKEN, *options]
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=quiet) as process:
        try:
            if not wait_for(port_file.exists, 30):
                raise RuntimeError("the strict Bot API server does not listen")
            yield StrictBotApi(f"http://127.0.0.1:{port_file.read_text('ascii').strip()}")
        finally:
            process.terminate()
