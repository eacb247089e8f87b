"""Undoing with one button: every change that was written down goes back to what was before, if nobody changed it again since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from alerts import bundles, mutes, outbox
from alerts.bot import buttons, chats, deeds, judgements, watches
from alerts.bot.access import ROLES, Role, may
from alerts.bot.commands import Answer, Here, Press
from alerts.bot.deeds import Deed, Side
from alerts.bot.incoming import Pressed
from alerts.bot.line import Key
from alerts.bot.naming import told_resting
from alerts.model import Message
from alerts.shown import cut
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
    """Undo one deed; it is a deed itself, and so can be undone, where it can be."""
    number = int(payload["deed"])

    def write(conn: Connection) -> tuple[str, tuple[Key, ...], bool]:
        deed = deeds.find(conn, number)
        if deed is None or deed.undone_at is not None:
            return "undone_before", (), False
        back = _BACK.get(deed.verb)
        if back is None or not may(here.role, _NEEDS.get(deed.verb, "viewer")) or not back(conn, deed, here):
            return "cannot_undo", (), False
        again = deeds.record(
            conn, chat=here.chat, person=here.person, verb=deed.verb, subject=deed.subject, before=deed.after,
            after=deed.before, now=here.now, undoes=deed.id,
        )  # fmt: skip
        row = () if deed.verb in _FOR_GOOD else (_button(conn, here, f"↪ {here.say('undo')}", deed.verb, again),)
        return told(deed, here, chats.names(conn, [deed.subject])), row, True

    deed = await here.house.db.read(lambda conn: deeds.find(conn, number))
    if deed is not None and deed.verb in _HOLDING and deed.undone_at is None and here.role == "admin":
        doer = here.house.doers.get("pause")
        if doer is None or not await doer(deed.after is None):
            return Answer(nod=here.say("cannot_undo"))
    said, row, done = await here.house.db.write(write)
    if not done:
        return Answer(nod=here.say(said))
    await here.house.adopt()
    rests = "" if deed is None else await told_resting(deed.subject, here)
    return Answer(Message(here.say("undone", what=said) + rests), rows=(row,) if row else ())


def rows(conn: Connection, found: Sequence[Deed], here: Here, *, most: int) -> tuple[tuple[Key, ...], ...]:
    """Buttons that undo the newest of those deeds, each with what it undoes; at most so many."""
    open_ = [
        deed
        for deed in found
        if deed.undone_at is None
        and deed.verb in _BACK
        and may(here.role, _NEEDS.get(deed.verb, "viewer"))
        and not (deed.verb in _FOR_GOOD and deed.after is None)
    ]
    names = chats.names(conn, [deed.subject for deed in open_[:most] if deed.verb == "role"])
    return tuple(
        (_button(conn, here, f"↩ {cut(told(deed, here, names), 60)}", deed.verb, deed.id),) for deed in open_[:most]
    )


def told(deed: Deed, here: Here, names: Mapping[str, str]) -> str:
    """A deed in the words of this chat's language. `names` are of the people whose roles were given or taken."""
    verb, what = deed.verb.replace(" ", "_"), names.get(deed.subject, deed.subject)
    if verb == "choice":
        verb = deed.subject
    elif verb in ("watch", "mute") and deed.after is None:
        verb = f"un{verb}"
    elif verb == "watch" and deed.before is not None:
        verb = "change"
    if what in ROLES and verb == "code":
        what = here.say(what)
    if what == "all":
        what = here.say("everything")
    return here.say(f"deed_{verb}", what=what)


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


def _narrow(conn: Connection, deed: Deed, here: Here) -> bool:
    """An actor and the rule beside it, both as they were; if neither was changed since."""
    now, then = deed.after or {}, deed.before or {}
    for slug, side in ((deed.subject, "actor"), (str(now.get("slug", "")), "rule")):
        found = watches.find(conn, deed.chat, slug)
        if (None if found is None else dict(found.definition)) != now.get(side):
            return False
    watches.keep(conn, deed.chat, "actor", deed.subject, then.get("actor"), here.person, here.now)
    watches.keep(conn, deed.chat, "rule", str(then.get("slug", "")), then.get("rule"), here.person, here.now)
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
        _give_back(conn, deed)
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


def _judgement(conn: Connection, deed: Deed, here: Here) -> bool:
    """That an alert was not relevant is taken back; the button under it works for that person once more."""
    after = deed.after or {}
    if not after or not judgements.take_back(conn, str(after["channel"]), deed.person, int(after["statement"])):
        return False
    _give_back(conn, deed)
    return True


def _give_back(conn: Connection, deed: Deed) -> None:
    if pressed := (deed.after or {}).get("button"):
        buttons.give_back(conn, str(pressed), deed.person)


def _code(conn: Connection, deed: Deed, here: Here) -> bool:
    """A code that nobody used is revoked. It was told once and cannot be made again."""
    return deed.after is not None and chats.revoke_code(conn, str(deed.after.get("hash", "")), here.now)


def _retry(conn: Connection, deed: Deed, here: Here) -> bool:
    """What was to be tried once more and has not left yet is given up as before."""
    reasons = (deed.after or {}).get("reasons") or {}
    return outbox.give_up_again(conn, {int(id_): str(reason) for id_, reason in reasons.items()}, here.now) > 0


def _held(conn: Connection, deed: Deed, here: Here) -> bool:
    """That every message is held, or not any more: done by the service already, before this was written down."""
    return True


_BACK: Final[Mapping[str, Callable[[Connection, Deed, Here], bool]]] = {
    "watch": _watch,
    "narrow": _narrow,
    "choice": _choice,
    "mute": _mute,
    "role": _role,
    "enroll": _enroll,
    "code": _code,
    "retry": _retry,
    "pause": _held,
    "resume": _held,
    "not relevant": _judgement,
}
_HOLDING: Final = ("pause", "resume")
_FOR_GOOD: Final = ("code", "retry", "not relevant")
"""What is undone for good: the way back is to do it again."""

_NEEDS: Final[Mapping[str, Role]] = {
    "watch": "editor", "narrow": "editor",
    "role": "admin", "enroll": "admin", "code": "admin", "retry": "admin", "pause": "admin", "resume": "admin",
}  # fmt: skip
"""Who may undo what: whoever may do it."""

PRESSES = (Press("undo", "viewer", undo, once=True),)
