"""What was said: the latest, what a search finds, a brief for the shift. One line a story, page by page.

• headline · agency · Fri 20 Jun 2025, 14:02 UTC · #A7F3-21
   +2 outlets: gazette +4 min, courier +9 min
   ✏️ edited: gazette · 🗑 removed: courier
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from alerts import finding
from alerts.bot.commands import Answer, Command, Document, Here, Press, plain
from alerts.bot.hushing import among, read_span
from alerts.bot.incoming import Asked, Pressed
from alerts.bot.paging import ACTION, Draws, Leaf, opened, turned
from alerts.finding import Met, Story
from alerts.links import link
from alerts.message import tag
from alerts.model import owner
from alerts.sheet import Sheet, short
from alerts.times import tell, tell_time
from scraper.db import Connection

FULL: Final = 2_900
"""UTF-16 units after which a page begins no other story: with the longest one it stays below 4,096."""
_STORIES: Final = 8
_OUTLETS: Final = 6
_BRIEF = timedelta(hours=12)
_LONGEST_BRIEF = timedelta(days=7)
_SEARCHED: Final = 24
"""Statements that a page of a search looks for; copies among them are one line."""
_SEARCH_PATIENCE: Final = 2.0
"""Seconds after which a search answers with what it has, and offers to go on."""
_WHOLE: Final = 400
"""Stories that a file holds."""


async def latest(asked: Asked, here: Here) -> Answer:
    """`/latest [ACTOR]`: the newest stories that a watch met, of one actor or list, or of all."""
    watches = None
    if asked.words.strip():
        wanted = among(here.house.config(), here.chat, asked.words.strip())
        if wanted is None or wanted.scope not in ("actor", "rule"):
            return plain(here.say("nobody_called", what=asked.words.strip()))
        watches = [f"@{wanted.subject}" if wanted.scope == "actor" else wanted.subject]
    return await opened("latest", {"watches": watches, "until": here.now.isoformat()}, _draw_latest, here)


async def _draw_latest(asked: Mapping[str, Any], begin: int, here: Here) -> Leaf:
    until, watches = datetime.fromisoformat(asked["until"]), asked["watches"]

    def read(conn: Connection) -> tuple[int, list[Story | None]]:
        found = finding.met(conn, chat=here.chat, watches=watches, until=until)
        return len(found), [finding.story(conn, one.story) for one in found[begin : begin + _STORIES]]

    count, page = await here.house.db.read(read)
    if not page:
        return Leaf(here.sentence("latest_none"))
    drawn = Sheet(here.language)
    at = begin
    for story in page:
        if drawn.length > FULL:
            break
        _line(drawn, story, here)
        at += 1
    return _leaf(here.say("latest_title"), drawn, begin, at, count, here)


async def search(asked: Asked, here: Here) -> Answer:
    """`/search WORDS`: the newest stored statements with all of these words, in any of their spellings."""
    terms = re.findall(r'"[^"]+"|\S+', asked.words)
    if not terms:
        return plain(here.say("search_form"))
    try:
        return await opened("search", {"words": asked.words}, _draw_search, here)
    except ValueError as error:
        return plain(here.say("search_wrong", why=error))


async def _draw_search(asked: Mapping[str, Any], begin: int, here: Here) -> Leaf:
    """A page begins below the statement `begin`; 0 is the newest."""
    said = str(asked["words"])
    terms = re.findall(r'"[^"]+"|\S+', said)
    found = await finding.words(here.house.db, terms, limit=_SEARCHED, before=begin or None, patience=_SEARCH_PATIENCE)
    page = await here.house.db.read(lambda conn: finding.as_stories(conn, found, terms, begin))
    then, drawn = found.before, Sheet(here.language)
    for place, (_, story) in enumerate(page):
        if place >= _STORIES or drawn.length > FULL:
            then = page[place - 1][0]
            break
        _line(drawn, story, here)
    if not page:
        return Leaf(here.sentence("search_none" if then is None else "search_so_far"), then)
    sheet = Sheet(here.language)
    sheet.add(here.say("search_title", words=short(said, 300)), "bold")
    sheet.append(drawn)
    return Leaf(sheet.message(), then)


async def brief(asked: Asked, here: Here) -> Answer:
    """`/brief 12h`: by actor, what was said first-hand with its words, what was reported, what was edited and removed."""
    span = read_span(asked.words) if asked.words.strip() else _BRIEF
    if span is None or span > _LONGEST_BRIEF:
        return plain(here.say("brief_form"))
    wanted = {"since": (here.now - span).isoformat(), "until": here.now.isoformat()}
    return await opened("brief", wanted, _draw_brief, here, in_a_file=True)


async def _draw_brief(asked: Mapping[str, Any], begin: int, here: Here) -> Leaf:
    since, until = datetime.fromisoformat(asked["since"]), datetime.fromisoformat(asked["until"])
    hours = int((until - since).total_seconds() // 3600)
    names = _names(here)
    whole = bool(asked.get("whole"))

    def read(conn: Connection) -> tuple[Sheet, int, int]:
        found = finding.met(conn, chat=here.chat, since=since, until=until)
        listed = _by_actor(found, names)
        sheet, last, at = Sheet(here.language), "", 0 if whole else begin
        for actor, met in listed[at : _WHOLE if whole else begin + _STORIES]:
            if sheet.length > FULL and not whole:
                break
            if actor != last:
                _heading(sheet, names[actor], [one for who, one in listed if who == actor], actor, here)
            _line(sheet, finding.story(conn, met.story), here)
            mine = [number for who, number in met.spoken if who == actor]
            for words in finding.said_by(conn, mine[-1], actor) if mine else ():
                sheet.add("\n   💬 ")
                sheet.foreign(f"“{short(words, 280)}”")
            last, at = actor, at + 1
        return sheet, at, len(listed)

    drawn, at, count = await here.house.db.read(read)
    if not count:
        return Leaf(here.sentence("brief_none", hours=hours))
    leaf = _leaf(here.say("brief_title", hours=hours), drawn, begin, at, count, here)
    if not whole:
        return leaf
    return Leaf(leaf.message, file=Document("brief.txt", leaf.message.text.encode("utf-8", "replace")))


def _names(here: Here) -> dict[str, str]:
    """The actors that this chat knows of."""
    mine = ("", f"chat:{here.chat}")
    return {actor.id: actor.name for actor in here.house.config().actors if owner(actor.id) in mine}


def _by_actor(found: Sequence[Met], names: Mapping[str, str]) -> list[tuple[str, Met]]:
    """Each actor with their stories: who is met most first, of each the stories in which they speak first."""
    by_actor: dict[str, list[Met]] = {}
    for one in found:
        for actor in sorted(one.actors & names.keys()):
            by_actor.setdefault(actor, []).append(one)
    listed = []
    for actor, mets in sorted(by_actor.items(), key=lambda item: (-len(item[1]), item[0])):
        listed += [(actor, one) for one in sorted(mets, key=lambda one: actor not in one.speakers)]
    return listed


def _heading(sheet: Sheet, name: str, mets: Sequence[Met], actor: str, here: Here) -> None:
    sheet.add("\n\n" if sheet.length else "\n")
    sheet.foreign(short(name, 80), "bold")
    said = sum(actor in one.speakers for one in mets)
    edited, removed = sum(one.edited for one in mets), sum(one.removed for one in mets)
    counts = "brief_counts" if edited or removed else "brief_counts_plain"
    sheet.add(" " + here.say(counts, said=said, all=len(mets), edited=edited, removed=removed))


def _line(sheet: Sheet, story: Story | None, here: Here) -> None:
    """One story: its first source, when, and its tag; below it who else has it, and what became of it."""
    if story is None:
        sheet.add("\n• " + here.say("why_gone"))
        return
    first = story.first
    sheet.add("\n• ")
    title = short(first.title, 200) or "?"
    if url := link(first.url).url:
        sheet.foreign(title, "link", url=url)
    else:
        sheet.foreign(title)
    sheet.add(" · ")
    sheet.foreign(short(first.source, 64))
    told = tell(first.published, here.now, here.timezone, here.language) if first.published else None
    seen = tell_time(first.first_seen_at, here.timezone, here.language)
    sheet.add(f" · {told.text if told is not None else seen.text} · ")
    sheet.foreign(f"#{tag(first.id)}", "code")
    if story.others:
        several = "outlets" if len(story.others) > 1 else "outlets_one"
        sheet.add("\n   " + here.say(several, count=len(story.others)) + " ")
        for place, (source, after) in enumerate(story.others[:_OUTLETS]):
            sheet.add(sheet.words.COMMA if place else "")
            sheet.foreign(short(source, 40))
            sheet.add(f" {sheet.words.lead(after)}")
        _rest(sheet, len(story.others) - _OUTLETS)
    _fates(sheet, story, here)


def _fates(sheet: Sheet, story: Story, here: Here) -> None:
    """In which sources it was edited, and where it is gone."""
    begins = "\n   "
    for sign, key, sources in (("✏️", "were_edited", story.edited), ("🗑", "were_removed", story.removed)):
        if not sources:
            continue
        sheet.add(f"{begins}{sign} {here.say(key)} ")
        for place, source in enumerate(sources[:_OUTLETS]):
            sheet.add(sheet.words.COMMA if place else "")
            sheet.foreign(short(source, 40))
        _rest(sheet, len(sources) - _OUTLETS)
        begins = " · "


def _rest(sheet: Sheet, count: int) -> None:
    if count > 0:
        sheet.add(f"{sheet.words.COMMA}{sheet.words.more(count)}")


def _leaf(title: str, drawn: Sheet, begin: int, end: int, count: int, here: Here) -> Leaf:
    """A page under its title, which says which part of the list it is where that has more."""
    sheet = Sheet(here.language)
    sheet.add(title, "bold")
    if end - begin < count:
        sheet.add(" " + here.say("page_of", first=begin + 1, last=end, all=count))
    sheet.append(drawn)
    return Leaf(sheet.message(), end if end < count else None)


LISTS: Final[Mapping[str, Draws]] = {"latest": _draw_latest, "search": _draw_search, "brief": _draw_brief}


async def press_turn(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """More, Back, or all of it as a file."""
    return await turned(payload, LISTS, here)


COMMANDS = (
    Command("latest", "viewer", latest),
    Command("search", "viewer", search, slow=True),
    Command("brief", "viewer", brief, slow=True),
)
PRESSES = (Press(ACTION, "viewer", press_turn),)
