"""The world that a hostile round needs: the shared servers, a configuration over the chosen cases, and what they saw."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.hostile_more import WANTED
from tests.measured import CHECKOUT, Ran, bayan

TOKEN = "100000001:TEST-TOKEN"
ENVIRON = {"HOSTILE_TOKEN": TOKEN}
OUTSIDE = frozenset({"/ssrf/to-metadata", "/ssrf/to-private", "/ssrf/to-cgnat"})
LISTINGS = re.compile(
    r"/html/|/page/|/status/(soft-404|consent-wall)|/ssrf/(base-href|meta-refresh)|/charset/(lies-latin1|binary)"
)
"""Cases whose answer is a web page that lists something; all others are asked as feeds."""
NEIGHBOURS = 10
TIMEOUT = 5.0
SECRETS = {"Authorization": "Bearer canary-1", "Cookie": "session=canary-2", "X-Api-Key": "canary-3"}


@dataclass
class Row:
    """A case, where it is asked, and what came of it."""

    key: str
    case: dict[str, Any]
    url: str = ""
    source: str = ""
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    """From the first request to the verdict, without what the machine kept bayan and the sites from their work."""
    statements: int = 0
    matched: int = 0
    alerts: int = 0
    extra_mb: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return self.url.split("/")[2]


def ask(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(url, data=data, headers={"Content-Type": "application/json"}), timeout=30) as answer:
        return json.load(answer)


@contextmanager
def server(shared: Path, folder: Path, name: str, chapters: str = "") -> Iterator[tuple[int, int, int]]:
    """One hostile server, the shared one or, with `chapters`, that of `hostile_more.py`: its port, its decoy's, its process."""
    port, decoy = folder / f"{name}.port", folder / f"{name}.decoy"
    program = ["-m", "tests.hostile_more"] if chapters else [str(shared / "hostile" / "hostile_server.py")]
    command = [sys.executable, *program, "--hosts", "200", "--max-seconds", "30"]
    command += ["--port-file", str(port), "--decoy-port-file", str(decoy), "--lifetime", "3000"]
    environ = {**os.environ, WANTED: chapters, "BAYAN_SHARED": str(shared)}
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=CHECKOUT, env=environ) as process:
        try:
            _wait_for(decoy, process)
            yield int(_wait_for(port, process).read_text()), int(decoy.read_text()), process.pid
        finally:
            process.kill()


@contextmanager
def bot_api(shared: Path, folder: Path) -> Iterator[str]:
    """The strict Bot API server with two people who listen; without limits of its own, so that a round ends soon."""
    port = folder / "botapi.port"
    limits = json.dumps({"per_second": 0, "chat_rate": 0, "group_per_minute": 0})
    command = [sys.executable, str(shared / "botapi" / "botapi_server.py"), "--port", "0", "--port-file", str(port)]
    with subprocess.Popen(
        [*command, "--token", TOKEN, "--limits", limits],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONWARNINGS": "ignore"},
    ) as process:  # fmt: skip
        try:
            url = f"http://127.0.0.1:{_wait_for(port, process).read_text().strip()}"
            for user in (7, 8):
                ask(f"{url}/_control/users", {"id": user, "first_name": "Reader", "started": True})
            yield url
        finally:
            process.kill()


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> Path:
    while not file.exists() or not file.read_text().strip():
        if process.poll() is not None:
            raise SystemExit(f"a server did not start: {process.args!r}")
        time.sleep(0.02)
    return file


def configuration(rows: Sequence[Row], neighbours: dict[str, str], api: str, interval: str, listen: str) -> str:
    """A config.toml as an operator would write it; without digests, so that the alerts of each case can be counted."""
    text = f"""
[fetch]
user_agent = "bayan/1 (hostile rounds; operator@example.org)"
interval = "{interval}"
max_interval = "{interval}"
jitter = 0
total_timeout = "{TIMEOUT:g}s"
max_bytes = "10MiB"
concurrency = 200
per_host_delay = "0s"
[actors.khazali]
type = "person"
name = "Qais al-Khazali"
aliases = ["Khazali", "قيس الخزعلي"]
[channels.desk]
kind = "telegram"
token = {{ env = "HOSTILE_TOKEN" }}
chat = 7
api_base = "{api}"
[channels.ops]
kind = "telegram"
token = {{ env = "HOSTILE_TOKEN" }}
chat = 8
api_base = "{api}"
[[routes]]
name = "all"
channels = ["desk"]
[delivery]
per_chat_rate = "1000/min"
first_run = "remember"
body_wait = "0s"
storm = {{ more_than = 1000, within = "5m", then = "digest" }}
[service]
listen = "{listen}"
[health]
notify = ["ops"]
[logging]
format = "json"
"""
    for name, url in neighbours.items():
        kind = "listing" if "page" in url else "feed"
        text += f'[sources.{name}]\nkind = "{kind}"\nurl = "{url}"\nallow_private = true\n'
    for row in rows:
        kind = "sitemap" if row.key.startswith("/sitemap/") else "listing" if LISTINGS.match(row.key) else "feed"
        kind, table = row.case.get("kind") or kind, row.case.get("table") or ""
        text += f'[sources.{row.source}]\nkind = "{kind}"\nurl = "{row.url}"\nallow_private = true\n{table}\n'
        if row.key == "/ssrf/credentials":
            text += "headers = {" + ", ".join(f'{name} = "{value}"' for name, value in SECRETS.items()) + "}\n"
    return text


class World:
    """The servers, one configuration over the chosen cases, and what they saw."""

    def __init__(
        self, stack: ExitStack, shared: Path, keys: Sequence[str] | None, *, interval: str = "1h", chapters: str = ""
    ) -> None:
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hostile-")))
        self.api = stack.enter_context(bot_api(shared, self.folder))
        self.main, self.decoy, number = stack.enter_context(server(shared, self.folder, "main", chapters))
        self.servers, self.sites = [self.main], [number]
        cases = ask(f"http://127.0.0.1:{self.main}/__cases")
        unknown = set(keys or ()) - set(cases)
        if unknown:
            raise SystemExit(f"no such case: {', '.join(sorted(unknown))}")
        chosen = [key for key in cases if keys is None or key in keys]
        outside = OUTSIDE | {key for key in cases if cases[key].get("outside")}
        self.left_out = [key for key in chosen if key in outside and not only_loopback()]
        self.rows = [Row(key, cases[key]) for key in chosen if key not in self.left_out]
        self.neighbours = {
            f"ok-{i}": f"http://127.0.0.{180 + i}:{self.main}/ok-{'feed' if i % 2 else 'page'}?i={i}"
            for i in range(NEIGHBOURS)
        }
        for number, row in enumerate(self.rows, 2):
            port = self.main
            if row.case["setup"]:  # what one server's robots.txt does counts for all its cases: it gets one of its own
                port, _, site = stack.enter_context(server(shared, self.folder, f"extra{number}", chapters))
                self.servers.append(port)
                self.sites.append(site)
                with urlopen(f"http://127.0.0.1:{port}{row.case['setup']}", timeout=10):
                    pass
            row.source = f"c{number}-" + re.sub("[^a-z0-9]+", "-", row.key.lower()).strip("-")
            row.url = f"http://127.0.0.{number}:{port}{row.case['path']}"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.listen = f"127.0.0.1:{free.getsockname()[1]}"
        (self.folder / "config.toml").write_text(
            configuration(self.rows, self.neighbours, self.api, interval, self.listen)
        )

    def hits(self) -> list[dict[str, Any]]:
        return [hit for port in self.servers for hit in ask(f"http://127.0.0.1:{port}/__hits")]

    def decoys(self) -> list[dict[str, Any]]:
        return [hit for port in self.servers for hit in ask(f"http://127.0.0.1:{port}/__decoy")]

    def status(self) -> dict[str, dict[str, Any]]:
        told = self.run("status", "--json")
        if told.code != 0:
            raise SystemExit(f"bayan status ended with {told.code}: {told.log[-500:]}")
        return {state["id"]: state for state in json.loads(told.out)["sources"]}

    def run(self, *arguments: str, **more: Any) -> Ran:
        """The real command, with the token in its environment."""
        return bayan(arguments, self.folder, environ=ENVIRON, beside=self.sites, **more)


def only_loopback() -> bool:
    """Whether no packet could leave this machine: only then the redirects to other networks are asked."""
    return [name for _, name in socket.if_nameindex()] == ["lo"]
