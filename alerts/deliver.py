"""The story of one alert.

    due delivery -> claim -> message -> channel -> settle
                    |        |          |          sent with its message id, or due again, or unconfirmed, or failed
                    |        |          one call over the network; no transaction is open meanwhile
                    |        drawn from what the store holds now (`telling.py`)
                    the attempt is counted before anything is sent

A crash before the claim costs nothing; between claim and settle it may repeat one message, because the Bot API has no
idempotency key (tdlib/telegram-bot-api issue 482): that repeat carries a mark. Each channel is drained by itself, one
message after the other, so one that waits or fails never holds up another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from alerts import bundles, health, message, outbox, retry, rung
from alerts.bot import keyboard
from alerts.errors import ChannelDown, MessageRefused, RecipientGone, TryLater
from alerts.model import PARTS, About, Actor, Channel, Delivery, Part, Receipt
from alerts.outbox import ChannelState
from alerts.pace import ANSWERS, Pace
from alerts.telling import GONE, LATE, Lexicon, Nothing, Told, tell
from alerts.times import LONG_AGO
from scraper.db import Connection, Database

log = structlog.get_logger(__name__)


class Reach(Protocol):
    """The opened channels (`alerts/channels`)."""

    def reach(self, channel: str, *, chat: str | None = None, drop_topic: bool = False) -> Channel:
        """The channel of that id, at another chat where it has moved."""
        ...

    def pace_key(self, channel: str, *, chat: str | None = None) -> tuple[str, str]:
        """The bot and chat behind a channel, for pacing."""
        ...

    def kind(self, channel: str) -> str:
        """The kind of a channel."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What delivering works with. `operators` are the channels that hear of trouble."""

    db: Database
    channels: Reach
    actors: Mapping[str, Actor]
    source_names: Mapping[str, str]
    operators: tuple[str, ...]
    timezone: str
    excerpt: int
    clock: Callable[[], datetime]
    pace: Pace = field(default_factory=lambda: Pace(20))
    sent: Callable[[Delivery], None] = lambda _: None
    """Hears of each delivery that was sent, once that is recorded."""
    chats: Mapping[str, str] = field(default_factory=dict)
    """The chats whose alerts have buttons, by channel: those that the bot listens in."""
    language: str = "en"
    own_languages: Mapping[str, str] = field(default_factory=dict)
    """The languages of the channels that have another one."""
    max_age: timedelta = LONG_AGO
    show: tuple[Part, ...] = PARTS
    most_overdue: int | None = None
    """After an outage so many late alerts leave each by itself, and the rest in one digest; None: all of them."""
    unsettled: dict[str, list[Callable[[], Awaitable[None]]]] = field(default_factory=dict)
    """By channel, what arrived and could not be recorded: the store refused. Nothing more leaves there before it is."""

    def lexicon(self, channel: str) -> Lexicon:
        """What drawing for a channel takes of it."""
        language = self.own_languages.get(channel, self.language)
        return Lexicon(
            self.actors, self.source_names, self.timezone, self.excerpt, self.clock, language, self.max_age, self.show
        )


@dataclass(frozen=True, slots=True)
class Drained:
    """What became of one channel's due deliveries: counts of this drain."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    needless: int = 0
    """What was told already, or waits for its alert."""


async def drain(channel: str, desk: Desk, stopping: asyncio.Event) -> Drained:
    """Send what is due in one channel, in order, at its pace, until nothing is, or it must rest, or we are `stopping`."""
    counts = {"sent": 0, "later": 0, "failed": 0, "needless": 0}
    while not stopping.is_set():
        await _record_what_arrived(channel, desk)
        state = await desk.db.read(lambda conn: outbox.channel(conn, channel))
        now = desk.clock()
        if state.condition == "gone" or (state.paused_until is not None and state.paused_until > now):
            break
        if not await _my_turn(channel, state, desk, stopping):
            break
        claimed = await _claim(channel, state, desk)
        if claimed is None:
            desk.pace.take_back(desk.channels.pace_key(channel, chat=state.chat))
            break
        ended = await _attempt(claimed, state, desk)
        counts[ended] += 1
        if ended == "needless":
            desk.pace.take_back(desk.channels.pace_key(channel, chat=state.chat))
    return Drained(**counts)


async def _claim(channel: str, state: ChannelState, desk: Desk) -> Delivery | None:
    """Commit 3, with a probe of the next message where the first has failed again and again."""
    now = desk.clock()
    lease = now + retry.LEASE
    ahead = retry.skip(state.failures)
    return await desk.db.write(lambda conn: outbox.claim(conn, channel, now, lease, skip=ahead))


async def _attempt(claimed: Delivery, state: ChannelState, desk: Desk) -> str:
    """One message to one channel, and commit 4. Returns which counter it belongs to."""
    told = await desk.db.read(lambda conn: tell(conn, claimed, desk.lexicon(claimed.channel)))
    if isinstance(told, Nothing):
        return await _say_nothing(claimed, told, desk)
    drawn = message.plain(told.message) if claimed.plain else told.message
    keys = await _buttons(claimed, state, desk) if told.buttons else ()
    drawn = replace(drawn, keys=keys, about=_about(claimed, told))
    digest = drawn.digest
    if drawn.edits and await _says_already(claimed, digest, desk):
        return await _say_nothing(claimed, Nothing("its alert says so already"), desk)
    try:
        way = desk.channels.reach(claimed.channel, chat=state.chat, drop_topic=state.drop_topic)
        receipt = await way.send(drawn)
    except TryLater as error:
        return await _rest(claimed, state, error, desk)
    except MessageRefused as error:
        if error.markup and not claimed.plain:
            log.error("message refused for its entities, sent plain", delivery=claimed.id, reason=error.reason)
            return await _again_at_once(claimed, error.reason, desk, plain=True)
        if drawn.edits:
            return await _say_nothing(claimed, Nothing(f"the message cannot be edited any more: {error.reason}"), desk)
        return await _give_up(claimed, f"refused: {error.reason}", desk)
    except RecipientGone as error:
        return await _follow_or_stop(claimed, state, error, desk)
    except ChannelDown as error:
        return await _hold_everything(claimed, state, error, desk)
    return await _arrived(claimed, state, receipt, told.along, digest, desk)


async def _says_already(claimed: Delivery, digest: str, desk: Desk) -> bool:
    """Whether an edit would change nothing for who reads: Telegram refuses it. Programs are told of every change."""
    if desk.channels.kind(claimed.channel) != "telegram":
        return False
    return await desk.db.read(lambda conn: rung.says_already(conn, claimed, digest))


def _about(claimed: Delivery, told: Told) -> About:
    return About(claimed.id, claimed.kind, claimed.attempt, claimed.created_at, claimed.may_repeat, told.alerts)


async def _buttons(claimed: Delivery, state: ChannelState, desk: Desk) -> keyboard.Keys:
    """The buttons of an alert: made before it is first sent, the same again when it is edited."""
    chat = state.chat or desk.chats.get(claimed.channel, "")
    statement = claimed.statement
    if claimed.kind not in ("alert", "also") or statement is None or claimed.channel not in desk.chats:
        return ()
    now = desk.clock()
    there = await desk.db.read(lambda conn: keyboard.standing(conn, chat, statement, now, desk.language))
    if there is not None:
        return there
    return await desk.db.write(lambda conn: keyboard.make(conn, chat, statement, now, desk.language))


async def _say_nothing(claimed: Delivery, nothing: Nothing, desk: Desk) -> str:
    """Nothing is sent: it waits for its alert; or it would come too late or twice, and that harms nobody."""
    now = desk.clock()
    if nothing is GONE:
        return await _give_up(claimed, nothing.why, desk)

    def record(conn: Connection) -> None:
        if nothing.wait is None:
            outbox.settle_needless(conn, claimed, nothing.why, now)
        else:
            outbox.settle_later(conn, claimed, certain=True, due_at=now + nothing.wait, reason=nothing.why)

    await desk.db.write(record)
    log.info("nothing to send", channel=claimed.channel, delivery=claimed.id, reason=nothing.why)
    return "needless"


async def _arrived(
    claimed: Delivery, state: ChannelState, receipt: Receipt, along: Sequence[int], digest: str, desk: Desk
) -> str:
    now = desk.clock()

    def record(conn: Connection) -> None:
        if outbox.settle_sent(conn, claimed, receipt.message_id, now):
            rung.settle_along(conn, along, receipt.message_id, now)
            if claimed.kind in ("alert", "also") and claimed.statement is not None:
                rung.shows(conn, claimed.channel, claimed.statement, digest)
        if state.condition != "ok":
            _announce(conn, claimed.channel, health.channel_back(claimed.channel, state.since, now), desk, now)
        if state.failures or state.condition != "ok":
            outbox.learn(conn, claimed.channel, **outbox.WELL)
            if desk.most_overdue is not None:
                bundles.gather_overdue(conn, claimed.channel, now - LATE, desk.most_overdue, now)

    async def settle() -> None:
        await desk.db.write(record)
        desk.sent(claimed)
        log.info("alert sent", channel=claimed.channel, delivery=claimed.id, attempt=claimed.attempt)

    desk.unsettled.setdefault(claimed.channel, []).append(settle)
    await _record_what_arrived(claimed.channel, desk)
    return "sent"


async def _record_what_arrived(channel: str, desk: Desk) -> None:
    """Commit 4 of what is known to have arrived. Where the store refuses (StoreError) it is kept, and done before the next claim:
    else the message would be sent anew after each lease for as long as a disk is full."""
    waiting = desk.unsettled.get(channel, [])
    while waiting:
        await waiting[0]()
        waiting.pop(0)


async def _rest(claimed: Delivery, state: ChannelState, error: TryLater, desk: Desk) -> str:
    """The same message, later; the whole channel rests with it, so that its order is kept."""
    now = desk.clock()
    failures = state.failures + 1
    until = now + retry.pause(failures, error.after)
    reason = f"{outbox.ASKED}{error.reason}" if error.after is not None else error.reason

    since = state.failing_since or now
    certain = error.certain or claimed.kind == "also"  # an edit that is made twice is made once: it needs no mark

    def record(conn: Connection) -> None:
        outbox.settle_later(conn, claimed, certain=certain, due_at=now, reason=error.reason)
        outbox.learn(conn, claimed.channel, failures=failures, paused_until=until, reason=reason, failing_since=since)

    await desk.db.write(record)
    log.warning(
        "alert not sent, will be tried again", channel=claimed.channel, delivery=claimed.id, reason=error.reason,
        sure_unsent=error.certain, until=until.isoformat(timespec="seconds"),
    )  # fmt: skip
    return "later"


async def _again_at_once(claimed: Delivery, reason: str, desk: Desk, *, plain: bool | None = None) -> str:
    now = desk.clock()
    await desk.db.write(
        lambda conn: outbox.settle_later(conn, claimed, certain=True, due_at=now, reason=reason, plain=plain)
    )
    return "later"


async def _give_up(claimed: Delivery, reason: str, desk: Desk) -> str:
    now = desk.clock()
    notice = health.undeliverable(claimed, reason)

    def record(conn: Connection) -> None:
        outbox.settle_failed(conn, claimed, reason, now)
        if claimed.kind == "digest":
            bundles.scatter(conn, claimed.channel, claimed.subject, now)
        outbox.put(conn, _to_operators(notice, desk, now, claimed.channel), now)

    await desk.db.write(record)
    log.error("alert given up", channel=claimed.channel, delivery=claimed.id, reason=reason)
    return "failed"


async def _follow_or_stop(claimed: Delivery, state: ChannelState, error: RecipientGone, desk: Desk) -> str:
    """A chat that moved is followed, a closed topic left for its chat; a chat that is gone is told to the operators."""
    now = desk.clock()
    if error.moved_to is not None and error.moved_to != state.chat:
        learned: dict[str, object] = {"chat": error.moved_to, "reason": error.reason}
    elif error.topic_only and not state.drop_topic:
        learned = {"drop_topic": True, "reason": error.reason}
    else:
        return await _suspend(claimed, state, error.reason, desk)
    notice = health.channel_changed(claimed.channel, error, now)

    def record(conn: Connection) -> None:
        outbox.settle_later(conn, claimed, certain=True, due_at=now, reason=error.reason)
        outbox.learn(conn, claimed.channel, **learned)
        if error.moved_to is not None:
            outbox.forget_messages(conn, claimed.channel)  # a supergroup counts its messages anew
        outbox.put(conn, _to_operators(notice, desk, now, claimed.channel), now)

    await desk.db.write(record)
    log.warning("channel has changed", channel=claimed.channel, reason=error.reason, moved_to=error.moved_to)
    return "later"


async def _suspend(claimed: Delivery, state: ChannelState, reason: str, desk: Desk) -> str:
    """The recipient is gone: this delivery has failed, the others wait for a person, the operators are told."""
    now = desk.clock()
    notice = health.channel_gone(claimed.channel, reason, now)
    failing_since = state.failing_since or now

    def record(conn: Connection) -> None:
        outbox.settle_failed(conn, claimed, reason, now)
        outbox.learn(conn, claimed.channel, condition="gone", since=now, reason=reason, failing_since=failing_since)
        _announce(conn, claimed.channel, notice, desk, now)

    await desk.db.write(record)
    log.error("recipient is gone", channel=claimed.channel, reason=reason)
    return "failed"


async def _hold_everything(claimed: Delivery, state: ChannelState, error: ChannelDown, desk: Desk) -> str:
    """The way itself is closed: nothing is lost, everything waits, somebody must act."""
    now = desk.clock()
    since = state.since or now
    notice = health.channel_down(claimed.channel, error.reason, since)

    def record(conn: Connection) -> None:
        outbox.settle_later(conn, claimed, certain=True, due_at=now, reason=error.reason)
        outbox.learn(
            conn, claimed.channel, condition="down", since=since, reason=error.reason,
            failures=state.failures + 1, paused_until=now + retry.DOWN_WAIT, failing_since=state.failing_since or now,
        )  # fmt: skip
        _announce(conn, claimed.channel, notice, desk, now)

    await desk.db.write(record)
    log.error("channel is down", channel=claimed.channel, reason=error.reason)
    return "later"


def _announce(conn: Connection, channel: str, notice: health.Notice, desk: Desk, now: datetime) -> None:
    """Tell the operators of a change of a channel, unless it only comes and goes."""
    if health.is_news(notice, outbox.notice_subjects(conn, f"channel:{channel}:"), now):
        outbox.put(conn, _to_operators(notice, desk, now, channel), now)


async def _my_turn(channel: str, state: ChannelState, desk: Desk, stopping: asyncio.Event) -> bool:
    """Wait until the chat and the bot may hear the next message. False where we are stopping first."""
    key = desk.channels.pace_key(channel, chat=state.chat)
    time = asyncio.get_running_loop().time
    spare = ANSWERS if channel in desk.chats else 0
    while (wait := desk.pace.next_at(key, time(), spare=spare) - time()) > 0:
        try:
            await asyncio.wait_for(stopping.wait(), wait)
        except TimeoutError:
            continue
        return False
    desk.pace.note(key, time())
    return not stopping.is_set()


def _to_operators(notice: health.Notice, desk: Desk, now: datetime, but_not: str) -> tuple[outbox.Draft, ...]:
    """The notice for the operators' other channels, each in its language."""
    return health.to_operators(
        notice,
        desk.operators,
        now,
        but_not=but_not,
        language_of=lambda channel: desk.own_languages.get(channel, desk.language),
    )
