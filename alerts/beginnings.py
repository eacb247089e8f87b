"""What is said of new sources: one silent message with what their first look stored, so that a newcomer sees that it works.

The first look never rings. This is no alert: it goes to whom `[health] notify` names, without a sound, once for each source, and
for all sources that began lately together. Level, not edge: what the store does not know as told is told, so a crash between a
poll and its message loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts import verdicts
from alerts.canary import SOURCE
from alerts.outbox import Draft
from alerts.settings import Configuration
from alerts.shown import fence
from alerts.words import words_of
from scraper import beginnings
from scraper.beginnings import Beginning
from scraper.db import Connection

LATELY = timedelta(days=1)
"""A source that began longer ago is not new any more: so an older store that is taken over is not told all at once."""
SUBJECT = "begun:"
"""What the subject of such a message begins with: it arrives without a sound."""
IN_WORDS = 6
"""Sources that one message shows with their headlines; of the others it says how many there are."""
_HEADLINE = 160


def drafts(conn: Connection, config: Configuration, now: datetime) -> tuple[tuple[Draft, ...], tuple[str, ...]]:
    """The message about sources that began lately, for each operators' channel, and the sources that it tells. Reads only."""
    operators, shown = config.health.notify, config.delivery.first_run
    if not operators or not shown:
        return (), ()
    polled = {source.id for source in config.sources if source.enabled and source.id != SOURCE}
    new = [(source, at) for source, at in beginnings.untold(conn, now - LATELY) if source in polled]
    if not new:
        return (), ()
    told = []
    for source, at in new[:IN_WORDS]:
        found = beginnings.read(conn, source, at, samples=shown)
        told.append((found, sum(map(bool, verdicts.matches_of(conn, [(one, 1) for one in found.stored]).values()))))
    subject = f"{SUBJECT}{new[0][0]}:{max(at for _, at in new):%Y%m%dT%H%M%S%f}"
    made = tuple(
        Draft(channel, "notice", subject, 1, "low", now, text=_text(told, len(new), config.language_of(channel)))
        for channel in operators
    )
    return made, tuple(source for source, _ in new)


def _text(told: Sequence[tuple[Beginning, int]], count: int, language: str) -> str:
    words = words_of(language)
    lines = [words.first_look(count)]
    for one, matched in told:
        lines.append(words.begun(one.source, len(one.stored), matched))
        lines += [
            f"• {fence(title if len(title) <= _HEADLINE else title[: _HEADLINE - 1] + '…')}" for title in one.newest
        ]
    if count > len(told):
        lines.append(words.more(count - len(told)))
    return "\n".join(lines)
