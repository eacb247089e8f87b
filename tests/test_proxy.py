"""A source behind a proxy: the proxy resolves its name, sees nothing it should not, and is never gone around."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

import pytest
import trustme

from scraper.errors import FetchError
from scraper.model import Page, Source
from scraper.net.fetch import Fetcher
from scraper.net.robots import MemoryShelf, RobotsFile
from scraper.settings import FetchSettings
from tests.raw_site import RawSite, answer

NOW = datetime(2025, 6, 20, 17, 0, tzinfo=UTC)


class NoRobots(MemoryShelf):
    """A shelf on which no site has a robots.txt."""

    async def load(self, origin: str) -> RobotsFile | None:
        return RobotsFile("free", "", NOW, NOW)


async def no_names(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"{host} was resolved here")


async def fetch(url: str, proxy: str, verify: ssl.SSLContext | None = None, allow_private: bool = False) -> Page:
    settings = FetchSettings(total_timeout=timedelta(seconds=20), proxy=proxy)
    by = Fetcher(settings, NoRobots(), resolve=no_names, verify=verify)
    page = await by.fetch(Source("s", "feed", url, allow_private=allow_private), url, clock=lambda: NOW)
    assert isinstance(page, Page)
    return page


async def failure(url: str, proxy: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetch(url, proxy)
    return caught.value


@dataclass
class Tunnel:
    """A SOCKS 5 or CONNECT proxy that leads every name to one site, and remembers what it was asked for."""

    site_port: int
    wants_password: bool = False
    says: bytes = b""
    asked: list[tuple[int, str, int]] = field(default_factory=list)
    passwords: list[bytes] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._pipes: list[asyncio.Task[None]] = []
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self.says:
                await reader.read(1)
                writer.write(self.says)
            elif (first := await reader.readexactly(1)) == b"\x05":
                await self._socks(reader, writer)
                await self._join(reader, writer)
            else:
                head = first + await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head.decode())
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await self._join(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # the other side has gone, as it may
        finally:
            writer.close()

    async def _socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(b"\x05\x02" if self.wants_password else b"\x05\x00")
        if self.wants_password:
            await reader.readexactly(1)
            user = await reader.readexactly((await reader.readexactly(1))[0])
            self.passwords.append(user + b":" + await reader.readexactly((await reader.readexactly(1))[0]))
            writer.write(b"\x01\x00")
        kind = (await reader.readexactly(4))[3]
        if kind == 3:
            name = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            name = socket.inet_ntop(
                *(
                    (socket.AF_INET, await reader.readexactly(4))
                    if kind == 1
                    else (socket.AF_INET6, await reader.readexactly(16))
                )
            )
        self.asked.append((kind, name, int.from_bytes(await reader.readexactly(2), "big")))
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await writer.drain()
        site_reader, site_writer = await asyncio.open_connection("127.0.0.1", self.site_port)

        async def pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            try:
                while data := await source.read(65536):
                    sink.write(data)
                    await sink.drain()
            except OSError:
                pass
            finally:
                sink.close()

        self._pipes.append(asyncio.create_task(pipe(site_reader, writer)))
        await pipe(reader, site_writer)


async def test_an_http_proxy_gets_the_whole_address_and_no_name_is_resolved_here() -> None:
    async with RawSite() as proxy:
        proxy.answers["http://statements.example/x"] = answer(b"ok")
        assert (await fetch("http://statements.example/x", f"http://user:word@127.0.0.1:{proxy.port}")).body == b"ok"
    assert proxy.asked[0].headers["host"] == "statements.example"
    assert proxy.asked[0].headers["proxy-authorization"] == "Basic dXNlcjp3b3Jk"


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
async def test_a_socks_proxy_gets_the_name(scheme: str) -> None:
    async with RawSite() as site, Tunnel(site.port, wants_password=True) as proxy:
        site.answers["/x"] = answer(b"ok")
        assert (
            await fetch("http://statements.example/x", f"{scheme}://user:word@127.0.0.1:{proxy.port}")
        ).body == b"ok"
    assert (proxy.asked, proxy.passwords) == ([(3, "statements.example", 80)], [b"user:word"])


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
async def test_tls_goes_through_a_proxy_with_the_name_and_its_certificate_checked(scheme: str) -> None:
    authority = trustme.CA()
    serving, trusting = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("statements.example").configure_cert(serving)
    authority.configure_trust(trusting)
    async with RawSite(tls=serving) as site, Tunnel(site.port) as proxy:
        site.answers["/x"] = answer(b"ok")
        address = f"{scheme}://127.0.0.1:{proxy.port}"
        assert (await fetch("https://statements.example/x", address, trusting)).body == b"ok"
        with pytest.raises(FetchError) as caught:
            await fetch("https://other.example/x", address, trusting)
    assert "certificate for other.example is refused" in caught.value.detail
    assert proxy.asked[:1] == [(3, "statements.example", 443)] or "CONNECT statements.example:443" in proxy.heads[0]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://169.254.169.254/", "http://[::1]/", "http://localhost/", "http://printer/"]
)
@pytest.mark.parametrize("scheme", ["http", "socks5h"])
async def test_a_proxy_is_not_asked_for_private_addresses_and_local_names(scheme: str, url: str) -> None:
    async with RawSite() as proxy:
        assert (await failure(url, f"{scheme}://127.0.0.1:{proxy.port}")).outcome == "blocked"
    assert proxy.connections == 0


async def test_a_private_source_of_the_operators_own_may_lie_behind_the_proxy() -> None:
    async with RawSite() as proxy:
        proxy.answers["http://10.1.2.3/"] = answer(b"ok")
        assert (await fetch("http://10.1.2.3/", f"http://127.0.0.1:{proxy.port}", allow_private=True)).body == b"ok"


async def test_an_onion_address_is_reached_through_a_proxy() -> None:
    async with RawSite() as site, Tunnel(site.port) as proxy:
        site.answers["/"] = answer(b"ok")
        assert (await fetch("http://abcdefgh.onion/", f"socks5h://127.0.0.1:{proxy.port}")).body == b"ok"


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
async def test_a_proxy_that_is_down_is_never_gone_around(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        async with RawSite() as site:
            site.answers["/"] = answer(b"ok")
            error = await failure("http://statements.example/", f"{scheme}://user:hunter2@127.0.0.1:{port}")
    assert (error.outcome, site.connections) == ("network_error", 0)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    "says",
    [
        b"\x05\xff",
        b"\x04\x00",
        b"HTTP/1.1 400 no\r\n\r\n",
        b"\x05",
        b"\x05\x00\x05\x01\x00\x01\x00\x00\x00\x00\x00\x00",
    ],
)
async def test_a_proxy_that_refuses_or_speaks_rubbish_is_a_network_error(says: bytes) -> None:
    async with Tunnel(0, says=says) as proxy:
        error = await failure("http://statements.example/", f"socks5h://127.0.0.1:{proxy.port}")
    assert error.outcome == "network_error"


async def test_a_proxy_that_asks_for_a_password_is_a_network_error() -> None:
    async with Tunnel(0, says=b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as proxy:
        error = await failure("https://statements.example/", f"http://127.0.0.1:{proxy.port}")
    assert error.outcome == "network_error"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1:9050", "ftp://u:hunter2@127.0.0.1:1", "http://u:hunter2@:1", "http://h:x", "socks5h://u:hunter2@host"],
)
async def test_a_proxy_that_is_not_understood_is_refused_without_repeating_it(address: str) -> None:
    error = await failure("http://statements.example/", address)
    assert error.outcome == "blocked"
    assert "hunter2" not in str(error) and error.__cause__ is None
