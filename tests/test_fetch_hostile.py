"""Every hostile case that a fetch can decide, all at once, against the shared hostile server, in a few seconds."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from scraper.errors import FetchError
from scraper.model import Page, Source, Unchanged
from scraper.net.fetch import Fetcher
from scraper.net.robots import MemoryShelf
from scraper.settings import FetchSettings

pytestmark = pytest.mark.shared

DEADLINE = timedelta(seconds=2)
OUTSIDE = {"/ssrf/to-metadata", "/ssrf/to-private", "/ssrf/to-cgnat"}
"""Redirects to addresses beyond loopback: asked only where nothing could leave (`unshare -n`)."""

# What makes these hostile lies in the content: a fetch that is not stopped by size takes them in, and a parser decides.
DECIDED_BY_A_PARSER = {"/feed/billion-laughs", "/feed/quadratic-blowup"}


@dataclass(frozen=True)
class Server:
    port: int
    decoy_port: int
    cases: dict[str, dict[str, Any]]

    def ask(self, path: str) -> Any:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return json.load(answer)


@pytest.fixture(scope="module")
def server(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile")
    port, decoy = folder / "port", folder / "decoy"
    command = [sys.executable, str(shared / "hostile" / "hostile_server.py"), "--hosts", "200", "--lifetime", "120"]
    command += ["--port-file", str(port), "--decoy-port-file", str(decoy), "--max-seconds", "20"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            while not port.exists():
                assert process.poll() is None, "the hostile server did not start"
                time.sleep(0.02)
            found = Server(int(port.read_text()), int(decoy.read_text()), {})
            yield Server(found.port, found.decoy_port, found.ask("/__cases"))
        finally:
            process.kill()


def fetcher(deadline: timedelta = DEADLINE) -> Fetcher:
    settings = FetchSettings(total_timeout=deadline, concurrency=200, per_host_delay=timedelta(0))
    return Fetcher(settings, MemoryShelf())


async def outcome(fetch: Fetcher, url: str) -> tuple[str, str]:
    source = Source("hostile", "feed", url, allow_private=True)
    try:
        result = await fetch.fetch(source, url, clock=lambda: datetime.now(UTC))
    except FetchError as error:
        return error.outcome, error.detail
    assert isinstance(result, (Page, Unchanged))
    return ("ok", "") if isinstance(result, Page) else ("not_modified", "")


def outside_is_unreachable() -> bool:
    return [name for _, name in socket.if_nameindex()] == ["lo"]


async def test_every_case_is_recorded_as_its_row_says_and_the_decoy_stays_unhit(server: Server) -> None:
    server.ask("/__reset")
    cases = {key: case for key, case in server.cases.items() if case["group"] != "robots"}
    if not outside_is_unreachable():
        cases = {key: case for key, case in cases.items() if key not in OUTSIDE}
    bounds = {
        "deadline": fetcher(),
        "fast": fetcher(10 * DEADLINE),
    }  # a busy machine must not make "fast" cases time out
    started = time.monotonic()
    results = await asyncio.gather(
        *(
            outcome(bounds[case["bound"]], f"http://127.0.0.{i}:{server.port}{case['path']}")
            for i, case in enumerate(cases.values(), 1)
        )
    )
    took = time.monotonic() - started
    wrong = {}
    for (key, case), (word, detail) in zip(cases.items(), results, strict=True):
        allowed = (
            {*case["outcome"], "ok"} if key in DECIDED_BY_A_PARSER or parser_may_refuse(case) else {*case["outcome"]}
        )
        if word not in allowed:
            wrong[key] = (word, detail, allowed)
    assert wrong == {}
    assert took < 10 * DEADLINE.total_seconds()
    assert server.ask("/__decoy") == []


def parser_may_refuse(case: dict[str, Any]) -> bool:
    """Rows that end as parse_error, suspect or too_complex for what is in a body that came whole with status 200."""
    return case["group"] in {"parser", "charset", "flood"}


@pytest.mark.parametrize("mode", ["huge", "slow", "error", "to-decoy", "garbage", "ok", "none"])
async def test_no_robots_file_harms_a_poll(server: Server, mode: str) -> None:
    server.ask("/__reset")
    server.ask(f"/__robots?mode={mode}")
    expected = server.cases.get(f"/ok-feed#robots-{mode}", {"outcome": ["ok"]})["outcome"]
    word, detail = await outcome(fetcher(), f"http://127.0.0.1:{server.port}/ok-feed")
    assert word in expected, detail
    assert server.ask("/__decoy") == []


async def test_a_robots_file_that_forbids_is_obeyed(server: Server) -> None:
    server.ask("/__reset")
    server.ask("/__robots?mode=disallow")
    assert (await outcome(fetcher(), f"http://127.0.0.1:{server.port}/ok-feed"))[0] == "blocked_by_site"
    assert [hit["target"] for hit in server.ask("/__hits")] == ["/robots.txt"]


async def test_no_secret_follows_a_redirect_to_another_origin(server: Server) -> None:
    server.ask("/__reset")
    url = f"http://127.0.0.1:{server.port}/ssrf/credentials"
    secrets = {"Authorization": "Bearer canary-1", "Cookie": "session=canary-2", "X-Api-Key": "canary-3"}
    settings = FetchSettings(total_timeout=DEADLINE, allow_private=(f"127.0.0.1:{server.decoy_port}",))
    source = Source("secret", "feed", url, allow_private=True, headers=secrets)
    await Fetcher(settings, MemoryShelf()).fetch(source, url, clock=lambda: datetime.now(UTC))
    (hit,) = server.ask("/__decoy")
    assert not re.search("canary", json.dumps(hit))
    asked = [json.dumps(h["headers"]) for h in server.ask("/__hits") if h["target"] == "/ssrf/credentials"]
    assert len(asked) == 1 and asked[0].count("canary") == 3


async def test_cookies_are_never_sent_back(server: Server) -> None:
    server.ask("/__reset")
    fetch, url = fetcher(), f"http://127.0.0.1:{server.port}/size/cookie-flood"
    for _ in range(2):
        assert (await outcome(fetch, url))[0] in ("ok", "protocol_error")
    assert all("cookie" not in hit["headers"] for hit in server.ask("/__hits"))
