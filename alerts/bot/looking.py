"""What everybody who is enrolled may look at: the state of things, why an alert rang, what was stored; and a test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from alerts import outbox, troubles, verdicts
from alerts.bot import chats
from alerts.bot.commands import Answer, Command, Document, Here, Press, plain
from alerts.bot.incoming import Asked, Pressed, figures
from alerts.message import tag, tagged
from alerts.model import Match, owner
from alerts.sheet import Sheet, short
from alerts.times import tell_time
from scraper import sources, stories
from scraper import store as statements
from scraper.condition import USABLE
from scraper.db import Connection
from scraper.model import Statement

_WHY = 14
"""Matches that are told."""


async def status(asked: Asked, here: Here) -> Answer:
    """`/status`: how many sources are well, what waits to be sent, and the worst of what is not well."""

    def read(conn: Connection) -> tuple[Any, ...]:
        return sources.states(conn), outbox.summary(conn), sources.beats(conn), outbox.channels(conn)

    states, (by_state, oldest), beats, channels = await here.house.db.read(read)
    config = here.house.config()
    enabled = {source.id: source for source in config.sources if source.enabled}
    stands = {
        state.id: troubles.standing(state, enabled.get(state.id), config.health)
        for state in states
        if state.id in enabled
    }
    ill = {id_: stand for id_, stand in stands.items() if stand is not None and stand not in USABLE}
    open_ = sum(by_state.get(state, 0) for state in ("pending", "claimed", "unconfirmed"))
    sheet = Sheet(here.language)
    sheet.add(here.say("status_title"), "bold")
    sheet.add("\n" + here.say("status_sources", well=len(stands) - len(ill), all=len(stands)))
    sheet.add(
        "\n" + here.say("status_outbox", waiting=open_, held=by_state.get("held", 0), failed=by_state.get("failed", 0))
    )
    if oldest is not None and open_:
        sheet.add("\n" + here.say("status_oldest", at=tell_time(oldest, here.timezone, here.language).text))
    if "service" in beats:
        sheet.add("\n" + here.say("status_alive", at=tell_time(beats["service"][0], here.timezone, here.language).text))
    for id_, stand in sorted(ill.items())[:12]:
        sheet.add("\n• ")
        sheet.foreign(short(id_, 64))
        sheet.add(f": {str(stand).replace('_', ' ')}")
    for channel in channels:
        if channel.condition != "ok":
            sheet.add("\n⚠️ ")
            sheet.foreign(short(f"{channel.id}: {channel.reason}", 200))
    return Answer(sheet.message())


async def why(asked: Asked, here: Here) -> Answer:
    """`/why TAG`, or in answer to an alert: what matched where, by which steps, and which route took it."""
    said = figures(asked.words.strip())
    number = tagged(said) if said else None
    if number is None and asked.answers and not said:
        number = await here.house.db.read(lambda conn: chats.statement_of(conn, here.channel, asked.answers))
    if number is None:
        return plain(here.say("why_form"))
    return await explained(number, here)


async def explained(number: int, here: Here) -> Answer:
    """Why the statement `number` rang in this chat, or did not."""

    def read(conn: Connection) -> tuple[Any, ...]:
        statement = statements.get(conn, number)
        pairs = [] if statement is None else [(statement.id, statement.revision)]
        story = stories.stories_of(conn, [number]).get(number)
        return statement, verdicts.matches_of(conn, pairs).get(number, ()), outbox.of_statement(conn, number), story

    statement, matches, deliveries, story = await here.house.db.read(read)
    if statement is None:
        return plain(here.say("why_gone"))
    mine = [one for one in deliveries if one.channel == here.channel and one.kind == "alert"]
    owners = {"", f"chat:{here.chat}"}
    sheet = Sheet(here.language)
    sheet.foreign(short(statement.title, 200) or "?", "bold")
    sheet.add("\n")
    sheet.foreign(f"#{tag(number)}", "code")
    names = {actor.id: actor.name for actor in here.house.config().actors}
    met = Counter(_met(one) for one in matches if one.owner in owners)
    for (watch, surface, pattern, role, tier, steps), times in list(met.items())[:_WHY]:
        sheet.add("\n• ")
        name = names.get(watch.removeprefix("@"), watch.rpartition("/")[2].removeprefix("@"))
        sheet.foreign(short(name, 64), "bold")
        way = "why_match" if surface != pattern else "why_as_it_is"
        said = here.say(way, pattern=pattern[:120], surface=surface[:120])
        sheet.add(f": {said}" + (f" ×{times}" if times > 1 else ""))
        for more in (here.say(f"role_{role}") if role else "", here.say("why_tier", tier=tier) if role else ""):
            sheet.add(sheet.words.COMMA + more if more else "")
        if steps:
            sheet.add("; ")
            sheet.foreign(short(", ".join(steps), 200))
    for one in mine:
        routes = ", ".join(dict.fromkeys(here.say("own_watchlist") if owner(name) else name for name in one.routes))
        at = tell_time(one.settled_at or one.created_at, here.timezone, here.language).text
        sheet.add("\n" + here.say("why_route", routes=routes or "-", state=here.say(f"state_{one.state}", at=at)))
        if one.reason:
            sheet.add("\n")
            sheet.foreign(short(one.reason, 200))
    if not mine:
        sheet.add("\n" + here.say("why_not_here"))
    if story is not None and story != number:
        sheet.add("\n" + here.say("why_story", tag=tag(story)))
    return Answer(sheet.message())


def _met(match: Match) -> tuple[str, str, str, str | None, str, tuple[str, ...]]:
    """What is told of a match: places that look the same are told once."""
    return match.watch, match.surface, match.pattern, match.role, match.tier, match.steps


async def test(asked: Asked, here: Here) -> Answer:
    """`/test`: a message by the way that alerts take, so that a chat that gets nothing is told apart from a quiet day."""
    channels = {channel.id for channel in here.house.config().channels}
    if here.channel not in channels:
        return plain(here.say("not_enrolled"))
    subject = f"test:{here.now:%Y%m%dT%H%M%S%f}"
    draft = outbox.Draft(here.channel, "notice", subject, 1, "urgent", here.now, text=here.say("test_alert"))
    await here.house.db.write(lambda conn: outbox.put(conn, [draft], here.now))
    return plain(here.say("test_queued"))


async def press_why(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """The button Why? under an alert."""
    return await explained(int(payload["statement"]), here)


async def press_snapshot(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """The button Snapshot under an alert: the stored text as a file, with where and when it was read."""
    number = int(payload["statement"])
    statement = await here.house.db.read(lambda conn: statements.get(conn, number))
    if statement is None:
        return Answer(nod=here.say("why_gone"))
    return Answer(
        document=Document(f"{tag(number)}.txt", snapshot(statement, here.timezone).encode("utf-8", "replace"))
    )


def snapshot(statement: Statement, timezone: str) -> str:
    """A statement as it is stored, as a text file."""
    head = [
        f"#{tag(statement.id)}",
        statement.title,
        statement.url or "",
        f"source: {statement.source}",
        f"seen: {statement.first_seen_at.isoformat()}",
        f"published: {statement.published.at.isoformat()} ({statement.published.precision})"
        if statement.published
        else "",
        f"revision: {statement.revision}",
    ]
    return "\n".join(line for line in head if line) + "\n\n" + (statement.text or statement.summary) + "\n"


COMMANDS = (
    Command("status", "viewer", status),
    Command("why", "viewer", why),
    Command("test", "viewer", test),
)
PRESSES = (Press("why", "viewer", press_why), Press("snapshot", "viewer", press_snapshot))
