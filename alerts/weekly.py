"""The weekly note: what an operator would find who looked through everything, and only what asks for a deed.

    the store, four weeks of it ──> findings, each with what to do ──> one notice a week, or none
                                                                 └──> `bayan housekeeping`, now

What was found is decided by plain functions over `Facts`; `gather` reads them. The note is due at a day and time in the file's zone;
where bayan was away then, it comes when it is back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts import bundles, health, mutes, outbox, verdicts
from alerts.bot import judgements
from alerts.canary import SOURCE
from alerts.health import Notice
from alerts.said import NOTHING, Said, in_language, said
from alerts.settings import Configuration
from alerts.troubles import standing
from alerts.verdicts import Share
from scraper import holds, sources
from scraper.condition import WELL
from scraper.db import Connection, Database

SPAN = timedelta(days=28)
"""What lies further back is not looked at."""
DEAD_AFTER = timedelta(days=3)
"""A source that is unwell for less than this may be well again by itself."""
ENOUGH = 200
"""So many statements, and a store as old as `SPAN`: below, nobody can say that a watch never rings."""
LOUD_SHARE, LOUD_LEAST = 0.05, 20
"""A spelling in more than this part of all statements, and in at least so many, rings for everything."""
WRONG_LEAST = 3
"""So many alerts of one spelling that people found not relevant."""
MUCH = 20
"""Alerts that one silence holds back, or that wait in one digest."""
MOST_NAMES = 12
"""Names in one finding: more are counted."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to be done: what was found, and the next step."""

    what: Said
    do: Said
    name: str = ""
    """What stands for ID in the next step."""

    @property
    def said(self) -> str:
        """What was found, in English."""
        return in_language("en", self.what)

    @property
    def next(self) -> str:
        """The next step, in English."""
        return self.step("en")

    def step(self, language: str) -> str:
        """The next step, in a language."""
        told = in_language(language, self.do)
        return told.replace(" ID", f" {self.name}") if self.name else told


@dataclass(frozen=True, slots=True)
class Facts:
    """What the findings are made of. `silent` are the watches that never matched, `unwell` sources with their condition and since when.

    `muted` are (channel, subject, held back), `waiting` (channel, bundle, alerts, told at).
    """

    age: timedelta = timedelta()
    statements: int = 0
    silent: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()
    wrong: tuple[tuple[str, str, int], ...] = ()
    unwell: tuple[tuple[str, str, datetime | None], ...] = ()
    muted: tuple[tuple[str, str, int], ...] = ()
    waiting: tuple[tuple[str, str, int, datetime], ...] = ()
    floods: Mapping[str, int] | None = None
    held: int = 0
    failed: int = 0


# ------------------------------------------------------------------------------------------------------ deciding


def findings(facts: Facts, now: datetime) -> tuple[Finding, ...]:
    """What asks for a deed, the most pressing first. Pure."""
    return (*_held(facts), *_sources(facts, now), *_noisy(facts), *_quiet(facts), *_silent(facts))


def _held(facts: Facts) -> Iterator[Finding]:
    for source, count in sorted((facts.floods or {}).items()):
        yield Finding(
            said("held", count=count, source=source),
            said("held_do", source=source),
        )
    if facts.held:
        yield Finding(said("decide", count=facts.held), said("decide_do"))
    if facts.failed:
        yield Finding(said("failed", count=facts.failed), said("failed_do"))


def _sources(facts: Facts, now: datetime) -> Iterator[Finding]:
    for name, kind, since in facts.unwell:
        lasts = said("for_days", days=(now - since).days) if since is not None else NOTHING
        yield Finding(said("unwell", source=name, lasts=lasts, what=said(f"is_{kind}")), said(f"do_{kind}"), name)


def _noisy(facts: Facts) -> Iterator[Finding]:
    for watch, pattern, count in facts.wrong:
        if count >= WRONG_LEAST:
            yield Finding(
                said("wrong", count=count, watch=watch, pattern=pattern),
                said("wrong_do", name=watch.removeprefix("@"), pattern=pattern),
            )
    for share in facts.shares:
        if facts.statements and share.statements >= LOUD_LEAST and share.statements / facts.statements > LOUD_SHARE:
            part = share.statements / facts.statements
            yield Finding(
                said("loud", pattern=share.pattern, watch=share.watch, part=f"{part:.0%}", count=share.statements),
                said("loud_do"),
            )


def _quiet(facts: Facts) -> Iterator[Finding]:
    for channel, subject, count in facts.muted:
        if count >= MUCH:
            about = said("about", subject=subject) if subject else NOTHING
            yield Finding(said("quiet", about=about, channel=channel, count=count), said("quiet_do"))
    for channel, bundle, count, told_at in facts.waiting:
        if count >= MUCH:
            when = f"{told_at:%d %b, %H:%M} UTC"
            kind = bundle.partition(":")[0]
            yield Finding(said("waits", count=count, channel=channel, bundle=kind, at=when), said("waits_do"))


def _silent(facts: Facts) -> Iterator[Finding]:
    if facts.silent and facts.age >= SPAN and facts.statements >= ENOUGH:
        shown = ", ".join(facts.silent[:MOST_NAMES])
        more = said("and_more", count=len(facts.silent) - MOST_NAMES) if len(facts.silent) > MOST_NAMES else NOTHING
        yield Finding(said("dumb", days=facts.age.days, names=shown, more=more), said("dumb_do"))


def draw(found: Sequence[Finding], language: str = "en") -> str:
    """The note as operators read it."""
    lines = [in_language(language, said("weekly_one") if len(found) == 1 else said("weekly", count=len(found)))]
    for one in found:
        lines += [f"• {in_language(language, one.what)}.", f"   {one.step(language)}"]
    return "\n".join(lines)


def last_due(weekly: str, timezone: str, now: datetime) -> datetime | None:
    """The last moment (UTC) at or before `now` that `weekly` ("DAY HH:MM") names in the zone; None for ""."""
    if not weekly:
        return None
    zone = ZoneInfo(timezone)
    day, _, at = weekly.partition(" ")
    today = now.astimezone(zone).date()
    for back in range(8):
        then = today - timedelta(days=back)
        if DAYS[then.weekday()] == day:
            moment = datetime.combine(then, time.fromisoformat(at), zone).astimezone(UTC)
            if moment <= now:
                return moment
    return None


# ------------------------------------------------------------------------------------------------------- reading


def gather(conn: Connection, config: Configuration, now: datetime) -> Facts:
    """What the store knows of the last four weeks."""
    since = now - SPAN
    rung = verdicts.rung(conn)
    watches = [f"@{actor.id}" for actor in config.actors] + [words.id for words in config.keywords]
    total, first_at = verdicts.seen(conn, since, but_not=SOURCE)
    by_state, _ = outbox.summary(conn)
    enabled = {source.id: source for source in config.sources if source.enabled}
    unwell = []
    for state in sources.states(conn):
        kind = standing(state, enabled.get(state.id), config.health) if state.id in enabled else None
        begun = state.failing_since or state.worse_since or (state.last_new_at if kind == "stale" else None)
        if kind is not None and kind not in WELL and (begun is None or now - begun >= DEAD_AFTER):
            unwell.append((state.id, kind, begun))
    channels = [channel.id for channel in config.channels]
    return Facts(
        age=now - first_at if first_at is not None else timedelta(),
        statements=total,
        silent=tuple(watch for watch in watches if watch not in rung),
        shares=verdicts.shares(conn, since, limit=5),
        wrong=judgements.noisiest(conn, since, 5),
        unwell=tuple(unwell),
        muted=tuple(
            (one.channel, mutes.about(one.mute.scope, one.mute.subject), one.held_back)
            for id_ in channels
            for one in mutes.listed(conn, id_, now)
        ),
        waiting=tuple(
            (id_, bundle, count, told_at)
            for id_ in channels
            for bundle, (count, told_at) in bundles.waiting(conn, id_).items()
        ),
        floods=holds.counts(conn),
        held=by_state.get("held", 0) - sum(sum(n for n, _ in bundles.waiting(conn, id_).values()) for id_ in channels),
        failed=outbox.failed_since(conn, since),
    )


async def write(db: Database, config: Configuration, now: datetime) -> bool:
    """Queue the note where its time has come and there is something to do. The first week is none. Raises StoreError."""
    if not config.health.notify:
        return False
    due = last_due(config.health.weekly, config.timezone, now)
    last = (await db.read(sources.beats)).get("weekly")
    if due is None or (last is not None and due <= last[0]):
        return False
    found = findings(await db.read(lambda conn: gather(conn, config, now)), now) if last is not None else ()
    subject = f"weekly:{due:%Y%m%d}"
    drafts = tuple(
        draft
        for channel in config.health.notify
        for draft in health.to_operators(Notice(subject, draw(found, config.language_of(channel))), [channel], now)
        if found
    )

    def record(conn: Connection) -> None:
        sources.beat(conn, "weekly", now)
        outbox.put(conn, drafts, now)

    await db.write(record)
    return bool(drafts)
