"""Apprise: e-mail, Matrix, ntfy, Slack and a hundred more, by one address each, through the package of that name.

    message -> plain text -> apprise, in a thread of its own -> receipt, or one of the four errors

The package is an extra (`channels` in pyproject.toml, pinned in deploy/requirements-channels.lock); without it messages wait and the
operators are told. It says of a message only whether it went, so what did not go may have arrived all the same. Its addresses
hold passwords, and so do its own words: they reach an error only with every part of the address taken out.
"""

from __future__ import annotations

import asyncio
import importlib
import io
import logging
import re
import threading
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

from alerts.channels.console import draw
from alerts.errors import ChannelDown, MessageRefused, TryLater
from alerts.model import Message, Receipt
from scraper.errors import one_line
from scraper.secret import Secret

TOTAL_TIMEOUT = 60.0
"""Seconds for one message. What takes longer goes on in its thread; until that ends, nothing else is tried."""
MISSING: Final = "the package apprise is not installed"
REMEDY: Final = "python -m pip install --require-hashes --no-deps -r deploy/requirements-channels.lock"
_LONGEST_TITLE = 200
_SHORTEST_SECRET = 3


class AppriseChannel:
    """One address that apprise knows."""

    __slots__ = ("_count", "_thread", "_timeout", "_url")

    def __init__(self, url: Secret, *, timeout: float = TOTAL_TIMEOUT) -> None:
        self._url = url
        self._timeout = timeout
        self._thread: threading.Thread | None = None
        self._count = 0

    async def send(self, message: Message) -> Receipt:
        """Hand one message over; the receipts number them. Raises one of the four errors of `alerts/errors.py`."""
        if message.edits:
            raise MessageRefused("what is sent this way cannot be changed any more")
        if self._thread is not None and self._thread.is_alive():
            raise TryLater("an earlier message is still under way", certain=True)
        url = self._url.reveal()
        title, body = titled(message)
        went, said = await self._beside(lambda: _notify(url, title, body))
        if not went:
            raise TryLater(f"apprise could not hand it over{f': {said}' if said else ''}", certain=False)
        self._count += 1
        return Receipt(f"apprise-{self._count}")

    async def look(self) -> str:
        """Whether apprise is there and knows the address: a line for a person. Raises `ChannelDown`."""
        url = self._url.reveal()
        await self._beside(lambda: _opened(url))
        return f"apprise knows the address ({url.partition('://')[0]}://***); only `bayan channels test` tells whether it works"

    async def _beside(self, work: Callable[[], Any]) -> Any:
        """What `work` gives, from a thread that is waited for no longer than it may take: it cannot be stopped, only left."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Any] = loop.create_future()

        def settle(value: Any, error: Exception | None) -> None:
            if ended.done():
                return  # whoever waited has gone
            if error is None:
                ended.set_result(value)
            else:
                ended.set_exception(error)

        def run() -> None:
            value: Any = None
            error: Exception | None = None
            try:
                value = work()
            except ChannelDown as down:
                error = down
            except Exception as other:  # noqa: BLE001 - a plugin of theirs; its text may hold the address, so only its name is told
                error = TryLater(f"apprise failed: {type(other).__name__}", certain=False)
            try:
                loop.call_soon_threadsafe(settle, value, error)
            except RuntimeError:
                return  # the loop was closed meanwhile: nobody waits

        self._thread = threading.Thread(target=run, name="bayan-apprise", daemon=True)
        self._thread.start()
        try:
            async with asyncio.timeout(self._timeout):
                return await ended
        except TimeoutError as error:
            raise TryLater(f"no answer within {self._timeout:g} s", certain=False) from error

    def __repr__(self) -> str:
        return "AppriseChannel(***)"


def titled(message: Message) -> tuple[str, str]:
    """A subject and the text as plain lines, with the addresses of its links and what stands in its file."""
    alerts = message.about.alerts if message.about is not None else ()
    first = alerts[0].statement.title if len(alerts) == 1 else message.text.partition("\n")[0]
    body = draw(message, io.StringIO())
    if message.file is not None:
        body = f"{body}\n\n{message.file.text}"
    return one_line(first, _LONGEST_TITLE) or "bayan", body


def _opened(url: str) -> Any:
    """The package's own object for the address. Raises `ChannelDown`."""
    try:
        # Not an import statement: the package is an extra, and nothing of ours may need it to be read or checked.
        apprise: Any = importlib.import_module("apprise")
    except ImportError as error:
        raise ChannelDown(f"{MISSING}: {REMEDY}") from error
    # Its words may hold the address: `_notify` hears them, and the log never does.
    logging.getLogger("apprise").propagate = False
    target = apprise.Apprise()
    if not target.add(url):
        raise ChannelDown("`url` is no address that apprise knows")
    return target


def _notify(url: str, title: str, body: str) -> tuple[bool, str]:
    """Whether it went, and what apprise said last where it did not."""
    said: list[str] = []

    def hear(entry: Any, _service: Any) -> None:
        if entry.level not in ("TRACE", "DEBUG", "INFO"):
            said.append(entry.message)

    went = bool(_opened(url).notify(title=title, body=body, body_format="text", log_callback=hear))
    return went, without(url, said[-1]) if said and not went else ""


def without(url: str, said: str) -> str:
    """`said` on one line with every part of `url` taken out."""
    parts = {form for part in re.split(r"[:/@?&=#\s]+", url) for form in (part, unquote(part))}
    for part in sorted((one for one in parts if len(one) >= _SHORTEST_SECRET), key=len, reverse=True):
        said = said.replace(part, "***")
    return one_line(said)
