"""Says which addresses may be reached: the public internet, and what the operator opened by name. Pure, touches no network.

The rules are those of `docs/decisions/how-we-fetch.md`. A name is judged by *all* the addresses it resolves to, after it
was resolved and before anything is connected; whoever connects must use the very addresses that were judged.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal, NamedTuple

from scraper.errors import ConfigError, Problem

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Standing = Literal["public", "private", "never"]
"""`private` opens to a source's own `allow_private`; `never` only to a range written out in `[fetch] allow_private`."""


class Origin(NamedTuple):
    """Scheme, host and port: what a grant and a credential belong to (RFC 6454 section 4). All lower case, IPv6 bare."""

    scheme: str
    host: str
    port: int

    @property
    def place(self) -> str:
        """Host and port as a URL writes them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.place}"


# The registries: https://www.iana.org/assignments/iana-ipv4-special-registry and ...-ipv6-special-registry. Written out because
# `ipaddress` of Python 3.11 calls several of them global (NAT64, 6to4, site-local, the relay range) and CVE-2021-29921 and
# CVE-2024-4032 show that its opinion moves. 168.63.129.16 is public by registry, and what a machine in Azure asks for its
# configuration (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16). First hit wins.
_RANGES: tuple[tuple[str, Standing, str], ...] = (
    ("0.0.0.0/8", "never", "this machine"),
    ("10.0.0.0/8", "private", "private"),
    ("100.64.0.0/10", "private", "carrier-grade NAT"),
    ("127.0.0.0/8", "private", "loopback"),
    ("169.254.0.0/16", "never", "link-local"),
    ("168.63.129.16/32", "never", "a cloud's own service"),
    ("172.16.0.0/12", "private", "private"),
    ("192.0.0.0/24", "private", "protocol assignments"),
    ("192.0.2.0/24", "private", "documentation"),
    ("192.88.99.0/24", "never", "6to4 relay"),
    ("192.168.0.0/16", "private", "private"),
    ("198.18.0.0/15", "private", "benchmarking"),
    ("198.51.100.0/24", "private", "documentation"),
    ("203.0.113.0/24", "private", "documentation"),
    ("224.0.0.0/4", "never", "multicast"),
    ("240.0.0.0/4", "never", "reserved or broadcast"),
    ("::/128", "never", "unspecified"),
    ("::1/128", "private", "loopback"),
    ("64:ff9b::/96", "never", "NAT64"),
    ("64:ff9b:1::/48", "never", "local NAT64"),
    ("2001::/32", "never", "Teredo"),
    ("2001:db8::/32", "private", "documentation"),
    ("2002::/16", "never", "6to4"),
    ("3fff::/20", "private", "documentation"),
    ("fc00::/7", "private", "unique local"),
    ("fe80::/10", "never", "link-local"),
    ("fec0::/10", "private", "site-local"),
    ("ff00::/8", "never", "multicast"),
)
_SPECIAL = tuple((ipaddress.ip_network(network), standing, name) for network, standing, name in _RANGES)
_ALLOCATED_V6 = IPv6Network("2000::/3")

# Names that mean "here" to every resolver, also to a proxy's: RFC 6761, RFC 6762, RFC 8375, ICANN's .internal, and old habits.
_LOCAL_SUFFIXES = ("localhost", "local", "internal", "home.arpa", "localdomain", "lan", "intranet", "home", "corp")
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.IGNORECASE)


def standing(address: Address) -> tuple[Standing, str]:
    """How `address` stands and what its range is called. An IPv4 address mapped into IPv6 stands as the IPv4 address it is."""
    address = unmapped(address)
    for network, verdict, name in _SPECIAL:
        if address.version == network.version and address in network:
            return verdict, name
    if isinstance(address, IPv6Address) and address not in _ALLOCATED_V6:
        return "never", "unallocated"  # also ::/96 and ::ffff:0:0:0/96, which embed an IPv4 address
    if address.is_multicast or address.is_reserved or not address.is_global:
        return "never", "not public"
    return "public", "public"


def unmapped(address: Address) -> Address:
    """`::ffff:127.0.0.1` as `127.0.0.1`; every other address as it is."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


@dataclass(frozen=True, slots=True)
class Reach:
    """What one request may reach beyond the public internet.

    `networks` and `endpoints` are the operator's `[fetch] allow_private`; `own` is the origin of a source that has
    `allow_private = true`, and nothing else of it.
    """

    networks: tuple[Network, ...] = ()
    endpoints: frozenset[tuple[str, int]] = frozenset()
    own: Origin | None = None


def read_grants(allow_private: Iterable[str]) -> Reach:
    """`[fetch] allow_private` (CIDR ranges, addresses, `host:port`) as a Reach without an origin of its own.

    Raises ConfigError with one Problem for each entry that is neither.
    """
    networks: list[Network] = []
    endpoints: set[tuple[str, int]] = set()
    problems: list[Problem] = []
    for entry in allow_private:
        network, endpoint = _read_network(entry), _read_endpoint(entry)
        if network is not None:
            networks.append(network)
        elif endpoint is not None:
            endpoints.add(endpoint)
        else:
            what = f"{entry!r} is neither an address range nor host:port"
            problems.append(
                Problem("", 0, 0, "fetch.allow_private", what, 'for example "10.1.0.0/16" or "wiki.lan:8080"')
            )
    if problems:
        raise ConfigError(problems)
    return Reach(tuple(networks), frozenset(endpoints))


def _read_network(entry: str) -> Network | None:
    try:
        return ipaddress.ip_network(entry.strip())
    except ValueError:
        return None


def _read_endpoint(entry: str) -> tuple[str, int] | None:
    host, colon, port = entry.strip().lower().rpartition(":")
    if not (colon and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return None
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    literal = read_literal(host)
    if literal is None and not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", host):
        return None
    return (host if literal is None else str(literal), int(port))


def read_literal(host: str) -> Address | None:
    """`host` as the address it spells in its one plain form, or None where it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_ambiguous(host: str) -> bool:
    """True for a host that ends in a number but is no plain IPv4 address: `127.1`, `0177.0.0.1`, `2130706433`, `127.0.0.1.`.

    URL parsers and `getaddrinfo` read these as addresses (WHATWG URL, "ends in a number checker"); nobody needs them.
    """
    if ":" in host:
        return False
    last = host.rstrip(".").rpartition(".")[2]
    return bool(_NUMBER.fullmatch(last)) and not isinstance(read_literal(host), IPv4Address)


def refusal(target: Origin, addresses: Iterable[Address], reach: Reach) -> str:
    """Why `target` may not be reached at `addresses`, its name's resolution; "" where every one of them may be connected to."""
    for address in addresses:
        verdict, name = standing(address)
        if verdict == "public" or _is_opened(unmapped(address), reach.networks):
            continue
        if verdict == "private" and (target == reach.own or (target.host, target.port) in reach.endpoints):
            continue
        return f"{target.place} is at {address} ({name})"
    return ""


def _is_opened(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def refusal_by_name(target: Origin, reach: Reach) -> str:
    """Why `target` may not be asked for through a proxy, which resolves the name where we cannot see it; "" where it may."""
    literal = read_literal(target.host)
    if literal is not None:
        return refusal(target, (literal,), reach)
    if target == reach.own or (target.host, target.port) in reach.endpoints:
        return ""
    name = target.host.rstrip(".")
    if "." not in name or name.endswith(tuple(f".{suffix}" for suffix in _LOCAL_SUFFIXES)):
        return f"{target.place} is a local name"
    return ""


def is_onion(host: str) -> bool:
    """True for a name that must never be given to DNS (RFC 7686): only a proxy can reach it."""
    return host.rstrip(".").endswith(".onion")
