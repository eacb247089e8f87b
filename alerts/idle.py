"""Tells whether a run from cron would find anything to do, before it loads what it takes to do it.

Most runs of a bayan that polls every ten minutes and is started every five find nothing due. They ask the store a few
questions and are gone, at a third of the cost.
"""

from __future__ import annotations

from datetime import datetime

from alerts import holds, outbox, troubles
from alerts.settings import Configuration
from scraper import absences, rereads, sources, store
from scraper import holds as held
from scraper.db import Connection


def is_at_rest(conn: Connection, config: Configuration, now: datetime) -> bool:
    """True where nothing is due, unjudged, on its way to a chat or to be told to operators, and no source is new or other.

    In doubt it is false: a whole run then finds out.
    """
    mine = {source.id: source for source in config.sources if source.enabled}
    enrolled = sources.fingerprints(conn)
    if any(enrolled.get(id_) != sources.fingerprint(source) for id_, source in mine.items()):
        return False
    states = tuple(state for state in sources.states(conn) if state.id in mine)
    if any(state.due_at <= now for state in states):
        return False
    if any(case.source in mine for case in absences.due(conn, now, 100)):
        return False
    if any(task.source in mine for task in rereads.due(conn, now, 100)):
        return False
    if store.articles_due(conn, now, 1) or store.waiting(conn, 1):
        return False
    by_state, _ = outbox.summary(conn)
    if any(by_state.get(state) for state in ("pending", "claimed", "unconfirmed")):
        return False
    if not config.health.notify:
        return True
    floods = held.floods(conn)
    if floods and holds.notices(floods, outbox.notice_subjects(conn, "flood:")):
        return False
    return not troubles.now(conn, config, now)
