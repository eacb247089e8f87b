"""What admins do about the whole of it: hold all messages and let them go, what was given up, whether everything works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alerts import outbox
from alerts.bot import buttons
from alerts.bot.commands import Answer, Command, Here, Press, plain
from alerts.bot.incoming import Asked, Pressed, figures
from alerts.bot.line import Key
from alerts.bot.undoing import noted
from alerts.outbox import Entry
from alerts.said import Said, in_language
from alerts.times import tell_time
from scraper.db import Connection

_SHOWN = 12
_MOST_UNDONE = 50
"""Deliveries that are tried once more of which it can be undone, as long as they wait."""


async def pause(asked: Asked, here: Here) -> Answer:
    """`/pause`: no message leaves any more, to any channel, until `/resume`. Polling and judging go on; nothing is lost."""
    doer = here.house.doers.get("pause")
    if doer is None or not await doer(True):
        return plain(here.say("paused_before"))

    def write(conn: Connection) -> tuple[Key, ...]:
        noted(conn, here, "pause", "*", None, {"paused": True})
        data = buttons.make(conn, here.chat, "resume", {}, here.now)
        return (Key(here.say("key_resume"), data),)

    return Answer(here.sentence("paused"), (await here.house.db.write(write),))


async def resume(asked: Asked, here: Here) -> Answer:
    """`/resume`: what waited leaves, each channel in its order and at its pace."""
    return await _resumed(here)


async def press_resume(pressed: Pressed, payload: Mapping[str, Any], here: Here) -> Answer:
    """The button under the word that all is held."""
    return await _resumed(here)


async def _resumed(here: Here) -> Answer:
    doer = here.house.doers.get("pause")
    if doer is None or not await doer(False):
        return plain(here.say("not_paused"))
    row = await here.house.db.write(lambda conn: noted(conn, here, "resume", "*", {"paused": True}, None))
    by_state, _ = await here.house.db.read(outbox.summary)
    waiting = sum(by_state.get(state, 0) for state in ("pending", "unconfirmed"))
    return Answer(here.sentence("resumed", waiting=waiting), (row,))


async def failed(asked: Asked, here: Here) -> Answer:
    """`/failed`: what was given up, and why, newest first."""
    found: tuple[Entry, ...] = await here.house.db.read(lambda conn: outbox.entries(conn, state="failed", limit=_SHOWN))
    if not found:
        return plain(here.say("failed_none"))
    lines = [
        f"• {one.id} · {here.fit(one.channel)} · {tell_time(one.created_at, here.timezone, here.language).text}\n"
        f"   {here.fit(one.reason[:200])}"
        for one in found
    ]
    return here.titled(here.say("failed_title"), [*lines, here.say("failed_retry")])


async def retry(asked: Asked, here: Here) -> Answer:
    """`/retry NUMBER ...` or `/retry all`: once more, marked where an attempt perhaps arrived."""
    words = figures(asked.words).lower().replace("#", "").split()
    if not words or not (words == ["all"] or all(word.isdecimal() and len(word) < 12 for word in words)):
        return plain(here.say("retry_form"))
    ids = None if words == ["all"] else [int(word) for word in words]

    def write(conn: Connection) -> tuple[int, tuple[Key, ...]]:
        failed = outbox.entries(conn, state="failed", limit=_MOST_UNDONE + 1)
        reasons = {str(one.id): one.reason[:200] for one in failed if ids is None or one.id in ids}
        count = outbox.retry_failed(conn, here.now, ids)
        after = {"count": count} | ({"reasons": reasons} if count == len(reasons) <= _MOST_UNDONE else {})
        return count, noted(conn, here, "retry", " ".join(words)[:80], None, after)

    count, row = await here.house.db.write(write)
    if not count:
        return plain(here.say("failed_none" if ids is None else "retry_none"))
    return Answer(here.sentence("retried", count=count), (row,))


async def health(asked: Asked, here: Here) -> Answer:
    """`/health`: everything that is not well, each with what to do."""
    doer = here.house.doers.get("ailments")
    found: tuple[Said, ...] = () if doer is None else await doer()
    if not found:
        return plain(here.say("healthy"))
    return here.titled(here.say("health_title"), [f"• {in_language(here.language, one)}" for one in found[:_SHOWN]])


COMMANDS = (
    Command("pause", "admin", pause),
    Command("resume", "admin", resume),
    Command("failed", "admin", failed),
    Command("retry", "admin", retry),
    Command("health", "admin", health),
)
PRESSES = (Press("resume", "admin", press_resume, once=True),)
