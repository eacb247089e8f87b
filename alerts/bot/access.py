"""Who may do what in which chat: pure. Everybody else is met with silence.

A role is given for one chat or for all ("*"): by the configuration, by an enrolment code, or by an admin. It is asked again at
every command and every button, so that who was an editor yesterday is none today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["viewer", "editor", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "editor", "admin")
"""Each may what those before it may."""

EVERYWHERE = "*"
ANONYMOUS_ADMIN = "1087968824"
"""Who Telegram says wrote where an admin of a group writes anonymously (Bot API, "Message.sender_chat")."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent an update, as Telegram tells it. `person` is a numeric id as text; "" where there is none (channel posts)."""

    person: str
    name: str = ""
    is_bot: bool = False
    anonymous: bool = False
    """Written in the name of a group or channel."""
    forwarded: bool = False
    edited: bool = False
    via_bot: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """Who has which role: of the configuration, by person, and of the store, by (chat, person)."""

    configured: Mapping[str, Role]
    given: Mapping[tuple[str, str], Role]


def role_of(sender: Sender, chat: str, book: Book) -> Role | None:
    """The highest role that `sender` has in `chat`; None for a stranger, and for whom nobody can vouch.

    An anonymous admin, a channel's post and a bot have no person behind them; what was forwarded or edited into a command is
    not what its sender meant to say now.
    """
    if speaks_for_nobody(sender):
        return None
    held = [
        book.configured.get(sender.person),
        book.given.get((EVERYWHERE, sender.person)),
        book.given.get((chat, sender.person)),
    ]
    return max((role for role in held if role is not None), key=ROLES.index, default=None)


def speaks_for_nobody(sender: Sender) -> bool:
    """Whether this is no person's own, present word."""
    nobody = not sender.person or sender.person == ANONYMOUS_ADMIN
    return nobody or sender.is_bot or sender.anonymous or sender.forwarded or sender.edited or sender.via_bot


def may(role: Role | None, needed: Role) -> bool:
    """Whether `role` is at least `needed`."""
    return role is not None and ROLES.index(role) >= ROLES.index(needed)
