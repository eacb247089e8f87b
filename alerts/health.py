"""Watching the watcher: what operators are told about channels, once for each change, and whether bayan is of use at all. Pure.

A notice is a delivery like any other (kind "notice"), so it survives crashes and outages, and its subject names the
incident: the unique key of the outbox makes sure that nobody hears of one incident twice, however often it is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.errors import RecipientGone
from alerts.model import Delivery
from alerts.outbox import Draft
from alerts.said import NOTHING, Said, in_language, notes, said
from scraper.sources import SourceState

BEAT = timedelta(seconds=5)
"""How often the service gives a sign of life: one small write, from inside the tick that starts all work."""
BEAT_MARGIN = timedelta(seconds=20)
"""On top of two beats, before a silent service counts as stuck: a slow disk, a busy machine, a change of configuration."""
APART = timedelta(hours=6)
"""Between two notices of one kind about one channel."""
ONCE_PATIENCE = timedelta(hours=2)
"""Where cron runs bayan: how old the end of the last run may be."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something an operator should know. `subject` names the incident."""

    subject: str
    said: Said | str

    @property
    def text(self) -> str:
        """In English, as the log and the command line have it."""
        return in_language("en", self.said)


LanguageOf = Callable[[str], str]
"""The language of our own words in a channel."""


def to_operators(
    notice: Notice,
    operators: Sequence[str],
    now: datetime,
    *,
    but_not: str = "",
    language_of: LanguageOf = lambda _: "en",
) -> tuple[Draft, ...]:
    """One delivery of the notice for each operators' channel, in its language, except the one it is about."""
    return tuple(
        Draft(channel, "notice", notice.subject, 1, "high", now, text=in_language(language_of(channel), notice.said))
        for channel in operators
        if channel != but_not
    )


def ailments(
    states: Sequence[SourceState],
    channels: Mapping[str, str],
    beats: Mapping[str, tuple[datetime, str]],
    now: datetime,
    *,
    once_patience: timedelta = ONCE_PATIENCE,
    canary: bool = False,
) -> tuple[str, ...]:
    """As `complaints`, in English."""
    found = complaints(states, channels, beats, now, once_patience=once_patience, canary=canary)
    return tuple(in_language("en", one) for one in found)


def complaints(
    states: Sequence[SourceState],
    channels: Mapping[str, str],
    beats: Mapping[str, tuple[datetime, str]],
    now: datetime,
    *,
    once_patience: timedelta = ONCE_PATIENCE,
    canary: bool = False,
) -> tuple[Said, ...]:
    """Why bayan as a whole is not well, a line for each reason; nothing where it is.

    `states` are those of the sources that are polled, `channels` the condition of each configured channel. One source or
    channel in trouble is a matter for `bayan status` and a notice; here is only what leaves nothing of the promise.
    """
    found = []
    lives = {name: at for name, (at, _) in beats.items() if name in ("service", "once")}
    if not lives:
        found.append(said("never_run"))
    else:
        name, at = max(lives.items(), key=lambda life: life[1])
        silent = now - at
        if name == "service" and silent > 2 * BEAT + BEAT_MARGIN:
            found.append(said("stuck", seconds=_seconds(silent)))
        elif name == "once" and silent > once_patience:
            found.append(said("no_cron", seconds=_seconds(silent)))
        if silent < -BEAT_MARGIN:
            found.append(said("ahead", seconds=_seconds(-silent)))
    if canary and is_missed(beats):
        at, where = beats["canary missed"]
        found.append(said("no_canary", at=f"{at:%H:%M}", where=where))
    damage = beats["store"][1] if "store" in beats else ""
    if damage:
        found.append(said("broken_store", what=damage))
    polled = [state for state in states if state.outcome is not None]
    if polled and all(state.failures for state in polled):
        outcomes = ", ".join(sorted({str(state.outcome) for state in polled}))
        found.append(said("no_source", outcomes=outcomes))
    if channels and all(condition != "ok" for condition in channels.values()):
        each = ", ".join(f"{name} is {condition}" for name, condition in sorted(channels.items()))
        found.append(said("nobody", channels=each))
    return tuple(found)


def is_missed(beats: Mapping[str, tuple[datetime, str]]) -> bool:
    """Whether the last canary of which the store knows did not come through."""
    missed, well = beats.get("canary missed"), beats.get("canary")
    return missed is not None and (well is None or missed[0] > well[0])


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.0f}"


def undeliverable(claimed: Delivery, reason: str) -> Notice:
    """An alert was given up."""
    return Notice(
        f"delivery:{claimed.id}:failed",
        said("given_up", id=claimed.id, channel=claimed.channel, reason=reason),
    )


def channel_gone(channel: str, reason: str, now: datetime) -> Notice:
    """A recipient is gone; its other deliveries wait."""
    return Notice(
        f"channel:{channel}:gone:{now:%Y%m%dT%H%M%S}",
        said("channel_gone", channel=channel, reason=reason),
    )


def channel_down(channel: str, reason: str, since: datetime) -> Notice:
    """The way to a channel is closed for everybody."""
    return Notice(
        f"channel:{channel}:down:{since:%Y%m%dT%H%M%S}",
        said("channel_down", channel=channel, reason=reason),
    )


def channel_back(channel: str, since: datetime | None, now: datetime) -> Notice:
    """A channel that was down or gone takes messages again."""
    after = said("after_seconds", seconds=_seconds(now - since)) if since is not None else NOTHING
    return Notice(f"channel:{channel}:back:{now:%Y%m%dT%H%M%S}", said("channel_back", channel=channel, after=after))


def is_news(notice: Notice, told: Sequence[str], now: datetime) -> bool:
    """Whether a change of a channel is told: not where the same change of it was told within `APART`, as when it comes and goes.

    `told` are the subjects of notices before; the last part of each is its moment.
    """
    kind = notice.subject.rpartition(":")[0]
    for subject in told:
        before, _, stamp = subject.rpartition(":")
        if before == kind and f"{now - APART:%Y%m%dT%H%M%S}" < stamp <= f"{now:%Y%m%dT%H%M%S}":
            return False
    return True


def bot_changed(condition: str, remedy: str, now: datetime) -> Notice:
    """The bot hears nobody, or again. The notice itself may go out by another bot, or when this one is back."""
    known = said(f"bot_{condition}") if f"bot_{condition}" in notes("en") else remedy
    told = said("bot_ok") if condition == "ok" else said("bot_deaf", remedy=known)
    return Notice(f"bot:{condition}:{now:%Y%m%dT%H%M%S}", told)


def store_damaged(what: str, now: datetime) -> Notice:
    """The daily look through the store found damage."""
    return Notice(
        f"store:damaged:{now:%Y%m%d}",
        said("damaged", what=what),
    )


def channel_changed(channel: str, error: RecipientGone, now: datetime) -> Notice:
    """A chat moved, or a topic is closed: we went on, and the configuration should be told."""
    moved = said("channel_moved", channel=channel, to=error.moved_to)
    topic = said("channel_topic", channel=channel, reason=error.reason)
    return Notice(f"channel:{channel}:changed:{now:%Y%m%dT%H%M%S}", moved if error.moved_to else topic)
