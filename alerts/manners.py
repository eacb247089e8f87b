"""When a channel wants to hear: quiet hours, digests, mutes and storms, as one pure decision about one alert.

    ring + manners of its channel + now -> now | held until a moment, in a bundle | dropped

The first that applies decides: a mute (nothing passes it, and what it held back is reported when it ends), quiet hours and
digests (urgent alerts pass both), a storm (the first alerts of a burst still arrive, urgent and first-hand ones for twice as
long; the rest becomes a rolling digest).
What is held waits in a bundle; when its moment comes, the bundle is one message that lists all of it. Nothing is lost by
being held: a bundle's items are settled with the message that tells them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from alerts.hours import Plan, Storm, next_digest, quiet_until
from alerts.model import Priority

LATER = "later"
"""The bundle whose alerts are sent each by itself when its moment comes."""
STORM = "storm"
ROLLING = 5
"""So often within its span is what a storm holds back told."""
Scope = Literal["all", "actor", "rule", "source", "story", "route"]


@dataclass(frozen=True, slots=True)
class Mute:
    """Silence about `subject` until `ends_at`. `scope` says what kind of id the subject is; "all" needs none."""

    id: int
    scope: Scope
    subject: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class About:
    """What an alert is about, as far as a mute asks: its watches are `@actor` or a rule's id, as in `Match.watch`."""

    watches: frozenset[str]
    source: str
    story: str
    routes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an alert: `held` in `bundle` until `until`, sent `now`, or `dropped`. `because` is for people."""

    then: Literal["now", "held", "dropped"] = "now"
    until: datetime | None = None
    bundle: str = ""
    because: str = ""


NOW = Fate()


def fate(
    priority: Priority,
    about: About,
    plans: Sequence[Plan],
    *,
    mutes: Iterable[Mute],
    storm: Storm | None,
    recent: int,
    now: datetime,
    first_hand: bool = False,
    gathering: datetime | None = None,
) -> Fate:
    """What becomes of one alert for one channel.

    `plans` are those of all routes that took it to this channel: where one of them asks for no delay, there is none, and
    otherwise the earliest counts. `recent` is how many alerts this channel was given within the span of `storm`; `first_hand`
    says that somebody whom it rang for speaks in it; `gathering` is when what a storm holds back already is told: what
    comes until then is told with it, so that a long burst is a digest now and then, and not one for each alert.
    """
    silent = [mute for mute in mutes if mute.ends_at > now and _is_about(mute, about)]
    if silent:
        longest = max(silent, key=lambda mute: (mute.ends_at, mute.id))
        return Fate("held", longest.ends_at, f"mute:{longest.id}", f"muted until {_shown(longest.ends_at)}")
    if priority != "urgent" and plans:
        later = [_later(plan, now) for plan in plans]
        if all(one.then != "now" for one in later):
            told = [one for one in later if one.then == "held"]
            return min(told, key=lambda one: one.until or now) if told else later[0]
    most = 0 if storm is None else storm.more_than * (2 if priority == "urgent" or first_hand else 1)
    if storm is not None and storm.then == "digest" and recent >= most:
        until = gathering if gathering is not None and gathering > now else now + storm.within / ROLLING
        return Fate("held", until, STORM, f"more than {storm.more_than} alerts in a short time")
    return NOW


def _later(plan: Plan, now: datetime) -> Fate:
    ends = quiet_until(plan.quiet, now) if plan.quiet is not None else None
    if plan.digest is not None:
        at = next_digest(plan.digest, max(now, ends) if ends is not None else now)
        return Fate("held", at, f"digest:{plan.digest.name}", "for the digest")
    if plan.quiet is None or ends is None:
        return NOW
    if plan.quiet.then == "drop":
        return Fate("dropped", because=f"quiet hours: {plan.quiet.id}")
    bundle = LATER if plan.quiet.then == "send" else f"quiet:{plan.quiet.id}"
    return Fate("held", ends, bundle, f"quiet hours until {_shown(ends)}")


def _is_about(mute: Mute, about: About) -> bool:
    """An alert that also rang for something that is not muted is not silenced by a mute of one actor or rule."""
    if mute.scope == "all":
        return True
    if mute.scope == "actor":
        return about.watches == {f"@{mute.subject}"}
    if mute.scope == "rule":
        return about.watches == {mute.subject}
    if mute.scope == "source":
        return about.source == mute.subject
    if mute.scope == "story":
        return about.story == mute.subject
    return about.routes == (mute.subject,)


def _shown(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
