"""All SQL about chats and people: who was seen, which chats are enrolled, who has which role, and the codes to enrol with."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, RowMapping

from alerts.bot import watches
from alerts.bot.access import EVERYWHERE, Role
from alerts.bot.schema import bot_mark, button, chat, chat_watch, enrolment, membership, mute, person
from alerts.schema import delivery

CODE_LIVES = timedelta(minutes=15)
GUEST_STAYS = timedelta(minutes=15)
"""How long the bot stays in a group that nobody has enrolled."""
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
_CODE_LENGTH = 10
"""50 bits: a guess every second for all 15 minutes finds one in 10^12."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat that the bot is, or was, in. `quiet` and `digest` are what it chose for itself, as JSON; "" is nothing."""

    id: str
    kind: str
    title: str
    language: str
    timezone: str
    topic: int | None
    enrolled_at: datetime | None
    left_at: datetime | None
    quiet: str
    digest: str

    @property
    def channel(self) -> str:
        """The id of the channel that it is where the configuration has none for it."""
        return f"chat:{self.id}" if self.topic is None else f"chat:{self.id}:{self.topic}"


@dataclass(frozen=True, slots=True)
class ChatBook:
    """What was made in the chats: those that are enrolled, and everything that they watch."""

    chats: tuple[Chat, ...] = ()
    watches: tuple[watches.Watch, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    """Where groups of the configuration moved to, by the ids that it names."""


def chat_book(conn: Connection) -> ChatBook:
    """What is in force of all that was made in the chats."""
    return ChatBook(enrolled(conn), watches.everywhere(conn), moves(conn))


# --------------------------------------------------------------------------------------------------- chats


def joined(conn: Connection, id_: str, kind: str, title: str, now: datetime) -> None:
    """The bot is in this chat (again). Whether it is enrolled does not change."""
    values = {"kind": kind, "title": title, "left_at": None}
    if not conn.execute(update(chat).where(chat.c.id == id_).values(**values)).rowcount:
        conn.execute(
            insert(chat).values(id=id_, joined_at=now, language="", timezone="", quiet="", digest="", **values)
        )
    else:
        again = (chat.c.id == id_, chat.c.enrolled_at.is_(None))
        conn.execute(update(chat).where(*again, chat.c.joined_at.is_(None)).values(joined_at=now))


def left(conn: Connection, id_: str, now: datetime) -> None:
    """The bot is there no more: nothing is sent there until it is enrolled again."""
    gone = {"left_at": now, "enrolled_at": None, "enrolled_by": None, "joined_at": None}
    conn.execute(update(chat).where(chat.c.id == id_).values(**gone))


def enrol(conn: Connection, id_: str, by: str, now: datetime, *, topic: int | None = None) -> None:
    """From now on this chat may be written to."""
    conn.execute(
        update(chat).where(chat.c.id == id_).values(enrolled_by=by, enrolled_at=now, left_at=None, topic=topic)
    )


def dismiss(conn: Connection, id_: str, now: datetime) -> None:
    """It may not be written to any more; from now on it waits to be enrolled, as a chat does that was joined just now."""
    conn.execute(update(chat).where(chat.c.id == id_).values(enrolled_at=None, enrolled_by=None, joined_at=now))


def enrolled(conn: Connection) -> tuple[Chat, ...]:
    """The chats that may be written to, in the order of their ids."""
    rows = conn.execute(
        select(chat).where(chat.c.enrolled_at.is_not(None), chat.c.left_at.is_(None)).order_by(chat.c.id)
    )
    return tuple(_chat(row) for row in rows.mappings())


def every(conn: Connection) -> tuple[Chat, ...]:
    """All chats that the bot was ever in."""
    return tuple(_chat(row) for row in conn.execute(select(chat).order_by(chat.c.id)).mappings())


def find(conn: Connection, id_: str) -> Chat | None:
    """One chat, None where the bot never was."""
    row = conn.execute(select(chat).where(chat.c.id == id_)).mappings().first()
    return None if row is None else _chat(row)


def unwelcome(conn: Connection, now: datetime) -> tuple[str, ...]:
    """Groups in which the bot has waited in vain to be enrolled, for `GUEST_STAYS`."""
    waited = (chat.c.enrolled_at.is_(None), chat.c.left_at.is_(None), chat.c.joined_at <= now - GUEST_STAYS)
    return tuple(conn.execute(select(chat.c.id).where(*waited, chat.c.kind != "private").order_by(chat.c.id)).scalars())


def choose(conn: Connection, id_: str, **values: str) -> None:
    """What a chat chose for itself: `language`, `timezone`, `quiet`, `digest`."""
    conn.execute(update(chat).where(chat.c.id == id_).values(**values))


def moved(conn: Connection, old: str, new: str, now: datetime) -> None:
    """A group became a supergroup: everything that was the old chat's is the new one's: roles, watches, buttons, mutes, and
    what waits to be sent there. Its messages are counted anew, so none of the old ones is edited or answered.
    """
    row = conn.execute(select(chat).where(chat.c.id == old)).mappings().first()
    if row is not None and row["moved_to"] == new:
        return
    if row is not None and not conn.execute(select(chat.c.id).where(chat.c.id == new)).first():
        conn.execute(insert(chat).values(**{**row, "id": new, "kind": "supergroup", "moved_to": None}))
    elif row is not None and row["enrolled_at"] is not None:  # Telegram said first that we are in the new one
        kept = {name: row[name] for name in _KEPT}
        conn.execute(update(chat).where(chat.c.id == new, chat.c.enrolled_at.is_(None)).values(**kept))
    there = set(conn.execute(select(membership.c.person).where(membership.c.chat == new)).scalars())
    for one in conn.execute(select(membership).where(membership.c.chat == old)).mappings().all():
        if one["person"] not in there:
            conn.execute(insert(membership).values(**{**one, "chat": new}))
    conn.execute(update(enrolment).where(enrolment.c.chat == old).values(chat=new))
    conn.execute(update(button).where(button.c.chat == old).values(chat=new))
    if row is not None:
        conn.execute(update(chat_watch).where(chat_watch.c.chat == old).values(chat=new))
        gone = {"moved_to": new, "left_at": now, "enrolled_at": None, "joined_at": None}
        conn.execute(update(chat).where(chat.c.id == old).values(**gone))
        topic = "" if row["topic"] is None else f":{row['topic']}"
        before, after = f"chat:{old}{topic}", f"chat:{new}{topic}"
        conn.execute(update(mute).where(mute.c.channel == before).values(channel=after))
        mine = delivery.c.channel == before
        conn.execute(update(delivery).where(mine).values(channel=after, message_id=None))


_KEPT = ("title", "language", "timezone", "topic", "enrolled_at", "enrolled_by", "quiet", "digest")


def moves(conn: Connection) -> dict[str, str]:
    """Where chats moved to that became another one, by their old ids."""
    rows = conn.execute(select(chat.c.id, chat.c.moved_to).where(chat.c.moved_to.is_not(None)))
    return {row.id: row.moved_to for row in rows}


def _chat(row: RowMapping) -> Chat:
    return Chat(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        language=row["language"],
        timezone=row["timezone"],
        topic=row["topic"],
        enrolled_at=row["enrolled_at"],
        left_at=row["left_at"],
        quiet=row["quiet"],
        digest=row["digest"],
    )


def statement_of(conn: Connection, channel: str, message_id: str) -> int | None:
    """The statement that a message of ours in this channel is about; None where it is about none, or about many."""
    mine = (delivery.c.channel == channel, delivery.c.message_id == message_id, delivery.c.statement.is_not(None))
    found = set(conn.execute(select(delivery.c.statement).where(*mine)).scalars())
    return found.pop() if len(found) == 1 else None


# -------------------------------------------------------------------------------------------------- people


def seen(conn: Connection, id_: str, name: str, language: str, now: datetime) -> None:
    """What an enrolled person is called: ids say nothing to those who read who changed what. Strangers are not kept."""
    values = {"name": name[:120], "language": language[:16], "seen_at": now}
    if not conn.execute(update(person).where(person.c.id == id_).values(**values)).rowcount:
        conn.execute(insert(person).values(id=id_, **values))


def names(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The names of these people, where they are known."""
    rows = conn.execute(select(person.c.id, person.c.name).where(person.c.id.in_(sorted(set(ids)))))
    return {row.id: row.name for row in rows}


def roles(conn: Connection) -> dict[tuple[str, str], Role]:
    """Every role that was given, by (chat, person)."""
    rows = conn.execute(select(membership.c.chat, membership.c.person, membership.c.role))
    return {(row.chat, row.person): cast(Role, row.role) for row in rows}


def give(conn: Connection, chat_id: str, person_id: str, role: Role, by: str, now: datetime) -> Role | None:
    """Give a role in one chat (or everywhere). Returns the one that it takes the place of."""
    here = (membership.c.chat == chat_id, membership.c.person == person_id)
    before = conn.execute(select(membership.c.role).where(*here)).scalar()
    values = {"role": role, "given_by": by, "given_at": now}
    if before is None:
        conn.execute(insert(membership).values(chat=chat_id, person=person_id, **values))
    else:
        conn.execute(update(membership).where(*here).values(**values))
    return cast("Role | None", before)


def take_away(conn: Connection, chat_id: str, person_id: str) -> Role | None:
    """Take the role that was given here. Returns it, None where there was none."""
    here = (membership.c.chat == chat_id, membership.c.person == person_id)
    before = conn.execute(select(membership.c.role).where(*here)).scalar()
    conn.execute(delete(membership).where(*here))
    return cast("Role | None", before)


# --------------------------------------------------------------------------------------------------- codes


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a code was good for."""

    role: Role
    chat: str
    made_by: str


def make_code(conn: Connection, role: Role, chat_id: str, by: str, now: datetime) -> str:
    """A new code for one person, for `CODE_LIVES`. It is told once; the store keeps its hash. `chat_id` "*" is every chat."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))
    conn.execute(
        insert(enrolment).values(
            code_hash=hash_of(code), role=role, chat=chat_id, made_by=by, made_at=now, ends_at=now + CODE_LIVES
        )
    )
    return code


def use_code(conn: Connection, code: str, by: str, now: datetime) -> Enrolment | None:
    """Use a code up, and have its role. None where there is no such code, it is over, or somebody was faster."""
    this = enrolment.c.code_hash == hash_of(code)
    usable = (this, enrolment.c.used_at.is_(None), enrolment.c.ends_at > now)
    if not conn.execute(update(enrolment).where(*usable).values(used_by=by, used_at=now)).rowcount:
        return None
    row = conn.execute(select(enrolment).where(this)).mappings().one()
    found = Enrolment(row["role"], row["chat"], row["made_by"])
    where = found.chat or EVERYWHERE
    give(conn, where, by, found.role, found.made_by, now)
    return found


def revoke_code(conn: Connection, code_hash: str, now: datetime) -> bool:
    """A code that nobody used works no more. False where it was used, or is over."""
    usable = (enrolment.c.code_hash == code_hash, enrolment.c.used_at.is_(None), enrolment.c.ends_at > now)
    return conn.execute(update(enrolment).where(*usable).values(ends_at=now)).rowcount > 0


def hash_of(code: str) -> str:
    """What the store keeps of a code."""
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()


# --------------------------------------------------------------------------------------------------- marks


def mark(conn: Connection, name: str) -> str:
    """What the bot remembers under `name`, "" for nothing."""
    return str(conn.execute(select(bot_mark.c.value).where(bot_mark.c.name == name)).scalar() or "")


def remember(conn: Connection, name: str, value: str, now: datetime) -> None:
    """Remember `value` under `name`."""
    values = {"value": value, "at": now}
    if not conn.execute(update(bot_mark).where(bot_mark.c.name == name).values(**values)).rowcount:
        conn.execute(insert(bot_mark).values(name=name, **values))
