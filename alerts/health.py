"""Watching the watcher: what operators are told about channels, once for each change, and whether bayan is of use at all. Pure.

A notice is a delivery like any other (kind "notice"), so it survives crashes and outages, and its subject names the
incident: the unique key of the outbox makes sure that nobody hears of one incident twice, however often it is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.errors import RecipientGone
from alerts.model import Delivery
from alerts.outbox import Draft
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
    text: str


def to_operators(notice: Notice, operators: Sequence[str], now: datetime, *, but_not: str = "") -> tuple[Draft, ...]:
    """One delivery of the notice for each operators' channel, except the one it is about."""
    return tuple(
        Draft(channel, "notice", notice.subject, 1, "high", now, text=notice.text)
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
    """Why bayan as a whole is not well, a line for each reason; nothing where it is.

    `states` are those of the sources that are polled, `channels` the condition of each configured channel. One source or
    channel in trouble is a matter for `bayan status` and a notice; here is only what leaves nothing of the promise.
    """
    found = []
    lives = {name: at for name, (at, _) in beats.items() if name in ("service", "once")}
    if not lives:
        found.append("bayan has never run here: start `bayan run`")
    else:
        name, at = max(lives.items(), key=lambda life: life[1])
        silent = now - at
        if name == "service" and silent > 2 * BEAT + BEAT_MARGIN:
            found.append(
                f"the service gave its last sign of life {_seconds(silent)} ago: it is stuck or has stopped; restart it"
            )
        elif name == "once" and silent > once_patience:
            found.append(f"the last run ended {_seconds(silent)} ago: does cron still start `bayan run --once`?")
        if silent < -BEAT_MARGIN:
            found.append(f"the last sign of life lies {_seconds(-silent)} ahead: the clock was set back")
    if canary and is_missed(beats):
        at, where = beats["canary missed"]
        found.append(f"the canary did not come through at {at:%H:%M} UTC: {where}; `bayan doctor` looks for the cause")
    damage = beats["store"][1] if "store" in beats else ""
    if damage:
        found.append(f"the store is damaged ({damage}): stop bayan, keep the file, put a backup in its place")
    polled = [state for state in states if state.outcome is not None]
    if polled and all(state.failures for state in polled):
        outcomes = ", ".join(sorted({str(state.outcome) for state in polled}))
        found.append(f"no source could be polled ({outcomes}): is there a network? `bayan status` shows each")
    if channels and all(condition != "ok" for condition in channels.values()):
        said = ", ".join(f"{name} is {condition}" for name, condition in sorted(channels.items()))
        found.append(f"nobody can be told: {said}; `bayan channels test ID` tries one")
    return tuple(found)


def is_missed(beats: Mapping[str, tuple[datetime, str]]) -> bool:
    """Whether the last canary of which the store knows did not come through."""
    missed, well = beats.get("canary missed"), beats.get("canary")
    return missed is not None and (well is None or missed[0] > well[0])


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.0f} s"


def undeliverable(claimed: Delivery, reason: str) -> Notice:
    """An alert was given up."""
    return Notice(
        f"delivery:{claimed.id}:failed",
        f"Alert {claimed.id} for channel {claimed.channel} could not be delivered: {reason}\n"
        f"Next step: bayan alerts explain {claimed.id}",
    )


def channel_gone(channel: str, reason: str, now: datetime) -> Notice:
    """A recipient is gone; its other deliveries wait."""
    return Notice(
        f"channel:{channel}:gone:{now:%Y%m%dT%H%M%S}",
        f"Channel {channel} no longer takes messages: {reason}\n"
        "What is due there waits until the chat is back or the channel is changed in the configuration.",
    )


def channel_down(channel: str, reason: str, since: datetime) -> Notice:
    """The way to a channel is closed for everybody."""
    return Notice(
        f"channel:{channel}:down:{since:%Y%m%dT%H%M%S}",
        f"Channel {channel} is down: {reason}\nAlerts wait and are sent when it is back. Check its token or address.",
    )


def channel_back(channel: str, since: datetime | None, now: datetime) -> Notice:
    """A channel that was down or gone takes messages again."""
    was = f", after {_seconds(now - since)}" if since is not None else ""
    return Notice(f"channel:{channel}:back:{now:%Y%m%dT%H%M%S}", f"Channel {channel} takes messages again{was}.")


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
    said = "hears again" if condition == "ok" else f"hears nobody: {remedy}"
    return Notice(f"bot:{condition}:{now:%Y%m%dT%H%M%S}", f"The bot {said}.")


def store_damaged(said: str, now: datetime) -> Notice:
    """The daily look through the store found damage."""
    return Notice(
        f"store:damaged:{now:%Y%m%d}",
        f"The store is damaged: {said}\nStop bayan, keep the file, and put a backup in its place (`bayan db check`).",
    )


def channel_changed(channel: str, error: RecipientGone, now: datetime) -> Notice:
    """A chat moved, or a topic is closed: we went on, and the configuration should be told."""
    what = f"its chat moved to {error.moved_to}" if error.moved_to else f"its topic is not there ({error.reason})"
    did = "messages follow it" if error.moved_to else "messages go to the chat itself"
    return Notice(
        f"channel:{channel}:changed:{now:%Y%m%dT%H%M%S}",
        f"Channel {channel}: {what}; {did}. Please change the configuration.",
    )
