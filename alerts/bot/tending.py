"""What editors tend in the chat: whom it watches, by which spellings, by which rules.

    /watch NAME -> spellings by script, what they would have rung for last week -> keep, prune -> save -> in force at once

A preview is not stored: its decisions stand behind its buttons. What is saved is written down and can be undone.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from alerts import backtest, proposal, verdicts
from alerts.bot import buttons, chats, watches
from alerts.bot.commands import Answer, Command, Here, Press, plain
from alerts.bot.incoming import Asked, Pressed
from alerts.bot.keeping import end, free, save
from alerts.bot.line import Key
from alerts.bot.naming import bare, by_id, lacking
from alerts.bot.overlay import actor as read_actor
from alerts.bot.overlay import own_id
from alerts.bot.watches import Watch
from alerts.model import Actor, Keywords, Message, owner
from alerts.settings import Configuration
from alerts.sheet import Sheet, short
from alerts.watch.asked import NotUnderstood, name_key, slug_of
from alerts.watch.asked import asked as understood
from scraper import store
from scraper.db import Connection

LOOK_BACK: Final = timedelta(days=7)
_MOST = 20_000
"""Statements that a preview looks through."""
_PATIENCE = 1.5
"""Seconds that it looks: people wait for an answer, and what it has counted by then is told as "at least"."""
_KEYS, _SAMPLES, _SHOWN = 10, 5, 12
_OFFERED = 24
"""Buttons under `/unwatch` without a word."""
DRAFT_LIVES: Final = timedelta(hours=6)


# ------------------------------------------------------------------------------------------ adding


async def watch(asked: Asked, here: Here) -> Answer:
    """`/watch NAME` or `/watch RULE`: what it would find, to be pruned and saved."""
    said = asked.words.strip()
    if not said:
        return plain(here.say("watch_form"))
    if not await here.house.db.read(lambda conn: _is_enrolled(conn, here)):
        return plain(here.say("not_enrolled"))
    config = here.house.config()
    actors, keywords = seen_here(config, here.chat)
    said, unknown = await asyncio.to_thread(by_id, said, actors)
    if unknown := unknown or _nobody(said, actors, here):
        return Answer(_told_nobody(unknown, here))
    try:
        meant = understood(
            said, [replace(one, id=bare(one.id)) for one in actors], [replace(one, id=bare(one.id)) for one in keywords]
        )
    except NotUnderstood as error:
        return plain(here.say("watch_wrong", why=error))
    if meant.reading == "id" or (meant.actor is None and meant.keywords is None):
        return plain(here.say("watched_before", what=said))
    if meant.keywords is not None:
        return await _preview_rule(said, here)
    return await _preview_actor({"name": said.strip('"“”«»')}, here)


async def alias(asked: Asked, here: Here) -> Answer:
    """`/alias WHO = SPELLING`: one spelling more for an actor of this chat, with what it would have caught."""
    who, equals, spelling = asked.words.partition("=")
    found = await here.house.db.read(lambda conn: _own(conn, here.chat, who.strip()))
    if not who.strip() or not equals or not spelling.strip():
        return plain(here.say("alias_form"))
    if found is None or found.kind != "actor":
        filed = _named(here.house.config().actors, who.strip())
        return plain(here.say("files_own" if filed else "nobody_called", what=who.strip()))
    return await _preview_actor({"name": spelling.strip(), "extends": found.slug}, here)


async def _preview_actor(draft: Mapping[str, Any], here: Here) -> Answer:
    """The spellings of a name, what is kept of them, and what they would have rung for; with buttons for each decision."""
    config = here.house.config()
    actors, keywords = seen_here(config, here.chat)
    extends = await _extended(draft, here)
    proposed = await asyncio.to_thread(_proposed, draft, actors, extends)
    measured = await proposal.measure(
        here.house.db, proposed, actors=actors, keywords=keywords, sources=config.sources,
        since=here.now - LOOK_BACK, most=_MOST, patience=_PATIENCE, samples=_SAMPLES,
    )  # fmt: skip
    sheet = Sheet(here.language)
    sheet.add("👁 ")
    sheet.foreign(short(proposed.actor.name, 120), "bold")
    if extends is not None:
        sheet.add(" + ")
        sheet.foreign(short(str(draft["name"]), 120), "bold")
    for script in dict.fromkeys(one.script for one in proposed.spellings):
        mine = [one for one in proposed.spellings if one.script == script]
        sheet.add(f"\n{here.say(f'script_{script.lower()}')}: ")
        for index, one in enumerate(mine[:_SHOWN]):
            sheet.add(" · " if index else "")
            sheet.foreign(short(one.text, 60))
            sheet.add(" ✓" if one.kept else " ●" if one.finds else " ✗")
    sheet.add(f"\n{here.say('watch_legend')}")
    _told_report(sheet, measured.report, here)
    if proposed.rings_for:
        names = ", ".join(f"{spelling} ({who.rpartition('/')[2]})" for spelling, who in proposed.rings_for[:5])
        sheet.add("\n⚠️ " + here.say("watch_rivals", names=names))

    def write(conn: Connection) -> tuple[tuple[Key, ...], ...]:
        rows = []
        for one in [one for one in proposed.spellings if one.text != proposed.actor.name and not one.finds][:_KEYS]:
            decided = dict(draft)
            kept = {*decided.get("kept", ())} - {one.text} | ({one.text} if not one.kept else set())
            pruned = {*decided.get("pruned", ())} - {one.text} | ({one.text} if one.kept else set())
            decided |= {"kept": sorted(kept), "pruned": sorted(pruned)}
            data = buttons.make(conn, here.chat, "draft", decided, here.now, person=here.person, lives=DRAFT_LIVES)
            rows.append((Key(f"{'✗' if one.kept else '✓'} {one.text[:40]}", data),))
        save = buttons.make(conn, here.chat, "save", dict(draft), here.now, person=here.person, lives=DRAFT_LIVES)
        drop = buttons.make(conn, here.chat, "leave", {}, here.now, person=here.person, lives=DRAFT_LIVES)
        return (*rows, (Key(here.say("save"), save), Key(here.say("leave"), drop)))

    return Answer(sheet.message(), await here.house.db.write(write), in_place=True)


async def _preview_rule(query: str, here: Here) -> Answer:
    config = here.house.config()
    actors, keywords = seen_here(config, here.chat)
    mine = await here.house.db.read(lambda conn: watches.of_chat(conn, here.chat))
    slug = _slug(query, {bare(one.id) for one in keywords} | {one.slug for one in mine})
    tried = Keywords(id=own_id(here.chat, slug), query=query)
    try:
        plan = await asyncio.to_thread(
            lambda: backtest.plan(actors, keywords, tried_keywords=[tried], sources=config.sources)
        )
    except ValueError as error:
        return plain(here.say("watch_wrong", why=error))
    report = await backtest.backtest(
        here.house.db, plan, since=here.now - LOOK_BACK, samples=_SAMPLES, most=_MOST, patience=_PATIENCE
    )
    sheet = Sheet(here.language)
    sheet.add("👁 ")
    sheet.foreign(short(query, 500), "code")
    _told_report(sheet, report, here)

    def write(conn: Connection) -> tuple[tuple[Key, ...], ...]:
        draft = {"query": query, "slug": slug}
        save = buttons.make(conn, here.chat, "save", draft, here.now, person=here.person, lives=DRAFT_LIVES)
        drop = buttons.make(conn, here.chat, "leave", {}, here.now, person=here.person, lives=DRAFT_LIVES)
        return ((Key(here.say("save"), save), Key(here.say("leave"), drop)),)

    return Answer(sheet.message(), await here.house.db.write(write), in_place=True)


def _told_report(sheet: Sheet, report: backtest.Report, here: Here) -> None:
    """What it would have rung for in the last week, with samples, and which spelling is guilty of how many."""
    days = LOOK_BACK.days
    would = "watch_at_least" if report.cut else "watch_would" if report.statements else "watch_would_not"
    sheet.add("\n" + here.say(would, rung=report.statements, read=report.read, days=days, new=report.new.statements))
    for watched in report.watches[:1]:
        guilty = [one for one in watched.aliases if one.only][:4]
        if guilty:
            sheet.add("\n" + here.say("watch_guilty", names=", ".join(f"{one.text}: {one.only}" for one in guilty)))
        for sample in watched.samples[:_SAMPLES]:
            sheet.add("\n• ")
            sheet.foreign(short(sample.text or sample.title, 200), hits=())
            sheet.add(" · ")
            sheet.foreign(short(sample.source, 40))


async def press_draft(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """A spelling is kept or pruned: the preview anew, in its place."""
    return await _preview_actor(payload, here)


async def press_leave(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """The preview is dropped."""
    return Answer(here.sentence("left_out"), in_place=True)


async def press_save(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """What the preview shows is watched from now on, unless somebody else saved the same meanwhile."""
    said = str(payload.get("query") or payload["name"])
    if "extends" not in payload and await here.house.db.read(lambda conn: _own(conn, here.chat, said)) is not None:
        return Answer(here.sentence("watched_before", what=said), in_place=True)
    actors, _ = seen_here(here.house.config(), here.chat)
    if "query" in payload:
        if unknown := _nobody(said, actors, here):
            return Answer(_told_nobody(unknown, here), in_place=True)
        made: Actor | Keywords = Keywords(id=str(payload["slug"]), query=str(payload["query"]))
        kind: watches.Kind = "rule"
    else:
        extends = await _extended(payload, here)
        made = proposal.settled(await asyncio.to_thread(_proposed, payload, actors, extends))
        kind = "actor"
    return await save(kind, made, here, fresh="extends" not in payload)


async def unwatch(asked: Asked, here: Here) -> Answer:
    """`/unwatch WHAT`: this chat watches it no more. What stands in the configuration is the operator's.

    Without a word: all that this chat watches, as buttons; in answer to an alert, what of it rang there."""
    said = asked.words.strip()
    if not said:
        return await _offered(asked.answers, here)
    found = await here.house.db.read(lambda conn: _own(conn, here.chat, said))
    if found is None:
        config = here.house.config()
        filed = _named(config.actors, said) or any(one.id == said for one in config.keywords)
        return plain(here.say("files_own" if filed else "nobody_called", what=said))
    return await end(found, here)


async def _offered(answers: str, here: Here) -> Answer:
    """What could be watched no more, a button for each."""

    def write(conn: Connection) -> tuple[int, tuple[tuple[Key, ...], ...]]:
        mine = list(watches.of_chat(conn, here.chat))
        number = chats.statement_of(conn, here.channel, answers) if answers else None
        if number is not None and (statement := store.get(conn, number)) is not None:
            met = verdicts.matches_of(conn, [(number, statement.revision)]).get(number, ())
            rang = {bare(one.watch.removeprefix("@")) for one in met if one.owner == f"chat:{here.chat}"}
            mine = [one for one in mine if one.slug in rang] or mine
        rows = []
        for one in mine[:_OFFERED]:
            name = str(one.definition.get("name") or one.definition.get("query") or one.slug)
            data = buttons.make(conn, here.chat, "unwatch", {"slug": one.slug}, here.now, lives=DRAFT_LIVES)
            rows.append((Key(f"✗ {short(name, 50)}", data),))
        return len(mine), tuple(rows)

    count, rows = await here.house.db.write(write)
    if not rows:
        return plain(here.say("export_none"))
    more = "\n" + here.say("unwatch_more", count=count - len(rows)) if count > len(rows) else ""
    return Answer(plain(here.say("unwatch_form") + more).message, rows)


async def press_unwatch(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """One of what `/unwatch` offered."""
    found = await here.house.db.read(lambda conn: watches.find(conn, here.chat, str(payload["slug"])))
    return Answer(nod=here.say("old_button")) if found is None else await end(found, here)


# --------------------------------------------------------------------------------------- together


def seen_here(config: Configuration, chat: str) -> tuple[list[Actor], list[Keywords]]:
    """The actors and lists that this chat may know of: the configuration's, and its own."""
    mine = {"", f"chat:{chat}"}
    return (
        [one for one in config.actors if owner(one.id) in mine],
        [one for one in config.keywords if owner(one.id) in mine],
    )


def _proposed(draft: Mapping[str, Any], actors: Sequence[Actor], extends: Actor | None) -> proposal.Proposal:
    made = proposal.propose(str(draft["name"]), actors=actors, actor=extends)
    for one in draft.get("kept", ()):
        made = proposal.keep(made, str(one))
    for one in draft.get("pruned", ()):
        made = proposal.prune(made, str(one))
    return made


async def _extended(draft: Mapping[str, Any], here: Here) -> Actor | None:
    slug = draft.get("extends")
    if slug is None:
        return None
    found = await here.house.db.read(lambda conn: watches.find(conn, here.chat, str(slug)))
    return None if found is None else read_actor(found)


def _nobody(query: str, actors: Sequence[Actor], here: Here) -> tuple[str, ...]:
    """Whom a rule names of whom nobody here has heard."""
    return lacking(query, [one.id for one in actors], f"chat:{here.chat}")


def _told_nobody(names: Sequence[str], here: Here) -> Message:
    listed = ", ".join(f"@{name}" for name in names[:5])
    return here.sentence("watch_nobody", names=listed, example='@"Qais al-Khazali" NEAR/5 drone')


def _is_enrolled(conn: Connection, here: Here) -> bool:
    chat = chats.find(conn, here.chat)
    return chat is not None and chat.enrolled_at is not None


def _own(conn: Connection, chat: str, said: str) -> Watch | None:
    """What this chat watches under that slug or name."""
    wanted = _loose(said)
    mine = watches.of_chat(conn, chat)
    for one in mine:
        names = (one.slug, str(one.definition.get("name", "")), str(one.definition.get("query", "")))
        if wanted and wanted in map(_loose, names):
            return one
    key = name_key(said)
    return next((one for one in mine if key and key in map(name_key, one.definition.get("aliases", ()))), None)


def _named(actors: Iterable[Actor], said: str) -> bool:
    return any(_loose(said) in (one.id.lower(), _loose(one.name)) for one in actors if not owner(one.id))


def _loose(said: str) -> str:
    """A name, an id or a rule without what people write around it or not."""
    return said.strip().strip('"“”«»').lower().lstrip("@")


def _slug(query: str, taken: Collection[str]) -> str:
    """A short id for a rule, of its first words; none of `taken`."""
    words = [word for word in re.findall(r"[^\W\d_]{3,}", query) if word not in ("AND", "NOT", "NEAR")]
    return free(slug_of(" ".join(words[:3])) or "rule", taken)


COMMANDS = (
    Command("watch", "editor", watch, slow=True),
    Command("unwatch", "editor", unwatch),
    Command("alias", "editor", alias, slow=True),
)
PRESSES = (
    Press("draft", "editor", press_draft, once=True),
    Press("save", "editor", press_save, once=True),
    Press("leave", "editor", press_leave, once=True),
    Press("unwatch", "editor", press_unwatch, once=True),
)
