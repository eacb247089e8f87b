"""What can be asked in the chat: one table, read by the reception, the menus and /help.

A command is a function of what was asked and the house it is asked in; it gives an answer and sends nothing itself. Its doers
are those of the command line: here they are only spoken to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alerts.bot.access import Book, Role, may
from alerts.bot.incoming import Asked, Pressed
from alerts.bot.line import Key
from alerts.bot.talk import aside, fit, say
from alerts.model import Message
from alerts.settings import Configuration
from alerts.sheet import Sheet
from scraper.db import Database


@dataclass(frozen=True, slots=True)
class House:
    """What the bot works with. `config` is the configuration in force, what the chats made included.

    `adopt` makes what was changed in the store take effect, and returns when it has. `doers` are what only the service may
    call (probe a site, look at the health of everything), by name.
    """

    db: Database
    clock: Callable[[], datetime]
    config: Callable[[], Configuration]
    adopt: Callable[[], Awaitable[None]]
    me: str = ""
    doers: Mapping[str, Callable[..., Awaitable[Any]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Here:
    """Where and by whom something is asked: its chat's channel, language and zone, the asker's role, and the moment."""

    house: House
    now: datetime
    chat: str
    person: str
    role: Role
    language: str
    timezone: str
    channel: str
    book: Book

    def say(self, key: str, /, **values: object) -> str:
        """A sentence in the language of this chat."""
        return say(self.language, key, **values)

    def sentence(self, key: str, /, **values: object) -> Message:
        """The same, as a message."""
        return Message(self.say(key, **values))

    def fit(self, value: object) -> str:
        """What others wrote, harmless, as it may stand in a line of this chat's language."""
        return fit(self.language, str(value))

    def aside(self, text: str) -> str:
        """Our own words that run from left to right, such as a command, as they may stand in such a line."""
        return aside(self.language, text)

    def titled(self, title: str, lines: Sequence[str]) -> Answer:
        """A title and lines below it, in the direction of the language of this chat."""
        sheet = Sheet(self.language)
        sheet.add(title, "bold")
        for line in lines:
            sheet.add("\n" + line)
        return Answer(sheet.message())


@dataclass(frozen=True, slots=True)
class Document:
    """A file that goes with an answer."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered. `in_place` puts it where the pressed button stands; `nod` is shown at the button only."""

    message: Message | None = None
    rows: tuple[tuple[Key, ...], ...] = ()
    document: Document | None = None
    in_place: bool = False
    nod: str = ""


Runs = Callable[[Asked, Here], Awaitable[Answer]]
Presses = Callable[[Pressed, Mapping[str, Any], Here], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: who may, what it does, and which sentence the menu shows (`cmd_` and its name)."""

    name: str
    needs: Role
    run: Runs
    slow: bool = False
    """True for what may take longer than a few seconds: it is answered when it is done, others are not kept waiting."""


@dataclass(frozen=True, slots=True)
class Press:
    """One action of buttons. `once`: the button works no more afterwards; `each`: no more for who pressed it."""

    action: str
    needs: Role
    run: Presses
    once: bool = False
    each: bool = False


def plain(text: str) -> Answer:
    """An answer of words only."""
    return Answer(Message(text))


def allowed(commands: Sequence[Command], role: Role | None) -> tuple[Command, ...]:
    """Those of `commands` that `role` may use."""
    return tuple(one for one in commands if may(role, one.needs))
