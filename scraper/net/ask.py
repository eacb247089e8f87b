"""Makes one request: hop by hand after hop, inside one deadline, each hop on a connection of its own.

It knows nothing of sources, robots.txt or politeness: `fetch.py` does. No cookie is ever kept, no environment variable read.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, cast

import httpcore
import socksio

from scraper.errors import FetchError
from scraper.model import Validators
from scraper.net.answer import MAY_BE_A_CHALLENGE, PERMANENT, REDIRECTS, Head, is_usable, unquoted
from scraper.net.body import ACCEPT_ENCODING, Room, coding_of, read_body, too_large
from scraper.net.connect import Line, Resolver
from scraper.net.guard import Address, Origin, Reach, is_onion, refusal, refusal_by_name
from scraper.net.load import Aside, Visit
from scraper.net.patience import Patience
from scraper.net.proxy import Proxy, connection_to, core_url
from scraper.net.target import Target, read_target

ACCEPT: Final = (
    "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/xml, */*;q=0.8"
)

_WALL_BYTES, _WALL_SECONDS = 64 * 1024, 3.0  # how much of an error page is read to tell a wall from a fault
_FRAMING = 256 * 1024  # what chunk sizes and the end of the head may add to a body on the wire

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as it is to be made.

    `headers` may hold secrets: they go to `own` alone, validators to every hop. `max_wait` covers names, all hops and the body.
    With `cut` the first `max_bytes` of a longer or slower body will do.
    """

    target: Target
    reach: Reach
    user_agent: str
    max_wait: timedelta
    max_bytes: int
    max_redirects: int
    own: Origin | None = None
    headers: Headers = field(default=(), repr=False)
    validators: Validators = Validators()
    proxy: Proxy | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came in the end, and from where. `moved` is true where there were redirects and all of them were permanent.

    The body of an error page is read (in part) only where it may be a wall's; else it is b"".
    """

    head: Head
    body: bytes = field(repr=False)
    target: Target
    moved: bool


async def ask(
    request: Ask,
    resolve: Resolver,
    context: Callable[[], ssl.SSLContext],
    visit: Visit,
    aside: Aside,
    patience: Patience = asyncio.timeout,
) -> Answer:
    """The answer to `request` after all redirects, whatever its status. `context` is called for the first https hop.

    The body belongs to `visit`. Where it must wait for room, it does so `aside`, and that time is not its own. `patience`
    measures all deadlines. Raises FetchError.
    """
    try:
        async with patience(request.max_wait.total_seconds()) as deadline:
            return await _follow(request, resolve, context, _room(visit, aside, deadline), patience)
    except TimeoutError as error:
        seconds = request.max_wait.total_seconds()
        raise FetchError("timeout", f"{request.target.origin.host} was not done within {seconds:g} s") from error


def _room(visit: Visit, aside: Aside, deadline: asyncio.Timeout) -> Room:
    """Room in the visit for a body that grows. `deadline` stands still while it is waited for."""

    async def wait(size: int) -> None:
        clock, ends = asyncio.get_running_loop().time, deadline.when()
        left = None if ends is None else ends - clock()
        deadline.reschedule(None)
        try:
            async with aside():
                await visit.wait(size)
        finally:
            deadline.reschedule(None if left is None else clock() + left)

    return lambda size: None if visit.fits(size) else wait(size)


async def _follow(
    request: Ask, resolve: Resolver, context: Callable[[], ssl.SSLContext], room: Room, patience: Patience
) -> Answer:
    target, status, moved = request.target, None, True
    for hop in range(request.max_redirects + 1):
        try:
            head, body = await _hop(request, target, resolve, context, room, patience)
            if head.status not in REDIRECTS:
                return Answer(head, body, target, moved=bool(hop) and moved)
            status, moved = head.status, moved and head.status in PERMANENT
            target = read_target(_location(head), base=target)
        except FetchError as error:
            if status is not None and error.outcome == "blocked":
                raise FetchError("blocked", f"a redirect leads astray: {error.detail}", status=status) from error
            raise
    raise FetchError("too_many_redirects", f"more than {request.max_redirects} redirects", status=status)


def _location(head: Head) -> str:
    value = head.first("location")
    if not value:
        raise FetchError("http_error", f"status {head.status} without a Location", status=head.status)
    with suppress(UnicodeDecodeError):  # not what RFC 9110 allows, but what sites send
        return value.encode("latin-1").decode("utf-8")
    return value


async def _hop(
    request: Ask,
    target: Target,
    resolve: Resolver,
    context: Callable[[], ssl.SSLContext],
    room: Room,
    patience: Patience,
) -> tuple[Head, bytes]:
    """Head and body of one answer; a redirect's body stays unread. Raises FetchError."""
    line = Line(resolve, judge(target, request.reach, request.proxy), patience)
    tls = context() if target.origin.scheme == "https" else None
    carrier = connection_to(target.origin, line, tls, request.proxy)
    head = None
    try:
        response = await carrier.handle_async_request(
            httpcore.Request(b"GET", core_url(target), headers=_headers(request, target))
        )
        head = Head(response.status, response.headers)
        return head, await _body(request, head, line, cast(AsyncIterable[bytes], response.stream), room, patience)
    except httpcore.RemoteProtocolError as error:
        if head is not None and line.ended:
            raise FetchError("incomplete", f"the body ends too early: {unquoted(error)}", status=head.status) from error
        raise FetchError("protocol_error", f"this is not HTTP: {unquoted(error)}") from error
    except httpcore.LocalProtocolError:
        # `from None`: h11 repeats the header it refuses, which may be a secret
        raise FetchError("protocol_error", "a header or address of this source cannot be written in HTTP") from None
    except (
        httpcore.ProxyError,
        socksio.SOCKSError,
        AssertionError,
    ) as error:  # httpcore asserts what a SOCKS proxy says
        raise FetchError(
            "network_error", f"the proxy refuses: {unquoted(error) or 'it does not speak SOCKS 5'}"
        ) from error
    except (httpcore.NetworkError, httpcore.TimeoutException) as error:
        raise FetchError("network_error", f"the connection broke: {error}") from error
    finally:
        line.close()


async def _body(
    request: Ask, head: Head, line: Line, pieces: AsyncIterable[bytes], room: Room, patience: Patience
) -> bytes:
    if head.status in MAY_BE_A_CHALLENGE and not request.cut:
        line.allow(_WALL_BYTES + _FRAMING, lambda: too_large(_WALL_BYTES))
        with suppress(FetchError, httpcore.RemoteProtocolError):  # it failed anyway; this only names the failure better
            return await read_body(
                pieces,
                coding_of(head.all("content-encoding")),
                _WALL_BYTES,
                cut_after=_WALL_SECONDS,
                patience=patience,
            )
        return b""
    if not (200 <= head.status < 300 if request.cut else head.status in (200, 203)):
        return b""
    length = head.first("content-length")
    if not request.cut and length.isdecimal() and int(length[:20]) > request.max_bytes:
        raise too_large(request.max_bytes)
    line.allow(request.max_bytes + _FRAMING, lambda: too_large(request.max_bytes))
    cut_after = request.max_wait.total_seconds() * 0.8 if request.cut else None
    coding = coding_of(head.all("content-encoding"))
    return await read_body(pieces, coding, request.max_bytes, cut_after=cut_after, room=room, patience=patience)


def judge(target: Target, reach: Reach, proxy: Proxy | None) -> Callable[[str, int, Sequence[Address]], str]:
    """Who may be connected to for `target`: what `Line` asks. Raises FetchError for what needs no resolution to be refused."""
    origin = target.origin
    if proxy is None:
        if is_onion(origin.host):
            raise FetchError("blocked", f"{origin.host} can be reached through a proxy only")
        return lambda host, port, addresses: refusal(origin, addresses, reach)
    why = refusal_by_name(origin, reach)
    if why:
        raise FetchError("blocked", why)
    return lambda host, port, addresses: "" if (host, port) == (proxy.host, proxy.port) else f"{host} is not the proxy"


def _headers(request: Ask, target: Target) -> list[tuple[bytes, bytes]]:
    headers = {"User-Agent": request.user_agent, "Accept": ACCEPT}
    if target.origin == request.own:
        given = dict(request.headers)
        headers = {
            name: value for name, value in headers.items() if name.lower() not in {g.lower() for g in given}
        } | given
    headers = {"Host": target.netloc} | headers | {"Accept-Encoding": ACCEPT_ENCODING, "Connection": "close"}
    if is_usable(request.validators.etag):
        headers["If-None-Match"] = request.validators.etag
    if is_usable(request.validators.last_modified):
        headers["If-Modified-Since"] = request.validators.last_modified
    return [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers.items()]
