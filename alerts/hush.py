"""What becomes of an alert when it is put into the outbox: sent, or held until its channel wants to hear.

Reads what the decision (`manners.py`) needs from the store, in the transaction that puts the alert there: a mute that was made
a moment ago holds, and two alerts of one commit count as two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from alerts import bundles, mutes
from alerts.hours import Plan, QuietHours, Storm
from alerts.manners import STORM, About, fate
from alerts.model import Match, Ring, Route, owner
from alerts.outbox import Draft
from scraper.db import Connection


@dataclass(frozen=True, slots=True)
class Manners:
    """When channels want to hear, as the configuration and the chats say it."""

    routes: Mapping[str, Route] = field(default_factory=dict)
    quiet: Mapping[str, QuietHours] = field(default_factory=dict)
    own: Mapping[str, Plan] = field(default_factory=dict)
    """What a chat chose for itself, by channel: it holds for all that goes there."""
    storm: Storm | None = None

    def plans(self, ring: Ring) -> tuple[Plan, ...]:
        """What each of the routes of a ring asks for; the chat's own wish comes first where the route has none."""
        own = self.own.get(ring.channel, Plan())
        found = []
        for name in ring.routes:
            row = self.routes.get(name)
            quiet = self.quiet.get(row.quiet_hours) if row is not None else None
            digest = row.digest if row is not None else None
            found.append(Plan(own.quiet or quiet, own.digest or digest))
        return tuple(found) or (own,)


def manners_of(
    routes: Iterable[Route], quiet: Iterable[QuietHours], own: Mapping[str, Plan], storm: Storm | None
) -> Manners:
    """The manners of a configuration."""
    return Manners({row.name: row for row in routes}, {one.id: one for one in quiet}, own, storm)


class Hush:
    """The decisions of one commit: what was read for one alert is not read again for the next."""

    def __init__(self, conn: Connection, manners: Manners, channels: Iterable[str], now: datetime) -> None:
        self._conn, self._manners, self._now = conn, manners, now
        self._mutes = mutes.on(conn, channels, now)
        self._recent: dict[str, int] = {}
        self._gathering: dict[str, datetime | None] = {}

    def hushed(self, draft: Draft, ring: Ring, matches: Sequence[Match], source: str, story: int) -> Draft:
        """`draft`, as it is put into the outbox. Counts what a mute holds back."""
        owners = {owner(route) for route in ring.routes}
        about = About(
            frozenset(match.watch for match in matches if match.owner in owners), source, str(story), ring.routes
        )
        storm = self._manners.storm
        if storm is not None and ring.channel not in self._recent:
            self._recent[ring.channel] = bundles.recent(self._conn, ring.channel, self._now - storm.within)
            held = bundles.waiting(self._conn, ring.channel, [STORM]).get(STORM)
            self._gathering[ring.channel] = held[1] if held is not None else None
        found = fate(
            ring.priority,
            about,
            self._manners.plans(ring),
            mutes=self._mutes.get(ring.channel, ()),
            storm=storm,
            recent=self._recent.get(ring.channel, 0),
            now=self._now,
            first_hand=any(match.role == "speaker" for match in matches if match.owner in owners),
            gathering=self._gathering.get(ring.channel),
        )
        if found.then == "now":
            self._recent[ring.channel] = self._recent.get(ring.channel, 0) + 1
            return draft
        if found.then == "dropped":
            return replace(draft, state="dropped", reason=found.because)
        assert found.until is not None
        muting = next((mute for mute in self._mutes.get(ring.channel, ()) if f"mute:{mute.id}" == found.bundle), None)
        if muting is not None:
            mutes.counted(self._conn, muting.id, 1)
        return replace(draft, state="held", due_at=found.until, bundle=found.bundle, reason=found.because)
