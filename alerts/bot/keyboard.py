"""The buttons under an alert: Open, Snapshot, Mute, Not relevant, Why?.

They are made once for each statement and chat, and stand there again when the message is edited. Only a chat whose number is
known has them: a press is checked against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from alerts.bot import buttons, chats
from alerts.bot.talk import say
from alerts.links import link
from alerts.model import Key
from scraper import store, stories
from scraper.db import Connection

HOUR = 3_600

Keys = tuple[tuple[Key, ...], ...]


def standing(conn: Connection, chat: str, statement: int, now: datetime, language: str) -> Keys | None:
    """The buttons of an alert as they stand already; None where they are still to be made (`make`), () where there are none."""
    if not re.fullmatch(r"-?\d+", chat):
        return ()
    there = buttons.under(conn, chat, statement, now)
    return _rows(conn, chat, statement, there, language) if there else None


def make(conn: Connection, chat: str, statement: int, now: datetime, language: str) -> Keys:
    """Make the buttons of an alert, unless they are there."""
    there = buttons.under(conn, chat, statement, now)
    if not there:
        story = stories.stories_of(conn, [statement]).get(statement, statement)
        for action, payload in (
            ("snapshot", {"statement": statement}),
            ("mute", {"story": story, "seconds": HOUR}),
            ("not_relevant", {"statement": statement}),
            ("why", {"statement": statement}),
        ):
            there[action] = buttons.make(conn, chat, action, payload, now, statement=statement)
    return _rows(conn, chat, statement, there, language)


def _rows(conn: Connection, chat: str, statement: int, there: Mapping[str, str], language: str) -> Keys:
    found = store.get(conn, statement)
    chosen = chats.find(conn, chat)
    tongue = chosen.language if chosen is not None and chosen.language else language
    url = link(found.url).url if found is not None else ""
    host = (urlsplit(url).hostname or "") if url else ""
    # Telegram refuses a whole message for a button to a host without a dot (BUTTON_URL_INVALID).
    first = [Key(say(tongue, "key_open"), url=url)] if "." in host and ":" not in host else []
    first.append(Key(say(tongue, "key_snapshot"), there["snapshot"]))
    second = [Key(say(tongue, f"key_{action}"), there[action]) for action in ("mute", "not_relevant", "why")]
    return tuple(first), tuple(second)
