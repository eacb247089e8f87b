"""All SQL about buttons: what stands behind one is here, and the callback data is only a random id.

So a button says nothing, forges nothing and is at most 64 bytes long (Bot API, "InlineKeyboardButton"). It belongs to one chat,
and to one person where it names one. A button that changes something works once; under an alert, once for each person
(docs/decisions/buttons.md).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.engine import Connection

from alerts.bot.schema import button, button_use

LIVES = timedelta(days=14)
"""How long a button works that is not told otherwise."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button asks for."""

    action: str
    payload: Mapping[str, Any]


def make(
    conn: Connection,
    chat: str,
    action: str,
    payload: Mapping[str, Any],
    now: datetime,
    *,
    person: str | None = None,
    lives: timedelta = LIVES,
    statement: int | None = None,
) -> str:
    """A new button's callback data. With `person`, nobody else's press counts; `statement` is that of the alert it stands under."""
    id_ = secrets.token_urlsafe(12)
    conn.execute(
        insert(button).values(
            id=id_,
            chat=chat,
            person=person,
            action=action,
            payload=json.dumps(dict(payload), ensure_ascii=False),
            made_at=now,
            ends_at=now + lives,
            statement=statement,
        )
    )
    return id_


def under(conn: Connection, chat: str, statement: int, now: datetime) -> dict[str, str]:
    """The buttons that stand under the alert of a statement in a chat: their data, by action."""
    mine = (button.c.chat == chat, button.c.statement == statement, button.c.ends_at > now)
    rows = conn.execute(select(button.c.action, button.c.id).where(*mine).order_by(button.c.made_at))
    return {row.action: row.id for row in rows}


def look(conn: Connection, id_: str, chat: str, person: str, now: datetime) -> Pressed | None:
    """What this button asks for, if it is this chat's (and person's) and still works. Nothing changes."""
    row = conn.execute(select(button).where(*_mine(id_, chat, person, now))).mappings().first()
    return None if row is None else Pressed(row["action"], json.loads(row["payload"]))


def take(conn: Connection, id_: str, chat: str, person: str, now: datetime) -> Pressed | None:
    """As `look`, and from now on it works no more: of two presses at the same time, one has it."""
    found = look(conn, id_, chat, person, now)
    if found is None:
        return None
    used = update(button).where(*_mine(id_, chat, person, now)).values(used_at=now, used_by=person)
    return found if conn.execute(used).rowcount else None


def take_part(conn: Connection, id_: str, chat: str, person: str, now: datetime) -> Pressed | None:
    """As `take`, for this person only: from now on it works no more for them, and still does for others."""
    found = look(conn, id_, chat, person, now)
    mine = (button_use.c.button == id_[:64], button_use.c.person == person)
    if found is None or conn.execute(select(button_use.c.at).where(*mine)).first() is not None:
        return None
    conn.execute(insert(button_use).values(button=id_[:64], person=person, at=now))
    return found


def give_back(conn: Connection, id_: str, person: str) -> None:
    """What came of the press was undone: the button works for this person once more."""
    conn.execute(delete(button_use).where(button_use.c.button == id_, button_use.c.person == person))


def forget(conn: Connection, now: datetime) -> int:
    """Take out the buttons that work no more, and who pressed them. Returns how many."""
    over = select(button.c.id).where(button.c.ends_at <= now)
    conn.execute(delete(button_use).where(button_use.c.button.in_(over)))
    return conn.execute(delete(button).where(button.c.ends_at <= now)).rowcount


def _mine(id_: str, chat: str, person: str, now: datetime) -> tuple[Any, ...]:
    return (
        button.c.id == id_[:64],
        button.c.chat == chat,
        or_(button.c.person.is_(None), button.c.person == person),
        button.c.used_at.is_(None),
        button.c.ends_at > now,
    )
