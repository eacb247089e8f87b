"""Opens one connection: resolves the name once, has every answer judged, and connects to exactly what was judged.

`Line` is an httpcore network backend (a public seam of httpcore), so the address that was judged and the address that is
connected to are one value, also behind httpcore's proxies. A line serves one request and is then closed: what a site sends after
its answer can never be read as the answer to another question.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

import httpcore

from scraper.errors import FetchError
from scraper.net.guard import Address, read_literal
from scraper.net.patience import Patience

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""A name and a port in, the addresses it resolves to out, as text. Raises OSError where there are none."""

Judge = Callable[[str, int, Sequence[Address]], str]
"""Host, port and all addresses in; why they may not be connected to, or "", out."""

DNS_SECONDS: Final = 5.0
CONNECT_SECONDS: Final = 6.0
HEAD_BYTES: Final = 256 * 1024
"""What may arrive before the head of the answer is whole; httpcore refuses heads of more than 100 KiB by itself."""

_ADDRESSES_TRIED = 4
_READ_BYTES = 64 * 1024
_LOOKUPS_AT_ONCE = 64


class SystemResolver:
    """Asks the operating system, each name in a daemon thread of its own.

    `getaddrinfo` cannot be cancelled. In the event loop's own pool a few dead name servers would hold up everybody else's
    threads, and the interpreter's exit; here they hold up one lookup.
    """

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_LOOKUPS_AT_ONCE)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        found: asyncio.Future[list[str]] = loop.create_future()

        def settle(answer: list[str] | OSError) -> None:
            self._free.release()
            if found.done():
                return  # whoever asked has gone
            if isinstance(answer, OSError):
                found.set_exception(answer)
            else:
                found.set_result(answer)

        def look_up() -> None:
            answer: list[str] | OSError
            try:
                rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                answer = list(dict.fromkeys(str(row[4][0]) for row in rows))
            except OSError as error:
                answer = error
            except UnicodeError as error:  # a label over 63 characters, on its way through the idna codec
                answer = socket.gaierror(socket.EAI_NONAME, str(error))
            try:
                loop.call_soon_threadsafe(settle, answer)
            except RuntimeError:
                return  # the loop was closed meanwhile: nobody waits

        threading.Thread(target=look_up, name="bayan-dns", daemon=True).start()
        return await found


class Line(httpcore.AsyncNetworkBackend):
    """One connection for one request. `allow` sets how many bytes may still arrive on it."""

    def __init__(self, resolve: Resolver, judge: Judge, patience: Patience = asyncio.timeout) -> None:
        self._resolve = resolve
        self._judge = judge
        self._patience = patience
        self._stream: _Plain | _Encrypted | None = None
        self._left = HEAD_BYTES
        self._over: Callable[[], FetchError] = _endless_head
        self.ended = False
        """True once the site has closed its side."""

    def allow(self, count: int, over: Callable[[], FetchError]) -> None:
        """From here on `count` more bytes may arrive; one more raises what `over` makes."""
        self._left, self._over = count, over

    def count(self, data: bytes) -> None:
        """Books what has arrived. Raises what `allow` was told to."""
        self.ended = not data
        self._left -= len(data)
        if self._left < 0:
            raise self._over()

    def close(self) -> None:
        """Ends the connection at once, in whatever state it is."""
        if self._stream is not None:
            self._stream.close()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature; the whole fetch has one deadline instead
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connects to `host`. Raises FetchError: blocked, network_error or timeout."""
        addresses = await self._look_up(host, port)
        why = self._judge(host, port, addresses)
        if why:
            raise FetchError("blocked", why)
        error: FetchError | None = None
        for address in addresses[:_ADDRESSES_TRIED]:
            try:
                self._stream = _Plain(self, await _connect(address, port, self._patience))
            except TimeoutError as problem:
                error = FetchError("network_error", f"{host}:{port} does not answer at {address}")
                error.__cause__ = problem
            except OSError as problem:
                error = FetchError("network_error", f"no connection to {host}:{port} at {address}: {_reason(problem)}")
                error.__cause__ = problem
            else:
                return self._stream
        raise error or FetchError("network_error", f"the name {host!r} has no address", condition="dns")

    async def _look_up(self, host: str, port: int) -> list[Address]:
        literal = read_literal(host)
        if literal is not None:
            return [literal]
        try:
            async with self._patience(DNS_SECONDS):
                answers = await self._resolve(host, port)
        except TimeoutError as error:
            raise FetchError(
                "timeout", f"the name {host!r} was not resolved within {DNS_SECONDS:.0f} s", condition="dns"
            ) from error
        except OSError as error:
            raise FetchError(
                "network_error", f"the name {host!r} does not resolve: {_reason(error)}", condition="dns"
            ) from error
        try:
            return [ipaddress.ip_address(answer) for answer in answers]
        except ValueError as error:
            raise FetchError(
                "network_error", f"the name {host!r} resolves to something that is no address", condition="dns"
            ) from error

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Never: no address of ours is a file."""
        raise FetchError("blocked", "a local socket")

    async def sleep(self, seconds: float) -> None:
        """Part of httpcore's interface, for retries that we do not ask for."""
        await asyncio.sleep(seconds)

    async def encrypt(self, connection: socket.socket, context: ssl.SSLContext, name: str | None) -> _Encrypted:
        """TLS over a connection, the certificate checked against `name`. Raises FetchError("network_error")."""
        try:
            reader, writer = await asyncio.open_connection(
                sock=connection, ssl=context, server_hostname=name, limit=_READ_BYTES
            )
        except ssl.SSLCertVerificationError as error:
            raise FetchError(
                "network_error",
                f"the certificate for {name} is refused: {error.verify_message}",
                condition="tls",
            ) from error
        except (OSError, ValueError) as error:  # SSLError is an OSError; ValueError: a name that cannot be one in TLS
            raise FetchError("network_error", f"no TLS with {name}: {_reason(error)}", condition="tls") from error
        self._stream = _Encrypted(self, reader, writer)
        return self._stream


class _Plain(httpcore.AsyncNetworkStream):
    """The socket itself, without a transport: a third cheaper, and there is nothing to tear down."""

    def __init__(self, line: Line, connection: socket.socket) -> None:
        self._line = line
        self._socket = connection
        self._loop = asyncio.get_running_loop()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        try:
            data = await self._loop.sock_recv(self._socket, min(max_bytes, _READ_BYTES))
        except OSError as error:
            raise FetchError("network_error", f"the connection broke: {_reason(error)}") from error
        # sock_recv does not wait while the kernel has bytes: a fast site would keep the loop, and the deadline, to itself.
        await asyncio.sleep(0)
        self._line.count(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if not buffer:
            return
        try:
            await self._loop.sock_sendall(self._socket, buffer)
        except (
            OSError
        ) as error:  # httpcore then still reads the answer: a site may answer and close before it has heard us out
            raise httpcore.WriteError(_reason(error)) from error

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return await self._line.encrypt(self._socket, ssl_context, server_hostname)

    async def aclose(self) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def get_extra_info(self, info: str) -> Any:
        return None


class _Encrypted(httpcore.AsyncNetworkStream):
    """TLS over a socket, through asyncio's own streams."""

    def __init__(self, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._line = line
        self._reader = reader
        self._writer = writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        try:
            data = await self._reader.read(min(max_bytes, _READ_BYTES))
        except OSError as error:
            raise FetchError("network_error", f"the connection broke: {_reason(error)}") from error
        self._line.count(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        if not buffer:
            return
        try:
            self._writer.write(buffer)
            await self._writer.drain()
        except OSError as error:
            raise httpcore.WriteError(_reason(error)) from error

    async def aclose(self) -> None:
        self.close()

    def close(self) -> None:
        # Not close(): that would wait for the site to say goodbye in TLS, which a hostile one never does.
        self._writer.transport.abort()

    def get_extra_info(self, info: str) -> Any:
        return self._writer.get_extra_info(info)


async def _connect(address: Address, port: int, patience: Patience) -> socket.socket:
    """A connected, non-blocking socket. Raises OSError, also (TimeoutError) where the address does not answer."""
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        async with patience(CONNECT_SECONDS):
            await asyncio.get_running_loop().sock_connect(connection, (str(address), port))
    except BaseException:
        connection.close()
        raise
    return connection


def _endless_head() -> FetchError:
    return FetchError("protocol_error", f"more than {HEAD_BYTES // 1024} KiB before the head of the answer was whole")


def _reason(error: Exception) -> str:
    """The part of an error that says something to a person."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
