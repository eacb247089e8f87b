"""Measures the ways to make one guarded request, for safety and for cost: the figures of `docs/decisions/how-we-fetch.md`.

    python -m tests.bench.fetch_ways cost [--requests 600] [--rounds 5]
    python -m tests.bench.fetch_ways hostile --server PATH/hostile_server.py

Three ways, one hop each, all below the same loop over redirects, with the same guard, decoder and caps:

    line      httpcore's single connection over our own network backend (the product: `scraper.net.ask`)
    pool      httpx.AsyncHTTPTransport, its pool given the same backend through a private name
    aiohttp   httpx over httpx-aiohttp, judged in aiohttp's resolver (needs `pip install httpx-aiohttp`)

and, for the cost only, `fetcher`: the whole of `Fetcher.fetch` over `line`, with robots.txt known and the gate open.
"""

from __future__ import annotations

import argparse
import asyncio
import contextvars
import ipaddress
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.request import urlopen

import aiohttp
import httpcore
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp import AiohttpTransport

from scraper.errors import FetchError
from scraper.model import Source
from scraper.net import ask as asking
from scraper.net.answer import Head, failure
from scraper.net.ask import Ask
from scraper.net.body import coding_of, read_body, too_large
from scraper.net.connect import Line, SystemResolver
from scraper.net.fetch import Fetcher
from scraper.net.guard import Origin, Reach, read_literal, refusal
from scraper.net.robots import MemoryShelf, RobotsFile
from scraper.net.target import Target, read_target
from scraper.settings import FetchSettings

Hop = Callable[[Ask, Target], Awaitable[tuple[Head, bytes]]]

CONTEXT = httpx.create_ssl_context(trust_env=False)
RESOLVE = SystemResolver()
HOP: contextvars.ContextVar[tuple[Origin, Reach]] = contextvars.ContextVar("hop")
"""Who is being asked, for seams that are told host and port only and outlive a request."""


def judge_now(host: str, port: int, addresses: Sequence[Any]) -> str:
    origin, reach = HOP.get()
    return refusal(origin, addresses, reach)


async def line_hop(request: Ask, target: Target) -> tuple[Head, bytes]:
    return await asking._hop(request, target, RESOLVE, lambda: CONTEXT, lambda _: None, asyncio.timeout)


class SharedBackend(httpcore.AsyncNetworkBackend):
    """One backend for a whole pool: a new Line for each connection, judged for the request that happens to open it."""

    async def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        line = Line(RESOLVE, judge_now)
        line.allow(1 << 40, lambda: too_large(0))
        return await line.connect_tcp(host, port)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def pool_hop() -> Hop:
    transport = httpx.AsyncHTTPTransport(
        verify=CONTEXT, trust_env=False, limits=httpx.Limits(max_connections=200, max_keepalive_connections=0)
    )
    transport._pool._network_backend = SharedBackend()
    return transport_hop(transport)


class JudgingResolver(AbstractResolver):
    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        found = await RESOLVE(host, port)
        why = judge_now(host, port, [ipaddress.ip_address(one) for one in found])
        if why:
            raise FetchError("blocked", why)
        flags = socket.AI_NUMERICHOST
        return [
            ResolveResult(
                hostname=host,
                host=a,
                port=port,
                family=socket.AF_INET6 if ":" in a else socket.AF_INET,
                proto=0,
                flags=flags,
            )
            for a in found
        ]

    async def close(self) -> None:
        return None


def aiohttp_hop() -> Hop:
    connector = aiohttp.TCPConnector(
        resolver=JudgingResolver(), limit=0, force_close=True, use_dns_cache=False, ssl=CONTEXT
    )
    session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
    return transport_hop(AiohttpTransport(client=session, verify=CONTEXT, trust_env=False))


def transport_hop(transport: httpx.AsyncBaseTransport) -> Hop:
    async def hop(request: Ask, target: Target) -> tuple[Head, bytes]:
        HOP.set((target.origin, request.reach))
        literal = read_literal(target.origin.host)
        why = refusal(target.origin, [literal], request.reach) if literal is not None else ""
        if why:  # aiohttp does not ask its resolver about literals
            raise FetchError("blocked", why)
        head = response = None
        try:
            built = httpx.Request("GET", target.url, headers=asking._headers(request, target))
            response = await transport.handle_async_request(built)
            head = Head(response.status_code, response.headers.raw)
            if head.status not in (200, 203):
                return head, b""
            length = head.first("content-length")
            if length.isdigit() and int(length) > request.max_bytes:
                raise too_large(request.max_bytes)
            pieces = cast(AsyncIterable[bytes], response.stream)
            return head, await read_body(pieces, coding_of(head.all("content-encoding")), request.max_bytes)
        except httpx.RemoteProtocolError as error:
            raise FetchError("incomplete" if head else "protocol_error", str(error)) from error
        except httpx.HTTPError as error:
            raise FetchError("network_error", f"{type(error).__name__}: {error}") from error
        finally:
            if response is not None:
                await response.aclose()

    return hop


async def follow(hop: Hop, request: Ask) -> tuple[Head, bytes]:
    target = request.target
    async with asyncio.timeout(request.max_wait.total_seconds()):
        for _ in range(request.max_redirects + 1):
            head, body = await hop(request, target)
            if head.status not in (301, 302, 303, 307, 308):
                return head, body
            target = read_target(asking._location(head), base=target)
    raise FetchError("too_many_redirects", "")


def request_for(url: str, seconds: float) -> Ask:
    target = read_target(url)
    return Ask(target, Reach(own=target.origin), "bayan/1 (bench)", timedelta(seconds=seconds), 10 << 20, 5)


# ------------------------------------------------------------------------------------------------------------- safety


async def verdict(hop: Hop, url: str) -> tuple[str, str]:
    try:
        head, body = await follow(hop, request_for(url, 2.0))
        error = failure(head, body, datetime.now(UTC), timedelta(days=1))
        if head.status == 304:
            return "protocol_error", ""
        return (error.outcome, error.detail) if error else ("ok" if body else "empty", "")
    except TimeoutError:
        return "timeout", ""
    except FetchError as error:
        return error.outcome, error.detail
    except Exception as error:  # what escapes is the finding
        return "ESCAPED", f"{type(error).__module__}.{type(error).__name__}: {error}"


async def hostile(script: str) -> None:
    by_parser = {"parser", "charset", "flood"}
    ways = {"line": line_hop, "pool": pool_hop(), "aiohttp": aiohttp_hop()}
    for name, hop in ways.items():
        with tempfile.TemporaryDirectory() as folder:
            port_file, decoy_file = Path(folder, "port"), Path(folder, "decoy")
            command = [sys.executable, script, "--hosts", "200", "--lifetime", "60", "--max-seconds", "20"]
            command += ["--port-file", str(port_file), "--decoy-port-file", str(decoy_file)]
            server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            try:
                await asyncio.to_thread(wait_for, port_file)
                base = f"http://127.0.0.1:{port_file.read_text()}"
                cases = await asyncio.to_thread(ask_server, f"{base}/__cases")
                outside = ("to-metadata", "to-private", "to-cgnat")
                cases = {k: c for k, c in cases.items() if c["group"] != "robots" and not k.endswith(outside)}
                started = time.process_time()
                port = port_file.read_text()
                results = await asyncio.gather(
                    *(
                        verdict(hop, f"http://127.0.0.{i}:{port}{case['path']}")
                        for i, case in enumerate(cases.values(), 1)
                    )
                )
                spent = time.process_time() - started
                decoy = await asyncio.to_thread(ask_server, f"{base}/__decoy")
            finally:
                server.kill()
                server.wait()
        right = 0
        for (key, case), (word, detail) in zip(cases.items(), results, strict=True):
            if word in case["outcome"] or (word == "ok" and case["group"] in by_parser):
                right += 1
            else:
                print(f"  {name:8} {key:32} {word:16} {detail[:100]!r} instead of {', '.join(case['outcome'])}")
        print(f"{name:8} {right} of {len(cases)} as they should be, decoy hits {len(decoy)}, CPU {spent:.2f} s")


def wait_for(file: Path) -> None:
    while not file.exists():
        time.sleep(0.02)


def ask_server(url: str) -> Any:
    with urlopen(url, timeout=10) as answer:
        return json.load(answer)


# --------------------------------------------------------------------------------------------------------------- cost

SITE = """
import asyncio, sys
BODY = b"<rss>" + b"x" * 2000 + b"</rss>"
HEAD = (b"HTTP/1.1 200 OK\\r\\nServer: nginx\\r\\nDate: Fri, 20 Jun 2025 10:00:00 GMT\\r\\n"
        b"Content-Type: application/rss+xml; charset=utf-8\\r\\n"
        b'ETag: "abc"\\r\\nLast-Modified: Fri, 20 Jun 2025 10:00:00 GMT\\r\\nCache-Control: max-age=60\\r\\nVary: Accept-Encoding\\r\\n'
        b"Connection: close\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(BODY))
class Site(asyncio.Protocol):
    def connection_made(self, transport): self.transport = transport
    def data_received(self, data):
        if data.endswith(b"\\r\\n\\r\\n"):
            self.transport.write(HEAD + BODY); self.transport.close()
async def main():
    server = await asyncio.get_running_loop().create_server(Site, "0.0.0.0", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


class FreeShelf(MemoryShelf):
    """A shelf on which every site's robots.txt is known and allows everything."""

    async def load(self, origin: str) -> RobotsFile | None:
        now = datetime.now(UTC)
        return RobotsFile("free", "", now, now)


async def cost(requests: int, rounds: int) -> None:
    fetcher = Fetcher(FetchSettings(per_host_delay=timedelta(0), concurrency=50, per_host_concurrency=50), FreeShelf())
    pool, aio = pool_hop(), aiohttp_hop()

    async def whole(url: str) -> None:
        source = Source("bench", "feed", url, allow_private=True)
        await fetcher.fetch(source, url, clock=lambda: datetime.now(UTC))

    def over(hop: Hop) -> Callable[[str], Awaitable[Any]]:
        return lambda url: follow(hop, request_for(url, 30))

    ways = {"line": over(line_hop), "fetcher": whole, "pool": over(pool), "aiohttp": over(aio)}
    site = subprocess.Popen([sys.executable, "-c", SITE], stdout=subprocess.PIPE, text=True)
    assert site.stdout is not None
    try:
        port = int(site.stdout.readline())
        figures: dict[tuple[str, int], list[float]] = {}
        for _ in range(rounds + 1):  # the first round warms up and is dropped
            for hosts in (1, 300):
                for name, way in ways.items():
                    figures.setdefault((name, hosts), []).append(await spend(way, port, requests, hosts))
    finally:
        site.kill()
        site.wait()
    print(f"CPU ms a request, median of {rounds} interleaved rounds of {requests}, 50 at a time, no keep-alive")
    for name in ways:
        one, many = (statistics.median(figures[name, hosts][1:]) for hosts in (1, 300))
        print(f"{name:8} one host {one:.2f}   300 hosts {many:.2f}")


async def spend(way: Callable[[str], Awaitable[Any]], port: int, requests: int, hosts: int) -> float:
    numbers = iter(range(requests))

    async def worker() -> None:
        for i in numbers:
            host = i % hosts
            await way(f"http://127.0.{1 + host // 200}.{1 + host % 200}:{port}/page/{i}?n={i}")

    started = time.process_time()
    await asyncio.gather(*(worker() for _ in range(50)))
    return (time.process_time() - started) / requests * 1000


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["cost", "hostile"])
    parser.add_argument("--server", default="")
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    asyncio.run(hostile(options.server) if options.what == "hostile" else cost(options.requests, options.rounds))
