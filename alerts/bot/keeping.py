"""What a chat watches, written down: saved, narrowed, restricted to a role, ended. Each is a deed that one button undoes.

what a preview came to -> the chat's watches, and the deed, in one transaction -> in force
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any, Final

from alerts.bot import watches
from alerts.bot.commands import Answer, Here, plain
from alerts.bot.line import Key
from alerts.bot.naming import bare, told_resting
from alerts.bot.overlay import ONLY
from alerts.bot.undoing import noted
from alerts.bot.watches import Watch
from alerts.model import Actor, Keywords, Role
from scraper.db import Connection

_MOST_WATCHES: Final = 500


async def save(kind: watches.Kind, made: Actor | Keywords, here: Here, *, fresh: bool = False) -> Answer:
    """From now on the chat watches this, under the last part of its id; written down, with a button that undoes it. What is
    `fresh` takes the place of nothing: where its id is another's already, it gets one of its own."""
    definition = _definition(kind, made)

    def write(conn: Connection) -> tuple[str, tuple[Key, ...]] | None:
        mine, slug = watches.of_chat(conn, here.chat), bare(made.id)
        taken = {one.slug for one in mine}
        slug = free(slug, taken) if fresh else slug
        if len(mine) >= _MOST_WATCHES and slug not in taken:
            return None
        now = {**definition, **_only(None if fresh else watches.find(conn, here.chat, slug))}
        before = watches.keep(conn, here.chat, kind, slug, now, here.person, here.now)
        return slug, noted(conn, here, "watch", slug, _side(kind, before), _side(kind, now))

    written = await here.house.db.write(write)
    if written is None:
        return plain(here.say("watch_full", most=_MOST_WATCHES))
    slug, row = written
    await here.house.adopt()
    what = f"{made.name} (@{slug})" if isinstance(made, Actor) else slug
    return Answer(here.sentence("watch_saved", what=what), (row,), in_place=True)


async def narrow(made: Actor, rule: Keywords, here: Here) -> Answer:
    """An actor of this chat is changed and a rule rings beside it: one change, undone with one button."""
    definition, beside = _definition("actor", made), _definition("rule", rule)

    def write(conn: Connection) -> tuple[Key, ...] | None:
        taken = watches.find(conn, here.chat, rule.id)
        if len(watches.of_chat(conn, here.chat)) >= _MOST_WATCHES or (taken is not None and taken.kind != "rule"):
            return None
        now = {**definition, **_only(watches.find(conn, here.chat, made.id))}
        before = watches.keep(conn, here.chat, "actor", made.id, now, here.person, here.now)
        old = watches.keep(conn, here.chat, "rule", rule.id, beside, here.person, here.now)
        sides = [
            {
                "actor": None if actor is None else dict(actor),
                "slug": rule.id,
                "rule": None if one is None else dict(one),
            }
            for actor, one in ((before, old), (now, beside))
        ]
        return noted(conn, here, "narrow", made.id, *sides)

    row = await here.house.db.write(write)
    if row is None:
        return plain(here.say("watch_full", most=_MOST_WATCHES))
    await here.house.adopt()
    return Answer(here.sentence("watch_saved", what=f"{made.id}, {rule.id}"), (row,), in_place=True)


async def restrict(slug: str, role: Role, here: Here) -> Answer:
    """An actor of this chat rings only where it speaks, or only where it is mentioned, from now on."""

    def write(conn: Connection) -> tuple[Key, ...] | None:
        found = watches.find(conn, here.chat, slug)
        if found is None or found.kind != "actor":
            return None
        now = {**found.definition, ONLY: role}
        before = watches.keep(conn, here.chat, "actor", slug, now, here.person, here.now)
        return noted(conn, here, "watch", slug, _side("actor", before), _side("actor", now))

    row = await here.house.db.write(write)
    if row is None:
        return Answer(nod=here.say("cannot_undo"))
    await here.house.adopt()
    said = f"{here.say('watch_saved', what=slug)} ({here.say(f'only_{role}')})"
    return Answer(plain(said).message, (row,), in_place=True)


async def end(found: Watch, here: Here) -> Answer:
    """This chat watches it no more; of a name that rules have, it is told that these rest."""

    def write(conn: Connection) -> tuple[Key, ...]:
        before = watches.keep(conn, here.chat, found.kind, found.slug, None, here.person, here.now)
        return noted(conn, here, "watch", found.slug, _side(found.kind, before), None)

    row = await here.house.db.write(write)
    await here.house.adopt()
    said = here.say("watch_ended", what=found.slug) + await told_resting(found.slug, here)
    return Answer(plain(said).message, (row,))


def _only(watch: Watch | None) -> dict[str, Any]:
    """What a chat's actor is restricted to: no name and no spelling of it, so it stays when these change."""
    return {} if watch is None or ONLY not in watch.definition else {ONLY: watch.definition[ONLY]}


def free(stem: str, taken: Collection[str]) -> str:
    """`stem`, or with a number behind it where that is taken."""
    return next(one for n in range(1, len(taken) + 2) if (one := stem if n == 1 else f"{stem}-{n}") not in taken)


def _definition(kind: watches.Kind, made: Actor | Keywords) -> dict[str, Any]:
    """With the keys of the configuration, what is not a default."""
    default = asdict(Actor("", "person", "") if kind == "actor" else Keywords(""))
    found = {name: value for name, value in asdict(made).items() if value != default[name] and name != "id"}
    if kind == "actor":
        found["type"] = made.type if isinstance(made, Actor) else "person"
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _side(kind: watches.Kind, definition: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if definition is None else {"kind": kind, "definition": dict(definition)}
