"""What admins do in the chat: enroll it and others, make codes, give and take roles. Every change is written down."""

from __future__ import annotations

from alerts.bot import chats
from alerts.bot.access import EVERYWHERE, ROLES, Role
from alerts.bot.commands import Answer, Command, Here, Press, plain
from alerts.bot.incoming import Asked, figures
from alerts.bot.line import Key
from alerts.bot.undoing import noted
from scraper.db import Connection


async def enroll(asked: Asked, here: Here) -> Answer:
    """`/enroll` in a group enrolls it; `/enroll ROLE` makes a code: for this group, and in a private chat for all of them."""
    wanted = asked.words.lower()
    if wanted and wanted not in ROLES:
        return plain(here.say("bad_role"))
    if not wanted:
        return await _enroll_chat(asked, here)
    role: Role = next(role for role in ROLES if role == wanted)
    where = EVERYWHERE if asked.kind == "private" else asked.chat

    def make(conn: Connection) -> tuple[str, tuple[Key, ...]]:
        code = chats.make_code(conn, role, where, here.person, here.now)
        return code, noted(conn, here, "code", role, None, {"chat": where, "hash": chats.hash_of(code)})

    code, revoke = await here.house.db.write(make)
    link = f"https://t.me/{here.house.me}?start={code}"
    rows = ((Key(here.say("code_link"), url=link),),) if here.house.me else ()
    return Answer(plain(here.say("code", role=here.say(role), code=code)).message, (*rows, revoke))


async def _enroll_chat(asked: Asked, here: Here) -> Answer:
    def write(conn: Connection) -> tuple[Key, ...] | None:
        chats.joined(conn, asked.chat, asked.kind, asked.title, here.now)
        found = chats.find(conn, asked.chat)
        if found is not None and found.enrolled_at is not None and found.topic == asked.topic:
            return None
        chats.enrol(conn, asked.chat, here.person, here.now, topic=asked.topic)
        return noted(conn, here, "enroll", asked.chat, None, {"topic": asked.topic})

    row = await here.house.db.write(write)
    if row is None:
        return plain(here.say("enrolled_before"))
    await here.house.adopt()
    return Answer(plain(here.say("enrolled")).message, (row,))


async def list_chats(asked: Asked, here: Here) -> Answer:
    """`/chats`: where the bot is, and who may do what there."""

    def read(conn: Connection) -> tuple[tuple[chats.Chat, ...], dict[tuple[str, str], Role], dict[str, str]]:
        given = chats.roles(conn)
        people = {person for _, person in given} | set(here.book.configured)
        return chats.every(conn), given, chats.names(conn, people)

    known, given, names = await here.house.db.read(read)
    lines = []
    for one in known:
        state = here.say("chat_gone") if one.left_at else "" if one.enrolled_at else here.say("chat_waiting")
        lines.append(f"• {here.fit((one.title or one.id)[:200])} ({here.aside(one.id)}){f': {state}' if state else ''}")
        lines += [
            f"    {here.fit(names.get(person, person)[:200])} ({person}): {here.say(role)}"
            for (chat, person), role in sorted(given.items())
            if chat == one.id
        ]
    everywhere = {person: role for (chat, person), role in given.items() if chat == EVERYWHERE} | dict(
        here.book.configured
    )
    lines += [
        f"• {here.fit(names.get(person, person)[:200])} ({person}): {here.say(role)}"
        for person, role in sorted(everywhere.items())
    ]
    return here.titled(here.say("chats_title"), lines[:80]) if known else plain(here.say("chats_none"))


async def role(asked: Asked, here: Here) -> Answer:
    """`/role NUMBER viewer|editor|admin|none`, or without the number in answer to somebody: this person may so much here."""
    words = figures(asked.words).lower().split()
    if len(words) == 1 and asked.answered:
        words = [asked.answered, *words]
    if len(words) != 2 or not words[0].isdecimal() or words[1] not in (*ROLES, "none"):
        return plain(here.say("role_form"))
    person, wanted = words
    new: Role | None = next((one for one in ROLES if one == wanted), None)

    filed = here.book.configured.get(person)
    if filed is not None and (new is None or ROLES.index(new) <= ROLES.index(filed)):
        known = await here.house.db.read(lambda conn: chats.names(conn, [person]))
        return plain(here.say("role_filed", person=known.get(person, person), role=here.say(filed)))

    def write(conn: Connection) -> tuple[Key, ...] | None:
        if new != "admin" and person not in here.book.configured and _last_admin(conn, asked.chat, person, here):
            return None
        before = (
            chats.take_away(conn, asked.chat, person)
            if new is None
            else chats.give(conn, asked.chat, person, new, here.person, here.now)
        )
        old = {"role": before} if before else None
        return noted(conn, here, "role", person, old, {"role": new} if new else None)

    row = await here.house.db.write(write)
    if row is None:
        return plain(here.say("last_admin"))
    names = await here.house.db.read(lambda conn: chats.names(conn, [person]))
    name = names.get(person, person)
    told = (
        here.say("role_taken", person=name) if new is None else here.say("role_given", person=name, role=here.say(new))
    )
    return Answer(plain(told).message, (row,))


def _last_admin(conn: Connection, chat: str, person: str, here: Here) -> bool:
    """Whether `person` is the only one left who may give roles here."""
    admins = {
        who for (where, who), held in chats.roles(conn).items() if held == "admin" and where in (chat, EVERYWHERE)
    }
    configured = {who for who, held in here.book.configured.items() if held == "admin"}
    return person in admins and not (admins | configured) - {person}


COMMANDS = (
    Command("enroll", "admin", enroll),
    Command("chats", "admin", list_chats),
    Command("role", "admin", role),
)
PRESSES: tuple[Press, ...] = ()
