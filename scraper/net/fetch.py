"""Asks a site for one address, politely and safely: robots.txt, the host's turn, one bounded request, and what it means."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import httpx
import structlog

from scraper.errors import FetchError
from scraper.model import Page, Source, Unchanged, Validators
from scraper.net import robots
from scraper.net.answer import Head, content_type, failure, fresh_for, is_usable, total_pages, validators_of
from scraper.net.ask import Answer, Ask, Headers, ask
from scraper.net.connect import Resolver, SystemResolver
from scraper.net.gate import Gate, Turn
from scraper.net.guard import read_grants
from scraper.net.load import Load, Visit, limit_for
from scraper.net.patience import Pulse
from scraper.net.proxy import Proxy, read_proxy
from scraper.net.robots import Robots, RobotsShelf, Ruling
from scraper.net.target import Target, read_target
from scraper.settings import FetchSettings

RESERVED: Final = frozenset({
    "accept-encoding", "connection", "content-length", "expect", "host", "if-modified-since", "if-none-match", "keep-alive",
    "proxy-authorization", "proxy-connection", "range", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers that a source cannot set, lower case: they belong to the way we ask."""

NONE: Final = Validators()
"""Nothing to compare with: the whole page is wanted."""

DIRECT: Final = "direct:"
"""As the proxy of a source: none, whatever the settings say. No file can say it; it is for what bayan asks of itself."""

_SHORTEST_SECRET = 6
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff\t]*[\x21-\x7e\x80-\xff])?")

log = structlog.get_logger(__name__)


class Fetcher:
    """Asks sites, politely and safely. Holds the gate, the robots.txt files in use and the TLS settings; no connection.

    Every request has a connection of its own, opened to the addresses that were judged and closed after the answer: what a
    site leaves behind its answer can never be taken for another site's, and no permission outlives the request it was given to.
    """

    def __init__(
        self,
        settings: FetchSettings,
        shelf: RobotsShelf,
        *,
        verify: ssl.SSLContext | None = None,
        resolve: Resolver | None = None,
    ) -> None:
        """`verify` and `resolve` take the place of the public certificate authorities and of the system's names.

        Raises ConfigError for an `allow_private` that cannot be read.
        """
        self._settings = settings
        self._reach = read_grants(settings.allow_private)
        self._gate = Gate(settings.concurrency, settings.per_host_concurrency, settings.per_host_delay)
        self.load = Load(limit_for(settings.max_bytes))
        self._robots = Robots(shelf)
        self._pulse = Pulse()
        self._context = verify
        self._resolve = resolve or SystemResolver()
        self._warned: dict[str, datetime] = {}

    async def fetch(
        self,
        source: Source,
        url: str,
        *,
        clock: Callable[[], datetime],
        validators: Validators = NONE,
    ) -> Page | Unchanged:
        """The page at `url`, or that it has not changed since `validators`.

        `url` is the source's own address, or one found on it (a next page, an article): `source.allow_private`, its headers and
        credentials count for the origin of `source.url` alone. `clock` gives the aware UTC time. Waiting for robots.txt and for
        the host's turn is not part of `total_timeout`; both have limits of their own. Redirects are followed in the same turn.

        Raises FetchError, and what the shelf raises (StoreError).
        """
        target = read_target(url)
        own = target.origin if url == source.url else read_target(source.url).origin
        request = Ask(
            target,
            replace(self._reach, own=own if source.allow_private else None),
            source.user_agent or self._settings.user_agent,
            self._settings.total_timeout,
            self._settings.max_bytes,
            self._settings.max_redirects,
            own,
            _sendable(source),
            validators if self._settings.conditional else Validators(),
            self._proxy(source),
        )
        ruling = await self._rule(request, clock)
        if ruling.why_not:
            if source.robots == "obey" and self._settings.robots == "obey":
                raise FetchError(
                    "blocked_by_site",
                    f"{ruling.why_not} ({target.origin.host}{target.path.partition('?')[0]})",
                    condition="robots",
                )
            self._warn(source, target, ruling)
        async with self._gate.turn(target.origin.host, ruling.crawl_delay) as turn:
            try:
                answer = await self._ask(request, turn)
            except FetchError as error:
                masked = _masked(error, source)
                if masked is error:
                    raise
                raise masked from None
        return self._read(request, url, answer, clock())

    def visit(self, further: int = 0) -> AbstractContextManager[Visit]:
        """All that is fetched in here counts as held until its end (`load.py`); behind the first body, `further` bytes at most."""
        return self.load.visit(further)

    async def _ask(self, request: Ask, turn: Turn) -> Answer:
        with self.load.here() as visit:
            visit.begin()
            held = 0
            try:
                answer = await ask(request, self._resolve, self._tls, visit, turn.aside, self._pulse)
                held = len(answer.body)
                return answer
            finally:
                visit.finish(held)

    async def aclose(self) -> None:
        """Forgets the TLS settings. No connection outlives its fetch; fetches under way are their callers' to cancel."""
        self._context = None

    def _read(self, request: Ask, url: str, answer: Answer, now: datetime) -> Page | Unchanged:
        head, where = answer.head, answer.target.url
        if head.status == 304:
            if is_usable(request.validators.etag) or is_usable(request.validators.last_modified):
                return Unchanged(where, now)
            raise FetchError("protocol_error", "status 304, though we sent nothing to compare with", status=304)
        error = failure(head, answer.body, now, self._settings.max_retry_after)
        if error is not None:
            raise error
        if not answer.body:
            raise FetchError("empty", f"status {head.status} without a body", status=head.status)
        media_type, charset = content_type(head)
        return Page(
            url=where,
            asked=url,
            body=answer.body,
            fetched_at=now,
            status=head.status,
            media_type=media_type,
            charset=charset,
            validators=validators_of(head),
            moved_to=where if answer.moved else "",
            fresh_for=fresh_for(head),
            total_pages=total_pages(head),
        )

    async def _rule(self, request: Ask, clock: Callable[[], datetime]) -> Ruling:
        origin = request.target.origin

        async def ask_robots() -> tuple[Head, bytes]:
            file = replace(
                request,
                target=read_target(f"{origin}/robots.txt"),
                max_wait=min(timedelta(seconds=robots.SECONDS), request.max_wait),
                max_bytes=robots.MAX_BYTES,
                max_redirects=max(5, request.max_redirects),  # RFC 9309 section 2.3.1.2
                headers=(),
                validators=Validators(),
                cut=True,
            )
            async with self._gate.place() as turn:
                with self.load.visit():
                    answer = await self._ask(file, turn)
            return answer.head, answer.body

        return await self._robots.rule(str(origin), request.target.url, request.user_agent, ask_robots, clock())

    def _warn(self, source: Source, target: Target, ruling: Ruling) -> None:
        """Says once for each copy of a robots.txt that a source is fetched against it."""
        if self._warned.get(source.id) != ruling.asked_at:
            self._warned[source.id] = ruling.asked_at
            log.warning("fetched against robots.txt", source=source.id, host=target.origin.host, reason=ruling.why_not)

    def _proxy(self, source: Source) -> Proxy | None:
        return None if source.proxy == DIRECT else read_proxy(source.proxy or self._settings.proxy)

    def _tls(self) -> ssl.SSLContext:
        """One context for all: making one costs 50 ms. It trusts certifi's authorities, whatever the environment says."""
        if self._context is None:
            self._context = httpx.create_ssl_context(verify=True, trust_env=False)
        return self._context


def authorities() -> int:
    """How many certificate authorities our fetches trust; 0 where the list is lost. Raises OSError where it cannot be read."""
    return httpx.create_ssl_context(verify=True, trust_env=False).cert_store_stats()["x509_ca"]


def _sendable(source: Source) -> Headers:
    """The source's own headers. Raises FetchError, naming the header and not its value, for one that we cannot send."""
    for name, value in source.headers.items():
        if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)) or name.lower() in RESERVED:
            raise FetchError("protocol_error", f"the header {name!r} of this source cannot be sent")
    return tuple(source.headers.items())


def _masked(error: FetchError, source: Source) -> FetchError:
    """`error`, or one like it whose text does not hold a header of the source: a site may say it back, as the host of a redirect."""
    detail = error.detail
    for value in source.headers.values():
        if len(value) >= _SHORTEST_SECRET:
            detail = re.sub(re.escape(value), "***", detail, flags=re.IGNORECASE)
    if detail == error.detail:
        return error
    return FetchError(
        error.outcome, detail, retry_after=error.retry_after, status=error.status, condition=error.condition
    )
