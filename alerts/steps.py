"""The steps of a running service, each by itself: poll, read articles, judge, deliver, tell the operators.

`alerts/service.py` says when each is taken, and with which configuration; every one asks the store what is due, so a step
that is taken twice finds nothing the second time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog

from alerts import beginnings, bundles, deliver, fallback, health, holds, mutes, outbox, troubles
from alerts.deliver import Drained
from alerts.gauges import Gauges
from alerts.heart import Heart
from alerts.judge import Judged
from alerts.judge import judge as judge_next
from alerts.outbox import Draft
from alerts.outfit import Outfit
from alerts.refusals import Refusals
from alerts.said import Said
from alerts.words import words_of
from scraper import absences, marks, rereads, sources, store
from scraper import holds as held
from scraper.beginnings import tell as told
from scraper.copies import RESTORED
from scraper.db import Connection, Database
from scraper.errors import StoreError
from scraper.follow import Followed, follow
from scraper.model import Source
from scraper.poll import Polled, Tools, poll
from scraper.removal import Absence
from scraper.reread import reread
from scraper.verify import verify

log = structlog.get_logger(__name__)

ARTICLES_AT_ONCE = 4
MOMENT = 0.3
"""Seconds of one tick for judging; what waits longer is judged beside the ticks."""
PAUSED = "paused"
"""The mark under which the store knows that a person holds every message."""
NOT_WATCHED = timedelta(days=1)
"""How long what belongs to a source that is not watched at present is put off."""


@dataclass(slots=True)
class Report:
    """What one run did: for the exit code, `--json`, and the person at the terminal."""

    polled: list[Polled] = field(default_factory=list)
    followed: list[Followed] = field(default_factory=list)
    judged: int = 0
    matched: set[int] = field(default_factory=set)
    sent: int = 0
    later: int = 0
    failed: int = 0
    pending: int = 0


Due = TypeVar("Due", store.ArticleTask, rereads.RereadTask, Absence)

Watch = Callable[[Polled | Followed | Judged], None]
"""Called as things happen, for progress on a terminal."""


class Steps:
    """The work under way, by source, article and channel, and the outfit that new work is begun with."""

    def __init__(
        self, kit: Outfit, db: Database, tools: Tools, clock: Callable[[], datetime], gauges: Gauges | None = None
    ) -> None:
        self.kit = kit
        self.tools = tools
        self.report = Report()
        self.gauges = gauges or Gauges()
        self.on: Watch = lambda _: None
        self.stopping = asyncio.Event()
        self.resting = asyncio.Event()
        """Set: drains end after the message that they are sending."""
        self.changing = False
        """True while the outfit is being changed: nothing is begun."""
        self.paused = False
        """True while a person holds every message."""
        self.beating = False
        """True in the service that stays: `judge` gives signs of life between its batches."""
        self.ahead = timedelta()
        """How soon a source may be due that is begun with: it waits for its own moment, not for the tick after that."""
        self.restored: datetime | None = None
        """The moment of the backup that this store was put back from, until a person decided about its deliveries."""
        self.polls: dict[str, asyncio.Task[Any]] = {}
        self.articles: dict[int, asyncio.Task[Any]] = {}
        self.rereads: dict[int, asyncio.Task[Any]] = {}
        self.looks: dict[int, asyncio.Task[Any]] = {}
        """For statements that are missing from their lists."""
        self.drains: dict[str, asyncio.Task[Any]] = {}
        self.judgings: dict[str, asyncio.Task[Any]] = {}
        self.refusals = Refusals()
        self.heart = Heart(db, clock, self.gauges)
        self._db = db
        self._clock = clock
        self._judging = asyncio.Lock()

    async def start_polls(self, *, only: Iterable[str] | None = None, but_not: Iterable[str] = ()) -> int:
        """Begin a poll for each due source, as many at once as `concurrency` and then some that wait for their host."""
        room = self.kit.config.fetch.concurrency * 4 - len(self.polls)
        if room <= 0:
            return 0
        now, kit = self._clock(), self.kit
        wanted = {one for one in set(kit.sources) - set(self.polls) - set(but_not) if not self.refusals.rests(one)}
        if only is not None:
            wanted &= set(only)
        soon = now + self.ahead
        due = await self._db.read(lambda conn: sources.due(conn, soon, room + len(self.polls), None))
        chosen = [state for state in due if state.id in wanted]
        if len(chosen) < room and len(due) > len(chosen):  # sources that left the configuration may stand in the way
            chosen = list(await self._db.read(lambda conn: sources.due(conn, soon, room, sorted(wanted))))
        if self._is_changed(kit):
            return 0
        for state in chosen[:room]:
            self._begin(self.polls, state.id, self._poll(kit.sources[state.id], state))
        return len(chosen[:room])

    async def _poll(self, source: Source, state: sources.SourceState) -> None:
        if self.ahead and (early := state.due_at - self._clock()) > timedelta():
            await asyncio.sleep(min(early, self.ahead).total_seconds())
        polled = await poll(source, state, self.tools)
        if not self.beating:  # the service that stays would collect them for ever
            self.report.polled.append(polled)
        self.gauges.polls[polled.outcome] += 1
        self.gauges.statements += len(polled.new)
        self.on(polled)
        if polled.healthy:
            log.info(
                "polled", source=source.id, outcome=polled.outcome, new=len(polled.new), silent=polled.silent,
                **({"detail": polled.detail} if polled.detail else {}),
            )  # fmt: skip
        else:
            log.warning("poll failed", source=source.id, outcome=polled.outcome, detail=polled.detail)
        self.refusals.unkept(polled.unkept)
        if polled.held:
            log.warning("a flood is held", source=source.id, held=polled.held, reason=polled.detail)
            await self.tell_operators()
        if polled.new or polled.changed or polled.held:
            await self.judge()
            if polled.silent and len(self.polls) == 1:
                await self.tell_operators()  # a newcomer who watches need not wait for the next minute
            if not self.stopping.is_set():
                await self.start_drains()
                await self.start_articles()

    async def start_articles(self) -> int:
        room = ARTICLES_AT_ONCE * 4 - len(self.articles)
        if room <= 0:
            return 0
        now, kit = self._clock(), self.kit
        due = await self._watched(
            lambda conn: store.articles_due(conn, now, room + len(self.articles)), rereads.put_off
        )
        if self._is_changed(kit):
            return 0
        chosen = [task for task in due if self._is_free(task.statement, self.articles) and task.source in kit.sources]
        for task in chosen[:room]:
            self._begin(self.articles, task.statement, self._follow(kit.sources[task.source], task))
        return len(chosen[:room])

    async def _follow(self, source: Source, task: store.ArticleTask) -> None:
        followed = await follow(source, task, self.tools)
        if not self.beating:
            self.report.followed.append(followed)
        self.on(followed)
        if followed.outcome == "ok":
            log.info("article read", source=source.id, statement=task.statement)
            self.refusals.unkept(followed.unkept)
        else:
            log.warning(
                "article not read", source=source.id, statement=task.statement, outcome=followed.outcome,
                detail=followed.detail, again=followed.again,
            )  # fmt: skip
            now = self._clock()
            # Its alert need not wait for a body that does not come.
            await self._db.write(lambda conn: outbox.hasten(conn, [task.statement], now))
        await self.judge()
        if not self.stopping.is_set():
            await self.start_drains()

    async def start_rereads(self) -> int:
        """Begin to read articles again, where no article waits for its first reading."""
        room = ARTICLES_AT_ONCE - len(self.rereads)
        if room <= 0 or self.articles:
            return 0
        now, kit = self._clock(), self.kit
        due = await self._watched(
            lambda conn: rereads.due(conn, now, ARTICLES_AT_ONCE + len(self.rereads)), rereads.put_off
        )
        if self._is_changed(kit):
            return 0
        chosen = [task for task in due if self._is_free(task.statement, self.rereads) and task.source in kit.sources]
        for task in chosen[:room]:
            self._begin(self.rereads, task.statement, self._reread(kit.sources[task.source], task))
        return len(chosen[:room])

    async def _reread(self, source: Source, task: rereads.RereadTask) -> None:
        read = await reread(source, task, self.tools)
        log.debug("article read again", source=source.id, statement=task.statement, outcome=read.outcome)
        if read.edited:
            log.info("edited", source=source.id, statement=task.statement)
            await self.judge()
            if not self.stopping.is_set():
                await self.start_drains()

    async def _watched(
        self, ask: Callable[[Connection], tuple[Due, ...]], put_off: Callable[..., None]
    ) -> tuple[Due, ...]:
        """What is due, as `ask` says. What belongs to a source that is not watched is put off: it must not be in the way."""
        while True:
            due = await self._db.read(ask)
            if not (strays := [one.statement for one in due if one.source not in self.kit.sources]):
                return due
            until = self._clock() + NOT_WATCHED
            await self._db.write(partial(put_off, statements=strays, until=until))

    async def start_looks(self) -> int:
        """Begin to look for statements that are missing from their lists, a few at a time."""
        room = ARTICLES_AT_ONCE - len(self.looks)
        if room <= 0:
            return 0
        now, kit = self._clock(), self.kit
        due = await self._watched(
            lambda conn: absences.due(conn, now, ARTICLES_AT_ONCE + len(self.looks)), absences.put_off
        )
        if self._is_changed(kit):
            return 0
        chosen = [case for case in due if self._is_free(case.statement, self.looks) and case.source in kit.sources]
        for case in chosen[:room]:
            self._begin(self.looks, case.statement, self._look(kit.sources[case.source], case))
        return len(chosen[:room])

    async def _look(self, source: Source, case: Absence) -> None:
        verified = await verify(source, case, self.tools)
        if verified.removed:
            log.warning("removed", source=source.id, statement=case.statement, proof=verified.note)
            await self.judge()
            if not self.stopping.is_set():
                await self.start_drains()

    async def begin_judging(self) -> None:
        """Judge what waits, and go on after a moment: a flood of statements must not make the next tick late."""
        if not self.judgings:
            self._begin(self.judgings, "judge", self.judge())
        await asyncio.wait(tuple(self.judgings.values()), timeout=MOMENT)

    async def judge(self) -> None:
        """Judge what waits, in batches, until nothing does."""
        async with self._judging:
            while judged := await judge_next(self._db, self.kit.bench, self._clock()):
                self.report.judged += len(judged)
                self.gauges.judged += len(judged)
                matched = [one.statement.id for one in judged if one.matches]
                self.gauges.matched += len(matched)
                self.report.matched.update(() if self.beating else matched)  # as with what was polled
                for one in judged:
                    if one.rings:
                        log.info("matched", statement=one.statement.id, channels=[ring.channel for ring in one.rings])
                    self.on(one)
                if self.beating:
                    await self.heart.beat()  # a flood takes many batches, and is not a loop that hangs

    async def pause(self, on: bool) -> bool:
        """Hold every message from now on (or let them go again). False where it is so already. It holds over a restart."""
        now = self._clock()

        def settle(conn: Connection) -> bool:
            if (marks.read(conn, PAUSED) is not None) == on:
                return False
            if on:
                marks.put(conn, PAUSED, now)
            else:
                marks.remove(conn, PAUSED)
            return True

        changed = await self._db.write(settle)
        self.paused = on
        if on:
            self.resting.set()
        elif not self.stopping.is_set():
            self.resting = asyncio.Event()
        if changed:
            log.warning("all messages are held" if on else "messages leave again")
        return changed

    async def ailments(self) -> tuple[Said, ...]:
        """What is not well with bayan as a whole, a line for each reason."""
        now, kit = self._clock(), self.kit

        def read(conn: Connection) -> tuple[Said, ...]:
            learned = {channel.id: channel.condition for channel in outbox.channels(conn)}
            states = [state for state in sources.states(conn) if state.id in kit.sources]
            channels = {channel.id: learned.get(channel.id, "ok") for channel in kit.config.channels}
            return health.complaints(states, channels, sources.beats(conn), now)

        return await self._db.read(read)

    async def start_drains(self) -> None:
        if self.paused or self.changing or await self.hold_what_was_restored():
            return
        await self.tell_instead()
        now, kit = self._clock(), self.kit
        busy = await self._db.read(lambda conn: outbox.busy_channels(conn, now))
        if self._is_changed(kit):
            return
        for channel in busy:
            if channel not in self.drains and channel in kit.bench.channels:
                self._begin(self.drains, channel, self._drain(channel))

    async def tell_instead(self) -> int:
        """What waits for a channel that cannot be reached is told through its fallback too. Returns how much is new."""
        if self.paused or self.changing or self.restored is not None:
            return 0
        kit = self.kit
        return await fallback.tell_instead(self._db, kit.config.channels, kit.desk.most_overdue, self._clock())

    def _is_free(self, statement: int, tasks: dict[int, asyncio.Task[Any]]) -> bool:
        return statement not in tasks and not self.refusals.rests(statement)

    def _is_changed(self, kit: Outfit) -> bool:
        """Whether the outfit that a step began with is on its way out: the next tick begins the work with the new one."""
        return self.changing or self.kit is not kit

    async def _drain(self, channel: str) -> None:
        drained: Drained = await deliver.drain(channel, self.kit.desk, self.resting)
        self.report.sent += drained.sent
        self.report.later += drained.later
        self.report.failed += drained.failed
        self.gauges.attempts.update(sent=drained.sent, later=drained.later, failed=drained.failed)

    async def tell_operators(self) -> None:
        if not (operators := self.kit.config.health.notify):
            return
        now, tongue = self._clock(), self.kit.config.language_of
        notices = await self._db.read(lambda conn: troubles.now(conn, self.kit.config, now))
        floods = await self._db.read(lambda conn: held.floods(conn, samples=holds.SAMPLES))
        if floods:
            before = await self._db.read(lambda conn: outbox.notice_subjects(conn, "flood:"))
            notices += holds.notices(floods, before)
        drafts = [one for notice in notices for one in health.to_operators(notice, operators, now, language_of=tongue)]
        first, begun = await self._db.read(lambda conn: beginnings.drafts(conn, self.kit.config, now))

        def settle(conn: Connection) -> None:
            outbox.put(conn, [*drafts, *first], now)
            told(conn, begun, now)

        if drafts or begun:
            await self._db.write(settle)

    def _begin(self, tasks: dict[Any, asyncio.Task[Any]], key: Any, work: Awaitable[None]) -> None:
        """Run `work` beside everything else. Whatever escapes it is our bug: said loudly, and nothing else stops."""

        async def guarded() -> None:
            try:
                await work
            except StoreError as error:
                self.refusals.refused(str(error), key)
            except asyncio.CancelledError:
                raise
            except Exception:  # a bug in one source's path must not silence the others
                log.exception("internal error", work=str(key))
            finally:
                tasks.pop(key, None)

        tasks[key] = asyncio.create_task(guarded())

    async def hold_what_was_restored(self) -> bool:
        """Hold what is open while the store's mark stands. False, once, when a person took the mark away."""
        if self.restored is None:
            return False
        reason = f"restored from the backup of {self.restored:%Y-%m-%d %H:%M} UTC"

        def settle(conn: Connection) -> datetime | None:
            mark = marks.read(conn, RESTORED)
            if mark is not None:
                outbox.hold(conn, reason)
            return mark

        self.restored = await self._db.write(settle)
        return self.restored is not None

    async def tell_bundles(self) -> None:
        """What waited to be told together is, when its moment has come; a silence that ended says what it held back."""
        now, language_of = self._clock(), self.kit.config.language_of

        def settle(conn: Connection) -> int:
            for over in mutes.over(conn, now):
                if not bundles.waiting(conn, over.channel, [f"mute:{over.mute.id}"]):
                    what = mutes.about(over.mute.scope, over.mute.subject)
                    words = words_of(language_of(over.channel)).mute_over(what, over.held_back)
                    subject = f"mute:{over.mute.id}:over"
                    outbox.put(conn, [Draft(over.channel, "notice", subject, 1, "low", now, text=words)], now)
            return sum(bundles.tell(conn, one, now) for one in bundles.due(conn, now))

        if await self._db.read(lambda conn: bool(bundles.due(conn, now) or mutes.ending(conn, now))):
            log.info("told together", alerts=await self._db.write(settle))

    async def keep_pace(self) -> None:
        """The pace goes on from what other processes sent in the last minute."""
        now, kit = self._clock(), self.kit
        since = now - timedelta(minutes=1)
        here = asyncio.get_running_loop().time()
        for channel, at in await self._db.read(lambda conn: outbox.sent_since(conn, list(kit.fingerprints), since)):
            age = min(max((now - at).total_seconds(), 0.0), 60.0)
            kit.desk.pace.note(kit.channels.pace_key(channel), here - age)

    async def finished(self, tasks: dict[Any, asyncio.Task[Any]]) -> bool:
        """Wait until none of `tasks` is left. False as soon as we are asked to stop."""
        asked_to_stop = asyncio.ensure_future(self.stopping.wait())
        try:
            while tasks and not asked_to_stop.done():
                await asyncio.wait([*tasks.values(), asked_to_stop], return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked_to_stop.cancel()
        return not self.stopping.is_set()

    async def wind_up(self) -> None:
        """Polls and articles are dropped (they are due again); sends under way are waited for, then left unconfirmed."""
        dropped = [
            task
            for tasks in (self.polls, self.articles, self.rereads, self.looks, self.judgings)
            for task in tasks.values()
        ]
        for task in dropped:
            task.cancel()
        drains = [task for task in self.drains.values() if not task.done()]
        if drains:
            _, hanging = await asyncio.wait(drains, timeout=self.kit.config.service.shutdown_grace.total_seconds())
            for task in hanging:
                task.cancel()
            if hanging:
                log.warning("sends without an answer are left unconfirmed", channels=len(hanging))
        await asyncio.gather(*dropped, *self.drains.values(), return_exceptions=True)
        await self.heart.aclose()
