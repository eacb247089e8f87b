"""All SQL about deeds: who changed what in which chat, when, and what it was before, so that one button can undo it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, RowMapping

from alerts.bot.schema import deed

Side = Mapping[str, Any] | None
"""What something was before, or is after: as JSON, None for nothing."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One change. `verb` and `subject` say what was done to what: ("watch", "qais-al-khazali")."""

    id: int
    at: datetime
    chat: str
    person: str
    verb: str
    subject: str
    before: Side
    after: Side
    undoes: int | None
    undone_at: datetime | None


def record(
    conn: Connection,
    *,
    chat: str,
    person: str,
    verb: str,
    subject: str,
    before: Side,
    after: Side,
    now: datetime,
    undoes: int | None = None,
) -> int:
    """Write down a change, in the transaction that makes it. Returns its id, for the button that undoes it."""
    values = {"before": _written(before), "after": _written(after), "undoes": undoes}
    done = conn.execute(insert(deed).values(at=now, chat=chat, person=person, verb=verb, subject=subject, **values))
    if undoes is not None:
        conn.execute(update(deed).where(deed.c.id == undoes).values(undone_at=now))
    return int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0


def find(conn: Connection, id_: int) -> Deed | None:
    """One change."""
    row = conn.execute(select(deed).where(deed.c.id == id_)).mappings().first()
    return None if row is None else _deed(row)


def latest(conn: Connection, chat: str | None, limit: int) -> tuple[Deed, ...]:
    """The last changes, newest first; of all chats where `chat` is None."""
    rows = select(deed).order_by(deed.c.id.desc()).limit(limit)
    if chat is not None:
        rows = rows.where(deed.c.chat == chat)
    return tuple(_deed(row) for row in conn.execute(rows).mappings())


def _written(side: Side) -> str:
    return "" if side is None else json.dumps(dict(side), ensure_ascii=False)


def _deed(row: RowMapping) -> Deed:
    return Deed(
        id=row["id"],
        at=row["at"],
        chat=row["chat"],
        person=row["person"],
        verb=row["verb"],
        subject=row["subject"],
        before=json.loads(row["before"]) if row["before"] else None,
        after=json.loads(row["after"]) if row["after"] else None,
        undoes=row["undoes"],
        undone_at=row["undone_at"],
    )
