"""Obeys robots.txt (RFC 9309): what a site's file says, for how long it counts, and what holds where there is none.

| robots.txt                                   | rule                                                            | asked again   |
|----------------------------------------------|-----------------------------------------------------------------|---------------|
| 2xx                                          | its rules; at most 512 KiB and 5 s of it are read               | after 24 hours |
| 4xx, too many redirects, a redirect to where | everything is allowed (sections 2.3.1.2 and 2.3.1.3)            | after 24 hours |
| we may not go, an answer that is no HTTP     |                                                                 |               |
| 5xx                                          | the last copy, up to 30 days old; without one nothing is allowed, | after 1 hour |
|                                              | and after 30 days of it everything (section 2.3.1.4)            |               |
| no answer at all (network, certificate, 5 s) | the last copy, up to 30 days old; without one the poll fails    | at once       |
|                                              | with that very error: the page would have failed with it too    |               |
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

import protego

from scraper.errors import FetchError
from scraper.net.answer import Head

MAX_BYTES: Final = 512 * 1024
"""RFC 9309 section 2.5 asks for at least 500 KiB."""
SECONDS: Final = 5.0
LIFE: Final = timedelta(hours=24)
FAILING_LIFE: Final = timedelta(hours=1)
LONGEST_FAILING: Final = timedelta(days=30)
MAX_CRAWL_DELAY: Final = timedelta(seconds=60)
"""A longer Crawl-delay is cut to this: it is no part of RFC 9309, and a poll asks for very few pages."""

_RULINGS_KEPT = 16_384  # a source asks for the same address at each poll: its ruling is one look into a dictionary
_FILES_KEPT = 128  # for the articles of one poll, which lie on the same site
_LONG = 32 * 1024  # characters from which on a file is read beside the event loop
_AGENT_LINE = re.compile(r"\s*user(?:-|\s*)agent[\s:]+([^#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What we know of one site's robots.txt. `read_at` is when this verdict was first given, `asked_at` when we last asked.

    `rules`: `text` governs. `free`: everything is allowed. `failing`: the site answers 5xx and has never answered otherwise.
    `asked_at` is later than `read_at` where the site is failing and an older copy still counts.
    """

    verdict: Literal["rules", "free", "failing"]
    text: str
    read_at: datetime
    asked_at: datetime

    @property
    def life(self) -> timedelta:
        """How long after `asked_at` it counts."""
        return LIFE if self.read_at == self.asked_at and self.verdict != "failing" else FAILING_LIFE

    def is_fresh(self, now: datetime) -> bool:
        """True while it need not be asked for again; a clock that was set back makes it old, not eternal."""
        return abs(now - self.asked_at) < self.life


class RobotsShelf(Protocol):
    """Where robots.txt files are kept over restarts, so that a run from cron does not ask for all of them again.

    `origin` is scheme, host and port in one string. What a shelf raises (StoreError) passes through `Fetcher.fetch`.
    """

    async def load(self, origin: str) -> RobotsFile | None:
        """The file kept for `origin`, or None."""

    async def save(self, origin: str, file: RobotsFile) -> None:
        """Keeps `file` in the place of what was kept for `origin`."""


class MemoryShelf:
    """A shelf that lasts as long as the process: for one-off commands and tests."""

    def __init__(self) -> None:
        self.files: dict[str, RobotsFile] = {}

    async def load(self, origin: str) -> RobotsFile | None:
        """The file kept for `origin`, or None."""
        return self.files.get(origin)

    async def save(self, origin: str, file: RobotsFile) -> None:
        """Keeps `file` in the place of what was kept for `origin`."""
        self.files[origin] = file


AskRobots = Callable[[], Awaitable[tuple[Head, bytes]]]
"""Asks for one site's robots.txt, bounded in time and bytes. Raises FetchError."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What robots.txt says about one address: `why_not` is "" where we may fetch it. It counts as long as its file does."""

    why_not: str
    crawl_delay: timedelta | None
    asked_at: datetime
    life: timedelta

    def is_fresh(self, now: datetime) -> bool:
        """True while the file behind it need not be asked for again."""
        return abs(now - self.asked_at) < self.life


class Robots:
    """Holds the rulings in use; asks for each robots.txt once, however many requests wait for it."""

    def __init__(self, shelf: RobotsShelf) -> None:
        self._shelf = shelf
        self._rulings: OrderedDict[tuple[str, str, str], Ruling] = OrderedDict()
        self._files: OrderedDict[str, RobotsFile] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    async def rule(self, origin: str, url: str, user_agent: str, ask: AskRobots, now: datetime) -> Ruling:
        """What the robots.txt of `origin` says about `url` for `user_agent`.

        `now` is aware UTC. Raises FetchError where there is no robots.txt to be had and no copy of it, and what the shelf raises.
        """
        key = (origin, url, user_agent)
        ruling = self._rulings.get(key)
        if ruling is None or not ruling.is_fresh(now):
            file = await self._current(origin, ask, now)
            if len(file.text) < _LONG:
                ruling = judge(file, url, user_agent, now)
            else:
                ruling = await asyncio.to_thread(judge, file, url, user_agent, now)
            self._rulings[key] = ruling
        self._rulings.move_to_end(key)
        while len(self._rulings) > _RULINGS_KEPT:
            self._rulings.popitem(last=False)
        return ruling

    async def _current(self, origin: str, ask: AskRobots, now: datetime) -> RobotsFile:
        lock = self._locks.setdefault(origin, asyncio.Lock())
        try:
            async with lock:
                file = self._files.get(origin) or await self._shelf.load(origin)
                if file is None or not file.is_fresh(now):
                    renewed = await _ask_again(file, ask, now)
                    if renewed is not file:
                        await self._shelf.save(origin, renewed)
                    file = renewed
                self._files[origin] = file
        finally:
            if not lock.locked():
                self._locks.pop(origin, None)
        self._files.move_to_end(origin)
        while len(self._files) > _FILES_KEPT:
            self._files.popitem(last=False)
        return file


async def _ask_again(old: RobotsFile | None, ask: AskRobots, now: datetime) -> RobotsFile:
    """A new file, or the old one where it still counts. Raises FetchError where there is neither."""
    try:
        head, body = await ask()
    except FetchError as error:
        if error.outcome in ("network_error", "timeout"):
            if old is not None and old.verdict != "failing" and now - old.read_at < LONGEST_FAILING:
                return old
            raise FetchError(error.outcome, f"robots.txt: {error.detail}", condition=error.condition) from error
        if error.outcome == "blocked" and error.status is None:
            raise  # the site itself is where we may not go; only a redirect's refusal is the file's own affair
        return RobotsFile("free", "", now, now)
    if 200 <= head.status < 300:
        return RobotsFile("rules", _text(body), now, now)
    if head.status >= 500:
        return replace(old, asked_at=now) if old is not None else RobotsFile("failing", "", now, now)
    return RobotsFile("free", "", now, now)


def _text(body: bytes) -> str:
    """The file as text. Where it was cut, its last line goes: half of "Disallow: /private" would forbid everything."""
    if len(body) >= MAX_BYTES:
        body = body.rpartition(b"\n")[0]
    return body.decode("utf-8", "replace").removeprefix("\ufeff").replace("\x00", "")


def judge(file: RobotsFile, url: str, user_agent: str, now: datetime) -> Ruling:
    """What `file` says about `url` for the product that `user_agent` begins with ("bayan/1 (...)" is "bayan")."""
    why_not, seconds = "", None
    if file.verdict != "free" and now - file.read_at <= LONGEST_FAILING:
        if file.verdict == "failing":
            why_not = "robots.txt answers with a server error, which means no until it is well again (RFC 9309)"
        else:
            product = product_of(user_agent)
            rules = protego.Protego.parse(relevant(file.text, product))
            seconds = rules.crawl_delay(product)
            why_not = "" if rules.can_fetch(url, product) else f"robots.txt does not allow {product} here"
    delay = timedelta(seconds=min(float(seconds), MAX_CRAWL_DELAY.total_seconds())) if seconds else None
    return Ruling(why_not, delay, file.asked_at, file.life)


def product_of(user_agent: str) -> str:
    """The product token of a User-Agent (RFC 9309 section 2.2.1), lower case: what stands before the first slash or space."""
    return re.split(r"[/\s(;]", user_agent.strip(), maxsplit=1)[0].lower() or "*"


def relevant(text: str, product: str) -> str:
    """`text` with every User-agent line that is neither ours nor "*" made one and the same, so that each group has at most three.

    protego copies each rule of a group to each of its agents: 16,000 agents with 20,000 rules fit in 512 KiB and would be
    320 million rules.
    """
    lines: list[str] = []
    for line in text.splitlines():
        agent = _AGENT_LINE.match(line)
        if agent is None:
            lines.append(line)
            continue
        name = agent[1].strip().lower()
        line = f"User-agent: {name}" if name.replace("*", "") in product else "User-agent: somebody-else"
        if not lines or lines[-1] != line:
            lines.append(line)
    return "\n".join(lines)
