"""Reads a URL once, strictly, into the one value that is judged, connected to and written on the request line.

There is one parser (httpx's), and what it would have to guess at is refused: two parsers that read one address differently are
how GHSA-rph4-96w6-q594 (a backslash) came about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

from scraper.errors import FetchError
from scraper.net.guard import Origin, is_ambiguous, read_literal

MAX_LENGTH: Final = 8192
"""Characters of an address; RFC 9110 section 4.1 asks for at least 8,000 octets."""

_PORTS: Final = {"http": 80, "https": 443}
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")


@dataclass(frozen=True, slots=True)
class Target:
    """One address to ask: `origin` says whom, `path` what (with its query, percent-encoded ASCII), `url` is all of it.

    `netloc` is what stands in the Host header. A fragment is dropped: it never goes on the wire.
    """

    origin: Origin
    path: str
    netloc: str
    url: str


def read_target(url: str, base: Target | None = None) -> Target:
    """`url` (absolute, or relative to `base`) as a Target. Raises FetchError("blocked") for everything odd.

    Refused are control characters, spaces and backslashes, other schemes than http and https, a user part, hosts that are
    numbers in disguise, hosts that IDNA 2008 does not know, and more than 8,192 characters.
    """
    if len(url) > MAX_LENGTH:
        raise FetchError("blocked", f"an address of {len(url)} characters")
    if _FORBIDDEN.search(url):
        raise FetchError("blocked", "an address with a control character, space or backslash")
    try:
        urlsplit(url)  # it knows brackets that do not fit, which httpx would encode
        parsed = httpx.URL(url) if base is None else httpx.URL(base.url).join(url)
        scheme, host = parsed.scheme, parsed.raw_host.decode("ascii")
        port = _PORTS.get(scheme, 0) if parsed.port is None else parsed.port
    except (httpx.InvalidURL, ValueError) as error:  # UnicodeError is a ValueError
        raise FetchError("blocked", f"not an address: {error}") from error
    if scheme not in _PORTS:
        raise FetchError("blocked", f"the scheme {scheme or '(none)'!r} is not http or https")
    if parsed.userinfo:
        raise FetchError("blocked", "an address with a user part")
    if is_ambiguous(host):
        raise FetchError("blocked", f"the host {host!r} is a number in disguise")
    if "%" in host:
        raise FetchError("blocked", "an address with a network zone")
    if ":" in host:
        host = str(read_literal(host))  # one spelling for each IPv6 address
    elif not _NAME.fullmatch(host):
        raise FetchError("blocked", f"{host!r} is not a host")
    if not 0 < port < 65536:
        raise FetchError("blocked", f"{port} is not a port")
    origin = Origin(scheme, host, port)
    netloc = origin.place if port != _PORTS[scheme] else origin.place.rpartition(":")[0]
    path = parsed.raw_path.decode("ascii")
    whole = f"{scheme}://{netloc}{path}"
    if len(whole) > MAX_LENGTH:  # joined to its base, or percent-encoded, it may have grown
        raise FetchError("blocked", f"an address of {len(whole)} characters")
    return Target(origin, path, netloc, whole)
