"""What comes of "Not relevant": the guilty spelling is named, a change proposed with its cost, and made only when it is accepted.

    press -> noted -> the same spelling for the third time -> two changes, each tried on the store -> accept -> in force, undoable

The cost is measured, not guessed: how many of the alerts that people found wrong would not have rung, and how many others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from alerts import backtest, verdicts
from alerts.bot import buttons, deeds, judgements, watches
from alerts.bot.commands import Answer, Here, Press
from alerts.bot.incoming import Pressed
from alerts.bot.line import Key
from alerts.bot.overlay import actor as read_actor
from alerts.bot.tending import DRAFT_LIVES, save, seen_here
from alerts.message import tag
from alerts.model import Actor, Match, owner
from alerts.sheet import Sheet, short
from scraper import store
from scraper.db import Connection

ENOUGH: Final = 3
"""Statements that were found wrong before anything is proposed."""
_MOST, _SAMPLES = 20_000, 1_000

Change = Literal["weak", "without"]


@dataclass(frozen=True, slots=True)
class Option:
    """One change of an actor, tried: of the statements that people found wrong, `silent` would not ring; nor would `lost` others."""

    change: Change
    actor: Actor
    silent: int
    lost: int


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
    config = here.house.config()
    actors, keywords = seen_here(config, here.chat)
    actor = next((one for one in actors if one.id == actor_id), None)
    if actor is None:
        return Answer(nod=here.say("noted"))
    options = []
    for change, changed in _changes(actor, pattern):
        plan = await asyncio.to_thread(
            lambda tried=changed: backtest.plan(actors, keywords, tried_actors=[tried], sources=config.sources)  # type: ignore[misc]
        )
        report = await backtest.backtest(here.house.db, plan, samples=_SAMPLES, most=_MOST)
        gone = {sample.statement for sample in report.lost.samples}
        silent = len(gone & wrong)
        options.append(Option(change, changed, silent, max(0, report.lost.statements - silent)))
    options = [one for one in options if one.silent]
    if not options:
        return Answer(nod=here.say("noted"))
    sheet = Sheet(here.language)
    sheet.add("🎚 ")
    sheet.add(here.say("guilty", pattern=short(pattern, 80), count=len(wrong), what=short(actor.name, 80)))
    for one in options:
        sheet.add("\n• " + here.say(f"option_{one.change}", silent=one.silent, count=len(wrong), lost=one.lost))
    if not owner(actor.id):
        how = here.say(f"how_{options[0].change}", pattern=pattern, id=actor.id)
        sheet.add("\n" + here.say("operators", how=how))
        return Answer(sheet.message(), nod=here.say("noted"))

    def write(conn: Connection) -> tuple[tuple[Key, ...], ...]:
        rows = []
        for one in options:
            payload = {"slug": actor.id.rpartition("/")[2], "pattern": pattern, "change": one.change}
            data = buttons.make(conn, here.chat, "accept", payload, here.now, lives=DRAFT_LIVES)
            rows.append((Key(here.say(f"apply_{one.change}"), data),))
        drop = buttons.make(conn, here.chat, "leave", {}, here.now, lives=DRAFT_LIVES)
        return (*rows, (Key(here.say("leave"), drop),))

    return Answer(sheet.message(), await here.house.db.write(write), nod=here.say("noted"))


def _changes(actor: Actor, pattern: str) -> list[tuple[Change, Actor]]:
    """What can be done about one spelling of an actor: count it only in company, or not at all. The last name stays."""
    found: list[tuple[Change, Actor]] = []
    if pattern in (actor.name, *actor.aliases) and pattern != actor.name:
        found.append(("weak", backtest.with_alias(actor, pattern, weak=True)))
    without = backtest.without_alias(actor, pattern)
    if without != actor:
        found.append(("without", without))
    return found


async def press_accept(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """The change is made to the chat's own actor, as it stands now."""
    slug, pattern = str(payload["slug"]), str(payload["pattern"])
    found = await here.house.db.read(lambda conn: watches.find(conn, here.chat, slug))
    changed = None if found is None else dict(_changes(read_actor(found), pattern)).get(payload["change"])
    if changed is None:
        return Answer(nod=here.say("cannot_undo"))
    return await save("actor", replace(changed, id=slug), here)


PRESSES = (
    Press("not_relevant", "viewer", press_not_relevant, each=True),
    Press("accept", "editor", press_accept, once=True),
)
