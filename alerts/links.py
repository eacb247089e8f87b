"""Which address of a page may become a link in a message, and which host a person is told that it leads to.

Telegram refuses a whole message for one address that it cannot check (tdlib/td `LinkManager::check_link`: "Wrong HTTP URL" for
a host without a dot), so what is linked here is never in doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

import idna

LONGEST = 2_048
"""Characters of an address that still becomes a link: browsers and chats cut longer ones."""

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+{_LABEL}\Z|(?=[^:]*:)[0-9a-f:.]{{2,45}}\Z", re.ASCII)
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]{0,20}):")
_CAMPAIGN = re.compile(r"(utm_\w+|fbclid|gclid|dclid|msclkid|yclid|mc_cid|mc_eid|igshid)\Z", re.IGNORECASE)
_PATH_SAFE = "/:@!$&'()*+,;=-._~%"


@dataclass(frozen=True, slots=True)
class Link:
    """`url` may be linked; "" where it may not. `host` is what to tell: the real host in ASCII, or "" where there is none."""

    url: str
    host: str
    scheme: str


def link(url: str | None) -> Link:
    """What a message may make of `url`: http and https only, with a real host, no user part, at most `LONGEST` characters.

    The host is in its ASCII form in the link too, so that what is shown is where it leads; what is not ASCII in the rest
    is percent-encoded, and parameters that only say which campaign led there are taken off.
    """
    if not url:
        return Link("", "", "")
    url = url.encode("utf-8", "replace").decode()  # a lone surrogate has no percent-encoding
    named = _SCHEME.match(url)
    scheme = named[1].lower() if named else ""
    if scheme not in ("http", "https"):
        return Link("", "", scheme)
    if re.search(r"[\x00-\x20\x7f-\xa0\\<>\"\u2000-\u206f]", url.strip()):
        return Link("", "", scheme)
    try:
        parts = urlsplit(url.strip())
        host = _ascii(parts.hostname or "")
        port = parts.port
    except ValueError:
        return Link("", "", scheme)
    if not host or parts.username is not None or parts.password is not None:
        return Link("", host, scheme)
    where = f"[{host}]" if ":" in host else host
    if len(url) > LONGEST:
        return Link("", where, scheme)
    built = parts._replace(
        scheme=scheme,
        netloc=where if port is None else f"{where}:{port}",
        path=quote(parts.path, safe=_PATH_SAFE) or "/",
        query=quote(_uncounted(parts), safe=_PATH_SAFE + "?"),
        fragment=quote(parts.fragment, safe=_PATH_SAFE + "?"),
    ).geturl()
    return Link(built if len(built) <= LONGEST else "", where, scheme)


def _ascii(host: str) -> str:
    """The host as it is asked for in DNS, or "" where it is none that a link may have."""
    host = host.rstrip(".").lower()
    try:
        host = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ""
    return host if _HOST.match(host) else ""


def _uncounted(parts: SplitResult) -> str:
    """The query without campaign parameters; untouched where there is none of them, since order and spelling may matter."""
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [pair for pair in pairs if not _CAMPAIGN.match(pair[0])]
    return parts.query if len(kept) == len(pairs) else urlencode(kept)
