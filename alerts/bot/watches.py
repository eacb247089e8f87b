"""All SQL about what a chat watches for itself: actors and rules that ring in that chat only, as the configuration writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, RowMapping

from alerts.bot.schema import chat_watch

Kind = Literal["actor", "rule"]


@dataclass(frozen=True, slots=True)
class Watch:
    """One actor or rule of a chat. `definition` has the keys of `[actors.ID]` or `[keywords.ID]`; `slug` is its id there."""

    id: int
    chat: str
    kind: Kind
    slug: str
    definition: Mapping[str, Any]
    made_by: str
    made_at: datetime


def everywhere(conn: Connection) -> tuple[Watch, ...]:
    """What all chats watch."""
    rows = conn.execute(select(chat_watch).where(chat_watch.c.removed_at.is_(None)).order_by(chat_watch.c.id))
    return tuple(_watch(row) for row in rows.mappings())


def of_chat(conn: Connection, chat: str) -> tuple[Watch, ...]:
    """What one chat watches."""
    here = (chat_watch.c.chat == chat, chat_watch.c.removed_at.is_(None))
    return tuple(
        _watch(row) for row in conn.execute(select(chat_watch).where(*here).order_by(chat_watch.c.id)).mappings()
    )


def find(conn: Connection, chat: str, slug: str) -> Watch | None:
    """One of them."""
    here = (chat_watch.c.chat == chat, chat_watch.c.slug == slug, chat_watch.c.removed_at.is_(None))
    row = conn.execute(select(chat_watch).where(*here)).mappings().first()
    return None if row is None else _watch(row)


def keep(
    conn: Connection, chat: str, kind: Kind, slug: str, definition: Mapping[str, Any] | None, by: str, now: datetime
) -> Mapping[str, Any] | None:
    """What this chat watches under `slug` is from now on `definition`; None takes it out. Returns what it was before."""
    before = find(conn, chat, slug)
    if before is not None:
        values: dict[str, Any] = {"changed_at": now}
        values |= {"removed_at": now} if definition is None else {"definition": _written(definition), "kind": kind}
        conn.execute(update(chat_watch).where(chat_watch.c.id == before.id).values(**values))
    elif definition is not None:
        made = {"made_by": by, "made_at": now, "changed_at": now}
        conn.execute(
            insert(chat_watch).values(chat=chat, kind=kind, slug=slug, definition=_written(definition), **made)
        )
    return None if before is None else before.definition


def _written(definition: Mapping[str, Any]) -> str:
    return json.dumps(dict(definition), ensure_ascii=False)


def _watch(row: RowMapping) -> Watch:
    return Watch(
        id=row["id"],
        chat=row["chat"],
        kind=row["kind"],
        slug=row["slug"],
        definition=json.loads(row["definition"]),
        made_by=row["made_by"],
        made_at=row["made_at"],
    )
