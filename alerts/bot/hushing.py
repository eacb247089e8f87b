"""Silence in the chat: mutes that always end, quiet hours, digests. What is held back is told later, never lost."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from alerts import bundles, mutes
from alerts.bot import chats
from alerts.bot.commands import Answer, Command, Here, Press, plain
from alerts.bot.incoming import Asked, Pressed, figures
from alerts.bot.line import Key
from alerts.bot.overlay import own_id
from alerts.bot.undoing import noted
from alerts.hour_keys import DAYS
from alerts.manners import Scope
from alerts.message import tagged
from alerts.mutes import Muted
from alerts.settings import Configuration
from alerts.times import tell_time
from scraper import stories
from scraper.db import Connection

HOUR: Final = timedelta(hours=1)
_SPAN = re.compile(r"(\d{1,4})\s*(m|min|h|d|w)", re.IGNORECASE)
_UNITS = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": HOUR,
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*(?:-|–|to)\s*([01]?\d|2[0-3]):([0-5]\d)")
_AT = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be silent, as the words of a command gave it. `name` is for people."""

    scope: Scope
    subject: str
    name: str


async def mute(asked: Asked, here: Here) -> Answer:
    """`/mute [WHAT] [SPAN]`: silence about an actor, a list, `source:ID`, a story (`#TAG`, or in answer to an alert), or all."""
    rest, span = apart(asked.words)
    ends_at = here.now + min(span or HOUR, mutes.LONGEST)
    found = await here.house.db.read(lambda conn: what_is_meant(conn, rest, asked.answers, here))
    if found is None:
        return _unknown(rest, here)
    return await silence(found, ends_at, here)


async def silence(wanted: Wanted, ends_at: datetime, here: Here, *, button: str = "") -> Answer:
    """Make the mute and say so, with a button that undoes it. `button` is what was pressed for it, if one was."""

    def write(conn: Connection) -> tuple[Key, ...]:
        made = mutes.make(conn, here.channel, wanted.scope, wanted.subject, here.person, here.now, ends_at)
        bundles.move(conn, here.channel, f"mute:{made.id}", made.ends_at)
        after = {"id": made.id, "channel": here.channel, "button": button}
        return noted(conn, here, "mute", mutes.about(wanted.scope, wanted.subject) or "all", None, after)

    row = await here.house.db.write(write)
    until = tell_time(ends_at, here.timezone, here.language).text
    key = "muted_all" if wanted.scope == "all" else "muted"
    return Answer(here.sentence(key, what=wanted.name, until=until), rows=(row,))


async def unmute(asked: Asked, here: Here) -> Answer:
    """`/unmute [WHAT]`: end one silence of this chat, or all of them; what was held back is told at once."""
    rest = figures(asked.words.strip())
    wanted = None
    if rest or asked.answers:
        wanted = await here.house.db.read(lambda conn: what_is_meant(conn, rest, asked.answers, here))
        if wanted is None:
            return _unknown(rest, here)

    def write(conn: Connection) -> tuple[int, int, list[tuple[Key, ...]]]:
        rows, ended, held = [], 0, 0
        for one in mutes.listed(conn, here.channel, here.now):
            if wanted is not None and (one.mute.scope, one.mute.subject) != (wanted.scope, wanted.subject):
                continue
            mutes.end(conn, one.mute.id, here.now)
            held += bundles.move(conn, here.channel, f"mute:{one.mute.id}", here.now)
            ended += 1
            what = mutes.about(one.mute.scope, one.mute.subject) or "all"
            rows.append(noted(conn, here, "mute", what, _as_it_was(one), None))
        return ended, held, rows

    ended, held, rows = await here.house.db.write(write)
    if not ended:
        return plain(here.say("nothing_muted"))
    return Answer(here.sentence("unmuted", count=ended, held=held), rows=tuple(rows[:5]))


async def list_mutes(asked: Asked, here: Here) -> Answer:
    """`/mutes`: what is silent here, until when, by whom, and what it has held back so far."""

    def read(conn: Connection) -> tuple[tuple[Muted, ...], dict[str, str]]:
        found = mutes.listed(conn, here.channel, here.now)
        return found, chats.names(conn, [one.made_by for one in found])

    found, names = await here.house.db.read(read)
    if not found:
        return plain(here.say("nothing_muted"))
    lines = [
        here.say(
            "mute_line",
            what=mutes.about(one.mute.scope, one.mute.subject) or here.say("everything"),
            until=tell_time(one.mute.ends_at, here.timezone, here.language).text,
            who=names.get(one.made_by, one.made_by),
            held=one.held_back,
        )
        for one in found[:40]
    ]
    return here.titled(here.say("mutes_title"), [f"• {line}" for line in lines])


async def quiet(asked: Asked, here: Here) -> Answer:
    """`/quiet 23:00-06:30 [mon-fri] [digest|send|drop]`, `/quiet off`, or `/quiet` to see it."""
    words = figures(asked.words).lower().strip()
    if not words:
        return await _chosen(here, "quiet")
    if words == "off":
        return await _choose(here, "quiet", "")
    hours = _HOURS.search(words)
    rest = words[: hours.start()] + words[hours.end() :] if hours else words
    then = next((one for one in ("digest", "send", "drop") if one in rest.split()), "digest")
    days = read_days(" ".join(one for one in rest.split() if one != then))
    if hours is None or days is None or (hours[1], hours[2]) == (hours[3], hours[4]):
        return plain(here.say("quiet_form"))
    chosen = {
        "from": f"{int(hours[1]):02}:{hours[2]}",
        "to": f"{int(hours[3]):02}:{hours[4]}",
        "days": sorted(days),
        "then": then,
    }
    return await _choose(here, "quiet", json.dumps(chosen))


async def digest(asked: Asked, here: Here) -> Answer:
    """`/digest daily 07:00 [mon-fri]`, `/digest off`, `/digest now` for what waits, or `/digest` to see it."""
    words = figures(asked.words).lower().split()
    if not words:
        return await _chosen(here, "digest")
    if words[0] == "off":
        return await _choose(here, "digest", "")
    if words[0] == "now":
        return await _tell_now(here)
    times = [f"{int(found[1]):02}:{found[2]}" for word in words if (found := _AT.fullmatch(word))]
    days = read_days(" ".join(one for one in words if one != "daily" and not _AT.fullmatch(one)))
    if not times or days is None or len(times) > 24:
        return plain(here.say("digest_form"))
    return await _choose(here, "digest", json.dumps({"at": sorted(set(times)), "days": sorted(days)}))


async def _tell_now(here: Here) -> Answer:
    def write(conn: Connection) -> int:
        waiting = bundles.waiting(conn, here.channel)
        gathered = [one for one in waiting if one.startswith(("digest:", "quiet:", "storm"))]
        return sum(bundles.move(conn, here.channel, one, here.now) for one in gathered)

    count = await here.house.db.write(write)
    return plain(here.say("digest_now", count=count) if count else here.say("digest_empty"))


async def _chosen(here: Here, what: str) -> Answer:
    chat = await here.house.db.read(lambda conn: chats.find(conn, here.chat))
    said = "" if chat is None else str(getattr(chat, what))
    return plain(here.say(f"{what}_is", what=_told(said)) if said else here.say(f"{what}_none"))


async def _choose(here: Here, what: str, value: str) -> Answer:
    """What this chat wants from now on; written down, with a button that undoes it."""

    def write(conn: Connection) -> tuple[Key, ...] | None:
        chat = chats.find(conn, here.chat)
        if chat is None:
            return None
        before = str(getattr(chat, what))
        chats.choose(conn, here.chat, **{what: value})
        return noted(conn, here, "choice", what, {"value": before}, {"value": value})

    row = await here.house.db.write(write)
    if row is None:
        return plain(here.say("not_enrolled"))
    await here.house.adopt()
    said = here.say(f"{what}_is", what=_told(value)) if value else here.say(f"{what}_none")
    return Answer(plain(said).message, rows=(row,))


def _told(value: str) -> str:
    """What was chosen, in figures: "23:00-06:30 mon tue, digest"."""
    chosen = json.loads(value) if value else {}
    days = " ".join(DAYS[day] for day in chosen.get("days", ()))
    hours = f"{chosen['from']}-{chosen['to']}" if "from" in chosen else " ".join(chosen.get("at", ()))
    return f"{hours} {'' if len(chosen.get('days', ())) == len(DAYS) else days}".strip()


def _unknown(said: str, here: Here) -> Answer:
    """What was named, or the message that was answered, is nothing that could be silent."""
    return plain(here.say("mute_unknown", what=said) if said else here.say("not_an_alert"))


def apart(words: str) -> tuple[str, timedelta | None]:
    """What is named, and the span before or behind it: "khazali 2h", "2h khazali", "khazali 2 h"."""
    pieces = figures(words).split()
    for count in (1, 2):
        for span, rest in ((pieces[-count:], pieces[:-count]), (pieces[:count], pieces[count:])):
            if len(span) == count and (found := read_span(" ".join(span))) is not None:
                return " ".join(rest), found
    return " ".join(pieces), None


def read_span(words: str) -> timedelta | None:
    """ "30m", "2h", "1 d", "1w" as a span; None for other words, and for none at all."""
    found = _SPAN.fullmatch(figures(words).strip())
    span = int(found[1]) * _UNITS[found[2].lower()] if found else timedelta()
    return span or None


def read_days(words: str) -> frozenset[int] | None:
    """ "mon-fri", "sat sun" as days (0 is Monday); all of them where nothing is said; None where a word is no day."""
    found: set[int] = set()
    for word in words.replace(",", " ").split():
        first, dash, last = word.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            return None
        start, end = DAYS.index(first), DAYS.index(last if dash else first)
        found |= {day % 7 for day in range(start, end + 1 if end >= start else end + 8)}
    return frozenset(found) or frozenset(range(7))


def what_is_meant(conn: Connection, said: str, answers: str, here: Here) -> Wanted | None:
    """What `said` names, or the alert that was answered. Nothing said, and nothing answered, is everything."""
    said = said.strip()
    number = tagged(said) if said else None
    if number is None and not said and answers:
        number = chats.statement_of(conn, here.channel, answers)
        if number is None:
            return None
    if number is not None:
        story = stories.stories_of(conn, [number]).get(number, number)
        return Wanted("story", str(story), said or here.say("this_story"))
    if not said or said.lower() in ("all", "*"):
        return Wanted("all", "", "")
    return among(here.house.config(), here.chat, said)


def among(config: Configuration, chat: str, said: str) -> Wanted | None:
    """The actor, list, source or route that `said` names by its id or its name."""
    kind, colon, id_ = said.partition(":")
    if colon and kind.lower() == "source" and any(one.id == id_ for one in config.sources):
        return Wanted("source", id_, id_)
    if colon and kind.lower() == "route" and any(one.name == id_ for one in config.routes):
        return Wanted("route", id_, id_)
    lowered = said.lower().lstrip("@")
    for actor in config.actors:
        mine = actor.id.startswith(own_id(chat, "")) or not actor.id.startswith("chat:")
        names = {name.lower() for name in (actor.id, actor.id.rpartition("/")[2], actor.name, *actor.aliases)}
        if mine and lowered in names:
            return Wanted("actor", actor.id, actor.name)
    for words in config.keywords:
        mine = words.id.startswith(own_id(chat, "")) or not words.id.startswith("chat:")
        if mine and lowered in (words.id.lower(), words.id.rpartition("/")[2].lower()):
            return Wanted("rule", words.id, words.id.rpartition("/")[2])
    return None


def _as_it_was(one: Muted) -> Mapping[str, Any]:
    return {
        "channel": one.channel,
        "scope": one.mute.scope,
        "subject": one.mute.subject,
        "ends_at": one.mute.ends_at.isoformat(),
    }


async def press_mute(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """The button under an alert: its story is silent for as long as the button says."""
    wanted = Wanted("story", str(payload["story"]), here.say("this_story"))
    return await silence(wanted, here.now + timedelta(seconds=int(payload["seconds"])), here, button=pressed.data)


COMMANDS = (
    Command("mute", "viewer", mute),
    Command("unmute", "viewer", unmute),
    Command("mutes", "viewer", list_mutes),
    Command("quiet", "viewer", quiet),
    Command("digest", "viewer", digest),
)
PRESSES = (Press("mute", "viewer", press_mute, each=True),)
