"""Reads the head of an answer: what its status means for a source, when to come back, what its headers claim. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from scraper.errors import FetchError
from scraper.model import Validators

MAX_VALIDATOR: Final = 1_000
"""Characters of an ETag or Last-Modified that we keep; longer ones are not worth sending back."""

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
PERMANENT: Final = frozenset({301, 308})
MAY_BE_A_CHALLENGE: Final = frozenset({202, 401, 403, 405, 429, 503})
"""Statuses under which walls send their browser challenge: these bodies are looked into, all other error bodies are not read."""

HTTP_SAYS: Final = {
    400: "the site could not read the request",
    403: "the site refuses",
    404: "there is no such page",
    500: "the site has failed",
    502: "what stands before the site cannot reach it",
    503: "the site is overloaded or closed for a while",
    504: "what stands before the site waited in vain",
}
"""The common statuses in words, for whoever reads a poll's detail."""

_CHALLENGE_HEADERS = ("cf-mitigated", "x-datadome", "x-amzn-waf-action")
# Marks of the common walls, as their pages carry them (Cloudflare, DDoS-Guard, Sucuri, Imperva, DataDome, PerimeterX, AWS WAF).
_CHALLENGE_MARKS = re.compile(
    rb"just a moment\.\.\.|enable javascript and cookies to continue|cf-chl|challenge-platform|attention required! \| cloudflare"
    rb"|checking your browser|ddos-guard|sucuri website firewall|_incapsula_resource|captcha-delivery\.com|px-captcha|awswafintegration"
    rb"|g-recaptcha|h-captcha|verify(?:ing)? (?:that )?you are (?:a )?human",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"bytearray\(|\bb['\"]")  # h11 repeats the line that it cannot read
_REFUSAL = re.compile(r"([0-9]{3}) ")  # httpcore repeats the reason phrase of a proxy
_VISIBLE = re.compile(r"[\x20-\x7e\x80-\xff]+")
_SECONDS = re.compile(r"[0-9]{1,20}")
_COUNT = re.compile(r"[0-9]{1,7}")
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=\"?([0-9]{1,12})")
_TOKEN = re.compile(r"[a-z0-9!#$&^_.+/-]{1,100}")


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers of one answer, as they came. Header names are compared without case."""

    status: int
    headers: Sequence[tuple[bytes, bytes]] = field(repr=False)

    def all(self, name: str) -> list[str]:
        """Every value of a header, in order, as Latin-1 text (RFC 9110 section 5.5)."""
        wanted = name.encode()
        return [value.decode("latin-1").strip() for key, value in self.headers if key.lower() == wanted]

    def first(self, name: str) -> str:
        """The first value of a header, "" where there is none."""
        return next(iter(self.all(name)), "")


def validators_of(head: Head) -> Validators:
    """The ETag and Last-Modified worth keeping: visible characters only, at most 1,000 of them."""
    return Validators(_validator(head.first("etag")), _validator(head.first("last-modified")))


def _validator(value: str) -> str:
    return value if is_usable(value) else ""


def is_usable(validator: str) -> bool:
    """True for a validator worth keeping and sending back."""
    return len(validator) <= MAX_VALIDATOR and bool(_VISIBLE.fullmatch(validator))


def content_type(head: Head) -> tuple[str, str]:
    """Media type and charset that Content-Type claims, lower case, each "" where it is missing or no token."""
    media, *parameters = head.first("content-type").lower().split(";")
    charset = ""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            charset = value.strip().strip("\"'").strip()
            break
    return _token(media.strip()), _token(charset)


def _token(text: str) -> str:
    return text if _TOKEN.fullmatch(text) else ""


def retry_after(head: Head, now: datetime, longest: timedelta) -> timedelta | None:
    """The wait that Retry-After asks for (RFC 9110 section 10.2.3), at most `longest`; None for none, rubbish and the past.

    `now` is aware. Both forms are read: seconds, and an HTTP date.
    """
    value = head.first("retry-after")
    if _SECONDS.fullmatch(value):
        seconds = min(int(value), int(longest.total_seconds()))
        return timedelta(seconds=seconds) if seconds else None
    try:
        at = parsedate_to_datetime(value)
        wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    except (
        ValueError,
        TypeError,
        IndexError,
        OverflowError,
    ):  # all of them happen: the standard library parses what it can
        return None
    return min(wait, longest) if wait > timedelta(0) else None


def fresh_for(head: Head) -> timedelta | None:
    """How long the answer is fresh: `max-age` less Age (RFC 9111 section 4.2.1), at most a day; None where it does not say.

    `no-cache` and `no-store` forbid to rely on it. A shared cache's `s-maxage` is not for us.
    """
    said = ",".join(head.all("cache-control")).lower()
    found = _MAX_AGE.search(said)
    if found is None or "no-cache" in said or "no-store" in said:
        return None
    age = head.first("age")
    left = min(int(found[1]), 86_400) - (min(int(age), 86_400) if _SECONDS.fullmatch(age) else 0)
    return timedelta(seconds=left) if left > 0 else None


def total_pages(head: Head) -> int | None:
    """How many pages the list has (X-WP-TotalPages of the WordPress REST API); None where it does not say."""
    said = head.first("x-wp-totalpages")
    return int(said) if _COUNT.fullmatch(said) else None


def unquoted(error: Exception) -> str:
    """What the HTTP library says of an answer, without what it repeats of it: a site may say back what it was told in secret.

    Of a proxy's refusal its status is left, of a line that is no HTTP that it is none.
    """
    said = str(error)
    found = _REFUSAL.match(said)
    return found[1] if found else _QUOTED.split(said, maxsplit=1)[0].rstrip(" :,(")


def is_challenge(head: Head, body: bytes) -> bool:
    """True where an error page is a wall that wants a browser, not the site's own word. We name it and never try to break it."""
    if head.status not in MAY_BE_A_CHALLENGE:
        return False
    return any(head.first(name) for name in _CHALLENGE_HEADERS) or bool(_CHALLENGE_MARKS.search(body))


def failure(head: Head, body: bytes, now: datetime, longest_wait: timedelta) -> FetchError | None:
    """What an answer that is neither redirect nor 304 means: None for a whole page, else the error it is recorded as.

    `body` is needed only for the statuses in MAY_BE_A_CHALLENGE. `longest_wait` caps Retry-After.
    """
    status = head.status
    if status in (200, 203):
        return None
    if status in (204, 205):
        return FetchError("empty", f"status {status}: the site says there is nothing", status=status)
    if status == 206:
        return FetchError("incomplete", "status 206: a part that nobody asked for", status=status)
    if status == 410:
        return FetchError("gone", "status 410: the site says it is gone for good", status=status)
    if is_challenge(head, body):
        return FetchError("blocked_by_site", f"status {status}: a wall that asks for a browser", status=status)
    wait = retry_after(head, now, longest_wait) if status in (429, 503) else None
    if status == 429 or wait is not None:
        asked = f"; come back in {wait.total_seconds():.0f} s" if wait is not None else ""
        return FetchError("rate_limited", f"status {status}{asked}", retry_after=wait, status=status)
    if status == 401:
        return FetchError("http_error", "status 401: the site asks for credentials", status=status)
    said = HTTP_SAYS.get(status)
    return FetchError("http_error", f"status {status}" + (f": {said}" if said else ""), status=status)
