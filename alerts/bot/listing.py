"""What is watched in a chat, by which rules and routes, from which sources, and who changed it: shown, and as files.

The configuration's watchlists are the operator's; a chat sees them and its own, never another chat's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from alerts import troubles
from alerts.bot import chats, deeds, undoing, watches
from alerts.bot.commands import Answer, Command, Document, Here, plain
from alerts.bot.incoming import Asked
from alerts.bot.line import Key
from alerts.bot.naming import bare, resting
from alerts.bot.overlay import ONLY
from alerts.bot.overlay import actor as read_actor
from alerts.bot.overlay import rule as read_rule
from alerts.bot.talk import LANGUAGES
from alerts.bot.undoing import noted
from alerts.bot.watches import Watch
from alerts.exchange.watchlist import actor_table, text
from alerts.model import Actor, owner
from alerts.sheet import Sheet, short
from alerts.times import tell_time
from scraper import sources
from scraper.db import Connection
from scraper.errors import SourceError

_ONLY = {"speaker": "only when they speak", "mentioned": "only when others speak of them"}
_SPOKEN: Final[Mapping[str, str]] = {
    "english": "en", "arabic": "ar", "العربية": "ar", "عربي": "ar", "persian": "fa", "farsi": "fa", "فارسی": "fa",
    "فارسي": "fa", "french": "fr", "français": "fr", "francais": "fr",
}  # fmt: skip
"""Languages as people call them."""
_UNDOABLE = 5
"""Changes that /changes offers to undo."""


async def list_actors(asked: Asked, here: Here) -> Answer:
    """`/actors`: who is watched here, by this chat and by the configuration."""
    config = here.house.config()
    mine = await here.house.db.read(lambda conn: watches.of_chat(conn, here.chat))
    lines = []
    for watch in [one for one in mine if one.kind == "actor"]:
        only = watch.definition.get(ONLY)
        more = f"; {here.say(f'only_{only}')}" if only else ""
        lines.append(f"• {_line(read_actor(watch))} ({here.say('own')}{more})")
    lines += [f"• {_line(one)}" for one in config.actors if not owner(one.id)]
    if not lines:
        return plain(here.say("actors_none"))
    return _titled_or_file(here.say("actors_title"), lines, "actors.txt", here)


async def list_rules(asked: Asked, here: Here) -> Answer:
    """`/rules`: which lists and rules ring here, and which routes lead here."""
    config = here.house.config()
    mine = await here.house.db.read(lambda conn: watches.of_chat(conn, here.chat))
    rests = resting(mine, [one.id for one in config.actors])
    lines = [
        f"• {one.slug}: {one.definition.get('query', '')} ({here.say('own')})"
        + (f" ⚠️ {here.say('rule_rests', names=_at(rests[one.slug]))}" if one.slug in rests else "")
        for one in mine
        if one.kind == "rule"
    ]
    lines += [f"• {one.id}: {one.query or ', '.join(one.any[:8])}" for one in config.keywords if not owner(one.id)]
    lines += [
        f"→ {here.say('route')}: {one.name}"
        for one in config.routes
        if here.channel in one.channels and not owner(one.name)
    ]
    return (
        _titled_or_file(here.say("rules_title"), lines, "rules.txt", here) if lines else plain(here.say("rules_none"))
    )


async def list_sources(asked: Asked, here: Here) -> Answer:
    """`/sources`: every source and how it is."""
    config = here.house.config()
    states = {state.id: state for state in await here.house.db.read(sources.states)}
    lines = []
    for source in config.sources:
        state = states.get(source.id)
        stand = troubles.standing(state, source, config.health) if state is not None else None
        said = here.say("source_off") if not source.enabled else str(stand or here.say("source_new")).replace("_", " ")
        new = (
            f", {here.say('source_last')} {tell_time(state.last_new_at, here.timezone, here.language).text}"
            if state and state.last_new_at
            else ""
        )
        lines.append(f"• {source.id}: {said}{new}")
    return _titled_or_file(here.say("sources_title"), lines, "sources.txt", here)


async def probe(asked: Asked, here: Here) -> Answer:
    """`/probe URL`: what a site offers. To poll it is the operator's decision: the answer says which command writes it down."""
    look = here.house.doers.get("probe")
    if not asked.words.strip() or look is None:
        return plain(here.say("probe_form"))
    url = asked.words.split()[0]
    try:
        offers: Sequence[str] = await look(url)
    except SourceError as error:
        return plain(here.say("probe_failed", url=url, why=str(error)))
    if not offers:
        return plain(here.say("probe_nothing"))
    lines = [f"{number}. {here.fit(one)}" for number, one in enumerate(offers[:8], 1)]
    return here.titled(here.say("probe_title"), [*lines, here.say("probe_write", url=url)])


async def export(asked: Asked, here: Here) -> Answer:
    """`/export`: what this chat watches, as a watchlist file that `include` takes."""
    mine = await here.house.db.read(lambda conn: watches.of_chat(conn, here.chat))
    if not mine:
        return plain(here.say("export_none"))
    written = toml(mine, [one.id for one in here.house.config().actors])
    return Answer(here.sentence("export_said", count=len(mine)), document=Document("watchlist.toml", written.encode()))


def toml(mine: Sequence[Watch], actors: Iterable[str] = ()) -> str:
    """The watches of a chat as `[actors.ID]` and `[keywords.ID]`; a rule that rests as a comment, for who includes the file
    would be told of a mistake. `actors` are the ids of the configuration's."""
    tables, rests = [], resting(mine, actors)
    for one in mine:
        if one.kind == "actor":
            role = one.definition.get(ONLY)
            note = f'it rings {_ONLY[role]}: a route with actors = ["{one.slug}"] and role = "{role}"' if role else ""
            tables.append(actor_table(replace(read_actor(one), id=one.slug), note=note))
        else:
            rule = read_rule(one)
            table = f"[keywords.{one.slug}]\nquery = {text(rule.query)}\n"
            if one.slug in rests:
                lines = [f"nobody is called {_at(rests[one.slug])}, so this rule rests:", *table.splitlines()]
                table = "".join(f"# {line}\n" for line in lines)
            tables.append(table)
    return "\n".join(tables)


async def list_changes(asked: Asked, here: Here) -> Answer:
    """`/changes`: the last changes of this chat: who, when, what."""

    def read(conn: Connection) -> tuple[tuple[deeds.Deed, ...], dict[str, str]]:
        found = deeds.latest(conn, here.chat, 20)
        return found, chats.names(conn, [*(one.person for one in found), *(one.subject for one in found)])

    found, names = await here.house.db.read(read)
    rows = await here.house.db.write(lambda conn: undoing.rows(conn, found, here, most=_UNDOABLE))
    lines = []
    for one in found:
        undone = f" ({here.say('undone_mark')})" if one.undone_at else ""
        who = here.fit(names.get(one.person, one.person))
        lines.append(
            f"• {tell_time(one.at, here.timezone, here.language).text} · {who}: {undoing.told(one, here, names)}{undone}"
        )
    if not lines:
        return plain(here.say("changes_none"))
    return replace(here.titled(here.say("changes_title"), lines), rows=rows)


async def language(asked: Asked, here: Here) -> Answer:
    """`/language en|ar|fa|fr`: the language of the bot in this chat."""
    said = asked.words.strip().lower()
    wanted = _SPOKEN.get(said, said)
    if wanted not in LANGUAGES:
        return plain(here.say("language_form"))
    there = replace(here, language=wanted)

    def write(conn: Connection) -> tuple[Key, ...] | None:
        chat = chats.find(conn, here.chat)
        if chat is None:
            return None
        chats.choose(conn, here.chat, language=wanted)
        return noted(conn, there, "choice", "language", {"value": chat.language}, {"value": wanted})

    row = await here.house.db.write(write)
    if row is None:
        return plain(here.say("not_enrolled"))
    await here.house.adopt()
    return Answer(there.sentence("language_is"), (row,))


def _at(names: Iterable[str]) -> str:
    return ", ".join(f"@{name}" for name in names)


def _line(one: Actor) -> str:
    """A name, how a rule says it, and how many spellings it has beside."""
    more = len(one.aliases) + len(one.weak_aliases)
    return f"{one.name} · @{bare(one.id)}" + (f" +{more}" if more else "")


def _titled_or_file(title: str, lines: Sequence[str], name: str, here: Here) -> Answer:
    """A list in the chat, or as a file where it is long."""
    if len(lines) <= 40 and sum(map(len, lines)) < 3_000:
        sheet = Sheet(here.language)
        sheet.add(title, "bold")
        for line in lines:
            mark, _, said = line.partition(" ")
            sheet.add(f"\n{mark} ")
            sheet.foreign(short(said, 300))
        return Answer(sheet.message())
    return Answer(
        here.sentence("long_list", title=title, count=len(lines)),
        document=Document(name, "\n".join(lines).encode("utf-8", "replace")),
    )


COMMANDS = (
    Command("actors", "viewer", list_actors),
    Command("rules", "viewer", list_rules),
    Command("sources", "viewer", list_sources),
    Command("probe", "editor", probe, slow=True),
    Command("export", "editor", export),
    Command("changes", "viewer", list_changes),
    Command("language", "editor", language),
)
