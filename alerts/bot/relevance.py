"""What comes of "Not relevant": the guilty spelling is named, a change proposed with its cost, and made only when it is accepted.

    press -> noted -> the same spelling for the third time -> changes, each tried on what rang by it -> accept -> in force, undoable

The cost is measured, not guessed: how many of the alerts that people found wrong would not have rung, and how many others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from alerts import narrowing, verdicts
from alerts.bot import buttons, deeds, judgements, watches
from alerts.bot.commands import Answer, Here, Press
from alerts.bot.incoming import Pressed
from alerts.bot.keeping import narrow, restrict, save
from alerts.bot.line import Key
from alerts.bot.naming import bare
from alerts.bot.overlay import ONLY
from alerts.bot.overlay import actor as read_actor
from alerts.bot.tending import DRAFT_LIVES, seen_here
from alerts.message import tag
from alerts.model import Actor, Match, owner
from alerts.narrowing import Option
from alerts.perusal import look_through
from alerts.sheet import Sheet, short
from scraper import store
from scraper.db import Connection
from scraper.model import Statement

ENOUGH: Final = 3
"""Statements that were found wrong before anything is proposed."""
_MOST: Final = 500
"""Statements that rang by the spelling, newest first, on which a change is tried."""
_SEARCHED: Final = 20_000
_FEW: Final = 150
"""Of these, so many tell which words stand beside it where it was right."""
_OTHERS: Final = 200
_AT_ONCE: Final = 10
_PATIENCE: Final = 1.5
"""Seconds that the changes are tried for: people wait for an answer."""


async def press_not_relevant(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """Note it; where one spelling of one actor is guilty for the third time, propose what to do."""
    number = int(payload["statement"])

    def write(conn: Connection) -> tuple[bool, list[tuple[str, str, frozenset[int]]]]:
        rang = _rang(conn, number, here)
        first = judgements.record(conn, here.channel, here.person, number, rang, here.now)
        if first:
            after = {"statement": number, "channel": here.channel, "button": pressed.data}
            deeds.record(
                conn, chat=here.chat, person=here.person, verb="not relevant", subject=f"#{tag(number)}", before=None, after=after,
                now=here.now,
            )  # fmt: skip
        guilty = [
            (watch, pattern, judgements.statements(conn, here.channel, watch, pattern)) for watch, pattern in rang
        ]
        return first, [one for one in guilty if len(one[2]) >= ENOUGH]

    first, guilty = await here.house.db.write(write)
    if not first:
        return Answer(nod=here.say("noted_before"))
    if not guilty:
        return Answer(nod=here.say("noted"))
    watch, pattern, wrong = max(guilty, key=lambda one: len(one[2]))
    if not watch.startswith("@"):
        what = watch.rpartition("/")[2]
        return Answer(here.sentence("rule_guilty", what=what, count=len(wrong)), nod=here.say("noted"))
    return await _proposed(watch.removeprefix("@"), pattern, wrong, here)


def _rang(conn: Connection, number: int, here: Here) -> tuple[tuple[str, str], ...]:
    """The watches and spellings of this chat that a statement rang for."""
    statement = store.get(conn, number)
    if statement is None:
        return ()
    owners = {"", f"chat:{here.chat}"}
    found: Sequence[Match] = verdicts.matches_of(conn, [(number, statement.revision)]).get(number, ())
    return tuple(dict.fromkeys((one.watch, one.pattern) for one in found if one.owner in owners))


async def _proposed(actor_id: str, pattern: str, wrong: frozenset[int], here: Here) -> Answer:
    actors, _ = seen_here(here.house.config(), here.chat)
    actor = next((one for one in actors if one.id == actor_id), None)
    if actor is None:
        return Answer(nod=here.say("noted"))
    options = await _tried(actor, pattern, wrong, here)
    if not options:
        return Answer(nod=here.say("noted"))
    sheet = Sheet(here.language)
    sheet.add("🎚 ")
    sheet.add(here.say("guilty", pattern=short(pattern, 80), count=len(wrong), what=short(actor.name, 80)))
    for one in options:
        values: dict[str, object] = {"silent": one.silent, "count": len(wrong), "lost": one.lost}
        values |= {"what": short(actor.name, 80)} if one.change in narrowing.ROLES else {}
        near = {"words": ", ".join(one.words)} if one.change == "near" else {}
        sheet.add("\n• " + here.say(f"option_{one.change}", **values, **near))
    if not owner(actor.id):
        query = {"query": options[0].rule.query} if options[0].rule is not None else {}
        how = here.say(f"how_{options[0].change}", pattern=pattern, id=actor.id, **query)
        sheet.add("\n" + here.say("operators", how=how))
        return Answer(sheet.message(), nod=here.say("noted"))

    def write(conn: Connection) -> tuple[tuple[Key, ...], ...]:
        rows = []
        for one in options:
            payload = {
                "slug": actor.id.rpartition("/")[2], "pattern": pattern, "change": one.change, "words": list(one.words),
            }  # fmt: skip
            data = buttons.make(conn, here.chat, "accept", payload, here.now, lives=DRAFT_LIVES)
            rows.append((Key(here.say(f"apply_{one.change}"), data),))
        drop = buttons.make(conn, here.chat, "leave", {}, here.now, lives=DRAFT_LIVES)
        return (*rows, (Key(here.say("leave"), drop),))

    return Answer(sheet.message(), await here.house.db.write(write), nod=here.say("noted"))


async def _tried(actor: Actor, pattern: str, wrong: frozenset[int], here: Here) -> tuple[Option, ...]:
    """What could be done about the spelling, tried on what rang by it, those that were found wrong first."""
    sources = {source.id: source for source in here.house.config().sources}

    def read(conn: Connection) -> tuple[dict[int, Statement], list[Statement], list[Statement], bool]:
        met = verdicts.met_by(conn, f"@{actor.id}", pattern, _MOST)
        ids = [*sorted(wrong), *(one for one in met if one not in wrong)]
        rang = {one.id: one for one in (store.get(conn, id_) for id_ in ids) if one is not None}
        lately = store.find(conn, newest=True, limit=_OTHERS)
        by_any = [id_ for id_ in verdicts.met_by(conn, f"@{actor.id}", None, _MOST) if id_ not in rang]
        elsewhere = [one for one in (store.get(conn, id_) for id_ in by_any) if one is not None]
        mine = watches.find(conn, here.chat, bare(actor.id)) if owner(actor.id) else None
        return (
            rang,
            [one for one in lately if one.id not in rang],
            elsewhere,
            mine is None or ONLY not in mine.definition,
        )

    rang, others, elsewhere, roles = await here.house.db.read(read)
    rings = await asyncio.to_thread(narrowing.rings_by, actor, pattern, sources)

    def look(statements: Sequence[Statement]) -> None:
        for one in statements:
            if len(rang) < _MOST and one.id not in rang and rings(one):
                rang[one.id] = one

    # What was stored before the actor was watched was never judged with it.
    await look_through(here.house.db, look, most=_SEARCHED, patience=_PATIENCE / 2)
    loop = asyncio.get_running_loop()
    ends = loop.time() + _PATIENCE
    every = tuple(rang.values())
    others = [one for one in others if one.id not in rang]

    def sort_out() -> narrowing.Trial:
        is_right = narrowing.in_company(actor, pattern, sources)
        right = [one for one in every[:_FEW] if one.id not in wrong and is_right(one)]
        words = narrowing.words_near(actor, pattern, right, [one for one in every if one.id in wrong], others)
        return narrowing.Trial(actor, pattern, words, wrong, sources, roles=roles)

    trial = await asyncio.to_thread(sort_out)
    for start in range(0, len(every), _AT_ONCE):
        if start and loop.time() >= ends:
            break
        await asyncio.to_thread(trial.add, every[start : start + _AT_ONCE])
    elsewhere = [one for one in elsewhere if one.id not in rang]
    for start in range(0, len(elsewhere), _AT_ONCE):
        if start and loop.time() >= ends:
            break
        await asyncio.to_thread(trial.add_others, elsewhere[start : start + _AT_ONCE])
    return trial.options()


async def press_accept(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """The change is made to the chat's own actor, as it stands now."""
    slug, pattern = str(payload["slug"]), str(payload["pattern"])
    words = [str(word) for word in payload.get("words", ())]
    found = await here.house.db.read(lambda conn: watches.find(conn, here.chat, slug))
    if found is None or found.kind != "actor":
        return Answer(nod=here.say("cannot_undo"))
    if (role := narrowing.ROLES.get(payload["change"])) is not None:
        return await restrict(slug, role, here)
    actor = replace(read_actor(found), id=slug)
    possible = {change: (changed, rule) for change, changed, rule in narrowing.changes(actor, pattern, words)}
    if payload["change"] not in possible:
        return Answer(nod=here.say("cannot_undo"))
    changed, rule = possible[payload["change"]]
    return await save("actor", changed, here) if rule is None else await narrow(changed, rule, here)


PRESSES = (
    Press("not_relevant", "viewer", press_not_relevant, each=True),
    Press("accept", "editor", press_accept, once=True),
)
