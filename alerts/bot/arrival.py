"""Who writes a code to a new bot: the first person, and the chat where alerts shall arrive, found out by a message of theirs.

Nobody knows his own numeric id, nor that of a group. A code that stands in the operator's own terminal is proof enough that
who sends it is meant; whatever else is written to the bot meanwhile is left aside.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from alerts.bot.access import speaks_for_nobody
from alerts.bot.incoming import Asked, read
from alerts.bot.line import Line
from alerts.errors import TryLater
from alerts.model import Message

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
_CODE_LENGTH = 8
_QUESTION = 10
"""Seconds that one question stays open: short, so that Ctrl-C and the end of the wait are heard soon."""
_REST = 3.0


@dataclass(frozen=True, slots=True)
class Arrived:
    """Who wrote the code, and where."""

    person: str
    name: str
    chat: str
    kind: str
    title: str
    topic: int | None = None


def new_code() -> str:
    """A code to write to the bot: random, for one wait."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))


async def await_newcomer(line: Line, code: str, seconds: float, invite: Callable[[str], None]) -> Arrived | None:
    """Wait until somebody writes `/start CODE`, for `seconds` at most; None where nobody did.

    `invite` is called with the bot's user name once it is known. Raises ChannelDown where the token is refused, TryLater where
    the server cannot be reached at all or another program listens with this token.
    """
    me = await line.me()
    invite(me)
    last = 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    updates = await line.hear(last + 1, seconds=_QUESTION)
                except TryLater as error:
                    if error.certain and error.after is None:
                        raise
                    await asyncio.sleep(error.after.total_seconds() if error.after is not None else _REST)
                    continue
                for update in updates:
                    last = update.update_id
                    found = read(update, me)
                    if isinstance(found, Asked) and _is_it(found, code):
                        await line.hear(last + 1, seconds=0)
                        return _arrived(found)
    except TimeoutError:
        return None


async def greet(line: Line, found: Arrived, words: str) -> None:
    """A first message to the chat: that it can be written to is proven, and not assumed. Raises the errors of deliveries."""
    await line.say(found.chat, Message(words), topic=found.topic)


def _is_it(asked: Asked, code: str) -> bool:
    if asked.command != "start" or speaks_for_nobody(asked.sender):
        return False
    return hmac.compare_digest(asked.words.strip().upper().encode(), code.encode())


def _arrived(asked: Asked) -> Arrived:
    sender = asked.sender
    return Arrived(sender.person, sender.name, asked.chat, asked.kind, asked.title, asked.topic)
