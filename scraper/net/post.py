"""Puts one body to one address, guarded like every fetch, and says whether any of it may have arrived.

One attempt on a connection of its own: no redirect is followed, no cookie kept, nothing of the answer but its head is read. What
it means that it went wrong is for whoever asked.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpcore
import httpx
import socksio

from scraper.errors import FetchError
from scraper.model import Outcome
from scraper.net.answer import Head, unquoted
from scraper.net.ask import Headers, judge
from scraper.net.connect import Line, Resolver, SystemResolver
from scraper.net.guard import read_grants
from scraper.net.patience import Pulse
from scraper.net.proxy import connection_to, core_url, read_proxy
from scraper.net.target import Target, read_target
from scraper.settings import FetchSettings


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be put where. The address and the headers may hold secrets; `proxy` is "" for none.

    With `allow_private` the address's own origin may be private. `max_wait` covers names, sending and the answer's head.
    """

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Headers = field(default=(), repr=False)
    allow_private: bool = False
    proxy: str = field(default="", repr=False)
    max_wait: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Posted:
    """How it went. `head` is the answer's, None where there was none; then `outcome` and `detail` say why, without secrets.

    `sent` is false where surely not a byte of the body left: the other side cannot have acted on it.
    """

    head: Head | None
    sent: bool
    outcome: Outcome = "ok"
    detail: str = ""


class Poster:
    """Puts bodies to addresses. Holds the TLS settings and what the operator opened; no connection."""

    def __init__(
        self, settings: FetchSettings, *, verify: ssl.SSLContext | None = None, resolve: Resolver | None = None
    ) -> None:
        """`verify` and `resolve` take the place of the public certificate authorities and of the system's names.

        Raises ConfigError for an `allow_private` that cannot be read.
        """
        self._user_agent = settings.user_agent
        self._reach = read_grants(settings.allow_private)
        self._pulse = Pulse()
        self._context = verify
        self._resolve = resolve or SystemResolver()

    async def post(self, parcel: Parcel) -> Posted:
        """Put it there, once."""
        body = _Body(parcel.body)
        try:
            async with self._pulse(parcel.max_wait.total_seconds()):
                return Posted(await self._send(parcel, body), sent=True)
        except TimeoutError:
            return Posted(None, body.began, "timeout", f"no answer within {parcel.max_wait.total_seconds():g} s")
        except FetchError as error:
            return Posted(None, body.began, error.outcome, error.detail)

    async def _send(self, parcel: Parcel, body: _Body) -> Head:
        target = read_target(parcel.url)
        proxy = read_proxy(parcel.proxy)
        reach = replace(self._reach, own=target.origin) if parcel.allow_private else self._reach
        line = Line(self._resolve, judge(target, reach, proxy), self._pulse)
        tls = self._tls() if target.origin.scheme == "https" else None
        carrier = connection_to(target.origin, line, tls, proxy)
        try:
            request = httpcore.Request(
                b"POST", core_url(target), headers=self._headers(parcel, target), content=body.pieces()
            )
            response = await carrier.handle_async_request(request)
            return Head(response.status, response.headers)
        except httpcore.RemoteProtocolError as error:
            raise FetchError("protocol_error", f"what came back is not HTTP: {unquoted(error)}") from error
        except httpcore.LocalProtocolError:
            # `from None`: h11 repeats the header it refuses, which may be a secret
            raise FetchError("protocol_error", "a header or address cannot be written in HTTP") from None
        except (httpcore.ProxyError, socksio.SOCKSError, AssertionError) as error:  # httpcore asserts what SOCKS says
            raise FetchError("network_error", f"the proxy refuses: {type(error).__name__}") from error
        except (httpcore.NetworkError, httpcore.TimeoutException) as error:
            raise FetchError("network_error", f"the connection broke: {error}") from error
        finally:
            line.close()

    def _headers(self, parcel: Parcel, target: Target) -> list[tuple[bytes, bytes]]:
        headers = {"Host": target.netloc, "User-Agent": self._user_agent} | dict(parcel.headers)
        headers |= {"Content-Length": str(len(parcel.body)), "Connection": "close"}
        return [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers.items()
        ]

    def _tls(self) -> ssl.SSLContext:
        """One context for all: it trusts certifi's authorities, whatever the environment says."""
        if self._context is None:
            self._context = httpx.create_ssl_context(verify=True, trust_env=False)
        return self._context


class _Body:
    """The bytes of a request, which remember whether anybody began to take them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.began = False

    async def pieces(self) -> AsyncIterator[bytes]:
        self.began = True
        yield self._data
