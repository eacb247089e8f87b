"""Undoing with one button: every change that was written down goes back to what was before, if nobody changed it again since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from alerts import bundles, mutes
from alerts.bot import buttons, chats, deeds, watches
from alerts.bot.access import Role, may
from alerts.bot.commands import Answer, Here, Press
from alerts.bot.deeds import Deed, Side
from alerts.bot.incoming import Pressed
from alerts.bot.line import Key
from scraper.db import Connection

CHOICES: Final = ("quiet", "digest", "language", "timezone")
"""What a chat chooses for itself, as columns of its row."""


def noted(conn: Connection, here: Here, verb: str, subject: str, before: Side, after: Side) -> tuple[Key, ...]:
    """Write a change down, in its own transaction. Returns the row with the button that undoes it."""
    deed = deeds.record(
        conn, chat=here.chat, person=here.person, verb=verb, subject=subject, before=before, after=after, now=here.now
    )
    return (_button(conn, here, f"↩ {here.say('undo')}", verb, deed),)


def _button(conn: Connection, here: Here, label: str, verb: str, deed: int) -> Key:
    payload = {"deed": deed, "needs": _NEEDS.get(verb, "viewer")}
    return Key(label, buttons.make(conn, here.chat, "undo", payload, here.now, lives=timedelta(days=7)))


async def undo(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """Undo one deed; it is a deed itself, and so can be undone."""

    def write(conn: Connection) -> tuple[str, tuple[Key, ...]]:
        deed = deeds.find(conn, int(payload["deed"]))
        if deed is None or deed.undone_at is not None:
            return "undone_before", ()
        back = _BACK.get(deed.verb)
        if back is None or not may(here.role, _NEEDS.get(deed.verb, "viewer")) or not back(conn, deed, here):
            return "cannot_undo", ()
        again = deeds.record(
            conn, chat=here.chat, person=here.person, verb=deed.verb, subject=deed.subject, before=deed.after,
            after=deed.before, now=here.now, undoes=deed.id,
        )  # fmt: skip
        return f"{deed.verb} {deed.subject}", (_button(conn, here, f"↪ {here.say('undo')}", deed.verb, again),)

    said, row = await here.house.db.write(write)
    if not row:
        return Answer(nod=here.say(said))
    await here.house.adopt()
    return Answer(here.sentence("undone", what=said), rows=(row,))


def _watch(conn: Connection, deed: Deed, here: Here) -> bool:
    now = watches.find(conn, deed.chat, deed.subject)
    if (None if now is None else dict(now.definition)) != (
        None if deed.after is None else dict(deed.after["definition"])
    ):
        return False
    kind: watches.Kind = "rule" if (deed.before or deed.after or {}).get("kind") == "rule" else "actor"
    before = None if deed.before is None else deed.before["definition"]
    watches.keep(conn, deed.chat, kind, deed.subject, before, here.person, here.now)
    return True


def _choice(conn: Connection, deed: Deed, here: Here) -> bool:
    chat = chats.find(conn, deed.chat)
    if (
        chat is None
        or deed.subject not in CHOICES
        or getattr(chat, deed.subject) != (deed.after or {}).get("value", "")
    ):
        return False
    chats.choose(conn, deed.chat, **{deed.subject: str((deed.before or {}).get("value", ""))})
    return True


def _mute(conn: Connection, deed: Deed, here: Here) -> bool:
    """A mute that was made is ended; one that was ended is made again, until when it would have ended."""
    if deed.after is not None and deed.before is None:
        if not mutes.end(conn, int(deed.after["id"]), here.now):
            return False
        bundles.move(conn, str(deed.after["channel"]), f"mute:{deed.after['id']}", here.now)
        return True
    old = deed.before or {}
    ends_at = datetime.fromisoformat(str(old["ends_at"]))
    if ends_at <= here.now:
        return False
    mutes.make(conn, str(old["channel"]), old["scope"], str(old["subject"]), here.person, here.now, ends_at)
    return True


def _role(conn: Connection, deed: Deed, here: Here) -> bool:
    now = chats.roles(conn).get((deed.chat, deed.subject))
    if now != (deed.after or {}).get("role") or here.role != "admin":
        return False
    if deed.before is None:
        chats.take_away(conn, deed.chat, deed.subject)
    else:
        chats.give(conn, deed.chat, deed.subject, deed.before["role"], here.person, here.now)
    return True


def _enroll(conn: Connection, deed: Deed, here: Here) -> bool:
    """A chat that was enrolled is not any more, and the other way round; the bot stays in it for as long as it may wait."""
    chat = chats.find(conn, deed.chat)
    enrolled = chat is not None and chat.enrolled_at is not None
    if chat is None or enrolled != (deed.after is not None):
        return False
    if enrolled:
        chats.dismiss(conn, deed.chat, here.now)
    else:
        chats.enrol(conn, deed.chat, here.person, here.now, topic=(deed.before or {}).get("topic"))
    return True


_BACK: Final[Mapping[str, Callable[[Connection, Deed, Here], bool]]] = {
    "watch": _watch,
    "choice": _choice,
    "mute": _mute,
    "role": _role,
    "enroll": _enroll,
}

_NEEDS: Final[Mapping[str, Role]] = {"watch": "editor", "role": "admin", "enroll": "admin"}
"""Who may undo what: whoever may do it."""

PRESSES = (Press("undo", "viewer", undo, once=True),)
