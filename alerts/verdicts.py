"""All SQL about judgements: what was judged, by which watchlist, and where it matched."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.engine import Connection

from alerts.model import Match
from alerts.schema import delivery, match, verdict
from scraper.model import Statement
from scraper.schema import statement


def record(
    conn: Connection, judgements: Sequence[tuple[Statement, tuple[Match, ...]]], *, watchlist: str, now: datetime
) -> None:
    """Part of commit 2: the verdicts, and the matches in place of those of an earlier, shorter reading of the same revision."""
    if not judgements:
        return
    mine = [{"one": one.id, "which": one.revision} for one, _ in judgements]
    conn.execute(_FORGET_MATCHES, mine)
    conn.execute(_FORGET_VERDICT, [{**key, "much": one.extent} for key, (one, _) in zip(mine, judgements, strict=True)])
    conn.execute(
        insert(verdict),
        [
            {
                "statement": statement.id,
                "revision": statement.revision,
                "extent": statement.extent,
                "judged_at": now,
                "watchlist": watchlist,
                "matches": len(matches),
            }
            for statement, matches in judgements
        ],
    )
    rows = [_row(statement, number, found) for statement, matches in judgements for number, found in enumerate(matches)]
    if rows:
        conn.execute(insert(match), rows)


_FORGET_MATCHES = delete(match).where(match.c.statement == bindparam("one"), match.c.revision == bindparam("which"))
_FORGET_VERDICT = delete(verdict).where(
    verdict.c.statement == bindparam("one"),
    verdict.c.revision == bindparam("which"),
    verdict.c.extent == bindparam("much"),
)


def matches_of(conn: Connection, statements: Iterable[tuple[int, int]]) -> dict[int, tuple[Match, ...]]:
    """The matches of statements, given as (id, revision), in the order they stand in the text."""
    found: dict[int, list[Match]] = {}
    wanted = dict(statements)
    ids = list(wanted)
    for start in range(0, len(ids), 500):
        query = select(match).where(match.c.statement.in_(ids[start : start + 500]))
        for row in conn.execute(query.order_by(match.c.statement, match.c.revision, match.c.number)):
            if row.revision == wanted[row.statement]:
                found.setdefault(row.statement, []).append(_match(row))
    return {statement: tuple(matches) for statement, matches in found.items()}


def history(conn: Connection, statement_id: int) -> tuple[tuple[int, str, datetime, str, int], ...]:
    """Every judgement of a statement, oldest first: revision, extent, when, watchlist version, number of matches."""
    query = select(verdict).where(verdict.c.statement == statement_id).order_by(verdict.c.judged_at)
    return tuple((row.revision, row.extent, row.judged_at, row.watchlist, row.matches) for row in conn.execute(query))


def matched(
    conn: Connection,
    *,
    watches: Collection[str] | None = None,
    chat: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 1_000,
) -> tuple[int, ...]:
    """The statements that match something (one of `watches`, where given) by their text of now, newest first seen first.

    With `chat`, what other chats watch for themselves does not count; with `until`, what was first seen or judged later: so
    that the same question has the same answer later.
    """
    query = (
        select(statement.c.id)
        .where(select(match.c.statement).where(*_of(watches), *_seen_in(chat)).exists())
        .order_by(statement.c.first_seen_at.desc(), statement.c.id.desc())
        .limit(limit)
    )
    if watches is not None:  # a watch that seldom rings is found by its own index, not by looking at every statement
        query = query.where(statement.c.id.in_(select(match.c.statement).where(match.c.watch.in_(sorted(watches)))))
    if since is not None:
        query = query.where(statement.c.first_seen_at >= since)
    if until is not None:
        known = select(verdict.c.statement).where(verdict.c.statement == statement.c.id, verdict.c.judged_at <= until)
        query = query.where(statement.c.first_seen_at <= until, known.exists())
    return tuple(conn.execute(query).scalars())


def met_by(conn: Connection, watch: str, pattern: str | None, limit: int) -> tuple[int, ...]:
    """The statements in which one spelling of a watch (None: any of them) was met by their text of now, newest first."""
    query = (
        select(statement.c.id)
        .join(match, (match.c.statement == statement.c.id) & (match.c.revision == statement.c.revision))
        .where(match.c.watch == watch, *(() if pattern is None else (match.c.pattern == pattern,)))
        .distinct()
        .order_by(statement.c.id.desc())
        .limit(limit)
    )
    return tuple(conn.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class Touch:
    """That one actor (None: a list or rule) was met in a statement by its text of now, and in which role."""

    statement: int
    story: int
    revision: int
    removed: bool
    watch: str
    actor: str | None
    role: str | None


def touches(conn: Connection, statements: Sequence[int]) -> tuple[Touch, ...]:
    """Who was met in these statements: each once for each role, without the texts, so that thousands are cheap."""
    found: list[Touch] = []
    for start in range(0, len(statements), 500):
        query = (
            select(
                statement.c.id, statement.c.story, statement.c.revision, statement.c.removed_at,
                match.c.watch, match.c.actor, match.c.role,
            )
            .join(match, (match.c.statement == statement.c.id) & (match.c.revision == statement.c.revision))
            .where(statement.c.id.in_(statements[start : start + 500]))
            .distinct()
        )  # fmt: skip
        found += [
            Touch(row.id, row.story or row.id, row.revision, row.removed_at is not None, row.watch, row.actor, row.role)
            for row in conn.execute(query)
        ]
    return tuple(found)


def spoken_lately(
    conn: Connection, actors: Collection[str], since: datetime, *, but_not: str, limit: int
) -> tuple[tuple[int, int, str], ...]:
    """The statements first seen since then in which one of `actors` speaks, newest first: number, revision, language ("" for
    unknown). Those of the source `but_not` are left out.
    """
    query = (
        select(statement.c.id, statement.c.revision, statement.c.language)
        .where(
            statement.c.first_seen_at >= since,
            statement.c.source != but_not,
            select(match.c.statement)
            .where(
                match.c.statement == statement.c.id,
                match.c.revision == statement.c.revision,
                match.c.actor.in_(sorted(actors)),
                match.c.role == "speaker",
            )
            .exists(),
        )
        .order_by(statement.c.first_seen_at.desc(), statement.c.id.desc())
        .limit(limit)
    )
    return tuple((row.id, row.revision, row.language or "") for row in conn.execute(query))


def _of(watches: Collection[str] | None) -> tuple[Any, ...]:
    """The matches of a statement by its text of now. A query that is asked for each statement anew names it first: a list of all
    that match would be made as often."""
    here = (match.c.statement == statement.c.id, match.c.revision == statement.c.revision)
    return here if watches is None else (*here, match.c.watch.in_(sorted(watches)))


def _seen_in(chat: str | None) -> tuple[Any, ...]:
    """Only the watches of the configuration, and those of this chat (`chat:NUMBER/NAME`)."""
    if chat is None:
        return ()
    others = match.c.watch.startswith("@chat:") | match.c.watch.startswith("chat:")
    mine = match.c.watch.startswith(f"@chat:{chat}/", autoescape=True)
    return (~others | mine | match.c.watch.startswith(f"chat:{chat}/", autoescape=True),)


def count(conn: Connection) -> int:
    """How many statements match something, in any revision."""
    return int(conn.execute(select(func.count(func.distinct(match.c.statement)))).scalar_one())


@dataclass(frozen=True, slots=True)
class Rung:
    """What one watch came to: the statements it matches, when one last did, and when a channel was last told of one."""

    statements: int
    matched_at: datetime | None
    rung_at: datetime | None


def rung(conn: Connection) -> dict[str, Rung]:
    """By watch (`@actor` or a list's id), what it came to so far. Watches that never matched are not there."""
    seen = (
        select(match.c.watch, func.count(func.distinct(match.c.statement)), func.max(statement.c.first_seen_at))
        .join(statement, statement.c.id == match.c.statement)
        .group_by(match.c.watch)
    )
    told = (
        select(match.c.watch, func.max(delivery.c.created_at))
        .join(delivery, delivery.c.statement == match.c.statement)
        .where(delivery.c.kind == "alert")
        .group_by(match.c.watch)
    )
    last = {str(row[0]): row[1] for row in conn.execute(told)}
    return {str(row[0]): Rung(int(row[1]), row[2], last.get(str(row[0]))) for row in conn.execute(seen)}


@dataclass(frozen=True, slots=True)
class Share:
    """In how many statements a spelling of a watch was met."""

    watch: str
    pattern: str
    statements: int


def shares(conn: Connection, since: datetime, *, limit: int) -> tuple[Share, ...]:
    """The spellings that were met in most of the statements first seen since then, without those of baselines."""
    count = func.count(match.c.statement.distinct())
    query = (
        select(match.c.watch, match.c.pattern, count)
        .join(statement, statement.c.id == match.c.statement)
        .where(statement.c.first_seen_at >= since, statement.c.baseline.is_(False))
        .group_by(match.c.watch, match.c.pattern)
        .order_by(count.desc(), match.c.watch, match.c.pattern)
        .limit(limit)
    )
    return tuple(Share(str(row[0]), str(row[1]), int(row[2])) for row in conn.execute(query))


def seen(conn: Connection, since: datetime, *, but_not: str) -> tuple[int, datetime | None]:
    """How many statements were first seen since then (without baselines, and without a source), and when the first of all was."""
    fresh = (statement.c.first_seen_at >= since, statement.c.baseline.is_(False), statement.c.source != but_not)
    total = conn.execute(select(func.count()).select_from(statement).where(*fresh)).scalar_one()
    return int(total), conn.execute(select(func.min(statement.c.first_seen_at))).scalar()


def _row(statement: Statement, number: int, found: Match) -> dict[str, Any]:
    return {
        "statement": statement.id,
        "revision": statement.revision,
        "number": number,
        "watch": found.watch,
        "rule": found.rule,
        "actor": found.actor,
        "tier": found.tier,
        "role": found.role,
        "field": found.field,
        "start": found.start,
        "end": found.end,
        "surface": found.surface,
        "pattern": found.pattern,
        "steps": json.dumps(list(found.steps), ensure_ascii=False),
    }


def _match(row: Any) -> Match:
    return Match(
        rule=row.rule,
        actor=row.actor,
        tier=row.tier,
        role=row.role,
        field=row.field,
        start=row.start,
        end=row.end,
        surface=row.surface,
        pattern=row.pattern,
        steps=tuple(json.loads(row.steps)),
    )
