"""Long lists in the chat: a page at a time, with buttons to what follows and what came before; nothing is cut.

    /latest -> the first page, and "More" -> the next one in its place, with "Back"

A list is drawn anew for each page, from the moment at which it was asked for, so what is stored meanwhile moves nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from alerts.bot import buttons
from alerts.bot.commands import Answer, Document, Here
from alerts.bot.line import Key
from alerts.model import Message
from scraper.db import Connection

LIVES: Final = timedelta(days=2)
_MOST_BACK: Final = 200
ACTION: Final = "turn"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a list. `then` is where the next one begins, None for the last; `file` the whole list, where that was asked."""

    message: Message
    then: int | None = None
    file: Document | None = None


Draws = Callable[[Mapping[str, Any], int, Here], Awaitable[Leaf]]
"""Draws the page of a list that begins at a place, from what was asked for (JSON)."""


async def opened(
    name: str, asked: Mapping[str, Any], draw: Draws, here: Here, *, begin: int = 0, in_a_file: bool = False
) -> Answer:
    """The first page of a list, as an answer. `in_a_file` offers all of it as a file where it has more than one page."""
    return await _answered(name, asked, draw, here, begin, (), in_a_file=in_a_file, in_place=False)


async def turned(payload: Mapping[str, Any], lists: Mapping[str, Draws], here: Here) -> Answer:
    """The page that a button asks for, in the place of the one it stands under; or the whole list as a file."""
    name, asked, back = str(payload["list"]), payload["asked"], [int(one) for one in payload["back"]]
    draw = lists[name]
    if payload.get("file"):
        leaf = await draw({**asked, "whole": True}, int(payload["at"]), here)
        return Answer(document=leaf.file)
    in_a_file = bool(payload.get("in_a_file"))
    return await _answered(name, asked, draw, here, int(payload["at"]), back, in_a_file=in_a_file, in_place=True)


async def _answered(
    name: str,
    asked: Mapping[str, Any],
    draw: Draws,
    here: Here,
    begin: int,
    back: Sequence[int],
    *,
    in_a_file: bool,
    in_place: bool,
) -> Answer:
    leaf = await draw(asked, begin, here)
    if leaf.then is None and not back:
        return Answer(leaf.message, in_place=in_place)
    base = {"list": name, "asked": dict(asked), "in_a_file": in_a_file}

    def write(conn: Connection) -> tuple[tuple[Key, ...], ...]:
        row = []
        if back:
            before = {**base, "at": back[-1], "back": list(back[:-1])}
            row.append(Key(here.say("page_back"), _button(conn, here, before)))
        if leaf.then is not None:
            after = {**base, "at": leaf.then, "back": [*back, begin][-_MOST_BACK:]}
            row.append(Key(here.say("page_more"), _button(conn, here, after)))
        if in_a_file:
            whole = {**base, "at": begin, "back": list(back), "file": True}
            row.append(Key(here.say("as_file"), _button(conn, here, whole)))
        return (tuple(row),)

    return Answer(leaf.message, await here.house.db.write(write), in_place=in_place)


def _button(conn: Connection, here: Here, payload: Mapping[str, Any]) -> str:
    return buttons.make(conn, here.chat, ACTION, payload, here.now, lives=LIVES)
