"""Listening to Telegram: one question that stays open, its updates handed on, and a line when nobody answers.

    getUpdates -> event -> reception, in turn within each chat, chats beside each other

python-telegram-bot's own updater ends silently when the token is revoked and tells no error handler (facts measured with 22.8),
so the loop is ours: every failure has a name, is said once, and is tried again; a second program that listens with the same
token (409) is an alarm and never a fight.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal

import structlog
from telegram import Update
from telegram.error import Conflict

from alerts.bot import buttons, chats
from alerts.bot.incoming import Event, Moved, read
from alerts.bot.line import LONG_POLL, Line
from alerts.bot.reception import Reception
from alerts.errors import ChannelDown, DeliveryError, TryLater
from scraper import sources
from scraper.db import Connection, Database
from scraper.errors import StoreError

log = structlog.get_logger(__name__)

Condition = Literal["ok", "revoked", "conflict", "away"]

REMEDIES: dict[Condition, str] = {
    "ok": "the bot hears again",
    "revoked": "the bot's token is refused: ask @BotFather for a new one, and put it where the configuration says",
    "conflict": "another program listens with the same token: stop it, or give one of them a bot of its own",
    "away": "Telegram cannot be reached: is there a network?",
}
_FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
_CONFLICT_WAIT = 30.0
"""Seconds after a 409: the other one is left alone meanwhile."""
AWAY_AFTER = timedelta(minutes=2)
"""A short hiccup is no news."""
_TURN = 2.0
"""Seconds that a batch may take before the next question is asked; what takes longer goes on beside it."""
_QUEUE = 200
"""Events of one chat that may wait: all of what one question brings, twice."""
_LAST = "update"


class Polling:
    """One bot's listening, from `run` to the event `stopping`."""

    def __init__(
        self,
        line: Line,
        reception: Reception,
        db: Database,
        clock: Callable[[], datetime],
        stopping: asyncio.Event,
        tell: Callable[[Condition, str], None],
        *,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        """`tell` is called once for each change of its condition, with the remedy. `longest_wait` (seconds) is between two tries."""
        self._line, self._reception, self._db, self._clock = line, reception, db, clock
        self._stopping = stopping
        self._tell = tell
        self._longest = longest_wait
        self._queues: dict[str, asyncio.Queue[Event]] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._left_out: Counter[str] = Counter()
        self.condition: Condition = "ok"
        self._failing_since: datetime | None = None

    @property
    def busy(self) -> int:
        """In how many chats something is being answered."""
        return len(self._workers)

    async def run(self, introduced: Callable[[str], Awaitable[None]]) -> None:
        """Listen until told to stop. `introduced` is called with the bot's user name, once it is known. Raises StoreError only."""
        me = await self._introduce(introduced)
        last = int(await self._db.read(lambda conn: chats.mark(conn, _LAST)) or 0)
        wait = _FIRST_WAIT
        while not self._stopping.is_set():
            try:
                seconds = LONG_POLL if self._failing_since is None else 0  # whether it is well again is known at once
                updates = await self._unless_stopped(self._line.hear(last + 1, seconds=seconds))
            except DeliveryError as error:
                wait = self._trouble(error, wait)
                await self._rest(wait)
                continue
            if updates is None:
                break
            self._well()
            wait = _FIRST_WAIT
            fresh = [update for update in updates if update.update_id > last]
            if not fresh:
                continue
            last = max(update.update_id for update in fresh)
            await self._remember(last)
            await self._hand_on(fresh, me)
        await self._wind_up()

    async def _introduce(self, introduced: Callable[[str], Awaitable[None]]) -> str:
        wait = _FIRST_WAIT
        while not self._stopping.is_set():
            try:
                me = await self._line.me()
            except DeliveryError as error:
                wait = self._trouble(error, wait)
                await self._rest(wait)
            else:
                await introduced(me)
                return me
        return ""

    async def _remember(self, last: int) -> None:
        """Before they are handled: a command that kills the program must not be asked again at every start."""
        now = self._clock()
        await self._db.write(lambda conn: chats.remember(conn, _LAST, str(last), now))

    async def _hand_on(self, updates: list[Update], me: str) -> None:
        for update in updates:
            try:
                event = read(update, me)
            except (
                AttributeError,
                TypeError,
                ValueError,
            ):  # a form of update that python-telegram-bot lets through half-read
                log.warning("an update could not be read", update=update.update_id)
                continue
            if event is None:
                continue
            chat = event.old if isinstance(event, Moved) else event.chat
            queue = self._queues.setdefault(chat, asyncio.Queue(_QUEUE))
            try:
                queue.put_nowait(event)
            except asyncio.QueueFull:
                if not self._left_out[chat]:
                    log.warning("a chat asks more than can be answered; some of it is left out", chat=chat)
                self._left_out[chat] += 1
                continue
            if chat not in self._workers:
                self._workers[chat] = asyncio.create_task(self._serve(chat, queue))
        if self._workers:
            await asyncio.wait(tuple(self._workers.values()), timeout=_TURN)

    async def _serve(self, chat: str, queue: asyncio.Queue[Event]) -> None:
        """One chat's events, in their order; ends when there are none left. What had no room is told of, once."""
        try:
            while not queue.empty() or chat in self._left_out:
                if queue.empty():
                    await self._reception.overrun(chat, self._left_out.pop(chat))
                else:
                    await self._reception.receive(queue.get_nowait())
        finally:
            self._workers.pop(chat, None)
            self._queues.pop(chat, None)

    async def keep_house(self) -> None:
        """Once a minute: leave the groups that nobody enrolled, forget old buttons, give a sign of life."""
        now = self._clock()
        for chat in await self._db.read(lambda conn: chats.unwelcome(conn, now)):
            with suppress(DeliveryError):  # it may have been removed meanwhile; either way we are not there
                await self._line.leave(chat)
            await self._db.write(lambda conn, gone=chat: chats.left(conn, gone, now))  # type: ignore[misc]
            log.info("left a chat that nobody enrolled", chat=chat)
        condition = self.condition

        def note(conn: Connection) -> None:
            buttons.forget(conn, now)
            sources.beat(conn, "bot", now, "" if condition == "ok" else condition)

        with suppress(StoreError):
            await self._db.write(note)

    # ----------------------------------------------------------------------------------------- troubles

    def _trouble(self, error: DeliveryError, wait: float) -> float:
        """Note what is wrong, and say how many seconds to wait."""
        now = self._clock()
        self._failing_since = self._failing_since or now
        if isinstance(error, ChannelDown):
            self._become("revoked")
            return self._longest
        if isinstance(error.__cause__, Conflict):
            self._become("conflict")
            return min(_CONFLICT_WAIT, self._longest)
        if isinstance(error, TryLater) and error.after is not None:
            return min(error.after.total_seconds(), 3_600.0)
        if now - self._failing_since >= AWAY_AFTER:
            self._become("away")
        return min(wait * 2, self._longest)

    def _well(self) -> None:
        self._failing_since = None
        self._become("ok")

    def _become(self, condition: Condition) -> None:
        if condition != self.condition:
            self.condition = condition
            (log.info if condition == "ok" else log.error)("the bot", condition=condition, remedy=REMEDIES[condition])
            self._tell(condition, REMEDIES[condition])

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _unless_stopped(self, hearing: object) -> tuple[Update, ...] | None:
        """What was heard, None where it was time to stop first."""
        asking = asyncio.ensure_future(hearing)  # type: ignore[call-overload]
        ending = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({asking, ending}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                return asking.result()  # type: ignore[no-any-return]
            asking.cancel()
            with suppress(asyncio.CancelledError, DeliveryError):
                await asking
            return None
        finally:
            ending.cancel()

    async def _wind_up(self) -> None:
        if self._workers:
            await asyncio.wait(tuple(self._workers.values()), timeout=5)
        for task in tuple(self._workers.values()):
            task.cancel()
