"""Reads the address of a proxy, and makes the httpcore connection that goes through it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Literal

import httpcore
import httpx

from scraper.errors import FetchError
from scraper.net.connect import Line
from scraper.net.guard import Origin
from scraper.net.target import Target

_KINDS: dict[str, Literal["http", "socks5"]] = {"http": "http", "socks5": "socks5", "socks5h": "socks5"}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that the operator named, and therefore trusts. Names are resolved by it, never here, also for `socks5://`."""

    kind: Literal["http", "socks5"]
    host: str
    port: int
    auth: tuple[str, str] | None = field(default=None, repr=False)


def read_proxy(address: str) -> Proxy | None:
    """`http://`, `socks5://` or `socks5h://` with host, port and perhaps `user:password@`; None for "".

    Raises FetchError("blocked") for anything else; its text does not repeat the address, which may hold a password.
    """
    if not address:
        return None
    try:
        parsed = httpx.URL(address)
        kind, host, port = _KINDS.get(parsed.scheme), parsed.raw_host.decode("ascii"), parsed.port
    except (httpx.InvalidURL, ValueError):
        kind, host, port = None, "", None
    if kind is None or not host or port is None:
        # `from None`: what httpx says repeats the address
        raise FetchError("blocked", "the proxy is not understood: http://HOST:PORT or socks5h://HOST:PORT") from None
    return Proxy(kind, host, port, (parsed.username, parsed.password) if parsed.userinfo else None)


def connection_to(
    origin: Origin, line: Line, context: ssl.SSLContext | None, proxy: Proxy | None
) -> httpcore.AsyncHTTPConnection | httpcore.AsyncConnectionPool:
    """What carries one request to `origin` over `line`: a single connection, or a proxy's pool of exactly one."""
    if proxy is None:
        place = httpcore.Origin(origin.scheme.encode(), origin.host.encode(), origin.port)
        return httpcore.AsyncHTTPConnection(place, ssl_context=context, network_backend=line)
    address = httpcore.URL(scheme="http", host=proxy.host, port=proxy.port, target="/")
    if proxy.kind == "http":
        return httpcore.AsyncHTTPProxy(
            address, proxy_auth=proxy.auth, ssl_context=context, max_connections=1, network_backend=line
        )
    return httpcore.AsyncSOCKSProxy(
        address, proxy_auth=proxy.auth, ssl_context=context, max_connections=1, network_backend=line
    )


def core_url(target: Target) -> httpcore.URL:
    """A Target in httpcore's words: without the port where it is the scheme's own, for that is how a proxy is told it."""
    origin = target.origin
    port = None if target.netloc == origin.host or target.netloc == f"[{origin.host}]" else origin.port
    return httpcore.URL(scheme=origin.scheme, host=origin.host, port=port, target=target.path)
