"""All SQL about what is missing from a list: the order of the last page, and the proofs that a statement was removed.

Every function takes the `Connection` of a transaction (`scraper/db.py`) and opens none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection

from scraper.removal import Absence, Verdict
from scraper.schema import absence, held, listed, statement, unjudged

MOST_LISTED = 1_000
"""Statements of a page that are remembered as its order: what lies further down is old."""


def last_page(conn: Connection, source_id: str) -> tuple[int, ...]:
    """The statements that the last whole page of a source listed, in its order."""
    row = conn.execute(select(listed.c.statements).where(listed.c.source == source_id)).first()
    return () if row is None else tuple(json.loads(row.statements))


def record_page(
    conn: Connection, source_id: str, *, order: Sequence[int], missing: Sequence[int], checks: int, now: datetime
) -> None:
    """Part of commit 1: what the page lists, in its order, and what is `missing` from it.

    What had been removed and stands there again is no longer removed. Of what is missing, the newest are looked for at the
    next opportunity, as many as keep the open cases of this source at `checks`.
    """
    order = order[:MOST_LISTED]
    conn.execute(delete(listed).where(listed.c.source == source_id))
    conn.execute(insert(listed).values(source=source_id, statements=json.dumps(list(order))))
    cases = {
        int(row.statement): row
        for row in conn.execute(
            select(absence.c.statement, absence.c.due_at, absence.c.second_proof_at, absence.c.returned_at).where(
                absence.c.source == source_id
            )
        )
    }
    present = set(order)
    for one in present & set(cases):
        if cases[one].second_proof_at is None:
            conn.execute(delete(absence).where(absence.c.statement == one))
        elif cases[one].returned_at is None:
            record_returned(conn, one, now)
    under_way = sum(row.due_at is not None for one, row in cases.items() if one not in present)
    fresh = [one for one in sorted(missing, reverse=True) if one not in cases][: max(checks - under_way, 0)]
    if fresh:
        conn.execute(
            insert(absence),
            [
                dict(
                    statement=one,
                    source=source_id,
                    since=now,
                    due_at=now,
                    checks=0,
                    note="",
                    first_proof="",
                    second_proof="",
                )
                for one in fresh
            ],
        )


def can_be_missed(conn: Connection, ids: Sequence[int], *, since: datetime) -> tuple[int, ...]:
    """Those of `ids` that were first seen after `since`, have a page of their own, are not held, and not removed already."""
    query = select(statement.c.id).where(
        statement.c.id.in_(list(ids)),
        statement.c.first_seen_at >= since,
        statement.c.url.is_not(None),
        statement.c.removed_at.is_(None),
        statement.c.id.not_in(select(held.c.statement)),
    )
    return tuple(int(one) for one in conn.execute(query).scalars())


def suspect(conn: Connection, statement_id: int, source_id: str, now: datetime) -> None:
    """The page of a statement said that it is gone, while nobody had missed it: it is looked for from now on."""
    if conn.execute(select(absence.c.statement).where(absence.c.statement == statement_id)).first() is None:
        values = dict(source=source_id, since=now, due_at=now, checks=0, note="", first_proof="", second_proof="")
        conn.execute(insert(absence).values(statement=statement_id, **values))


def due(conn: Connection, now: datetime, limit: int) -> tuple[Absence, ...]:
    """The cases whose next look is due, longest waiting first."""
    query = select(absence).where(absence.c.due_at <= now).order_by(absence.c.due_at, absence.c.statement).limit(limit)
    return tuple(_absence(row) for row in conn.execute(query))


def get(conn: Connection, statement_id: int) -> Absence | None:
    """What is known of one statement that was missed; None where it never was."""
    row = conn.execute(select(absence).where(absence.c.statement == statement_id)).first()
    return None if row is None else _absence(row)


def record_look(conn: Connection, case: Absence, verdict: Verdict, now: datetime) -> bool:
    """What one look came to; the second proof and `removed_at` are one commit. False where the case was closed meanwhile."""
    values: dict[str, Any] = dict(checks=absence.c.checks + 1, due_at=verdict.again_at, note=verdict.note)
    if verdict.proof and case.first_proof_at is None:
        values |= dict(first_proof_at=now, first_proof=verdict.note, checks=0)
    elif verdict.removed:
        values |= dict(second_proof_at=now, second_proof=verdict.note)
    mine = (absence.c.statement == case.statement, absence.c.due_at == case.due_at, absence.c.second_proof_at.is_(None))
    if not conn.execute(update(absence).where(*mine).values(**values)).rowcount:
        return False
    if verdict.removed:
        record_removed(conn, case.statement, now)
    return True


def put_off(conn: Connection, statements: Sequence[int], until: datetime) -> None:
    """Look later, and count nothing."""
    conn.execute(update(absence).where(absence.c.statement.in_(list(statements))).values(due_at=until))


def record_removed(conn: Connection, statement_id: int, now: datetime) -> None:
    """A removal is proven: the statement says so, and is judged once more, in the extent "removed"."""
    row = conn.execute(select(statement.c.revision).where(statement.c.id == statement_id)).one()
    conn.execute(update(statement).where(statement.c.id == statement_id).values(removed_at=now))
    _forget_judging(conn, statement_id)
    conn.execute(
        insert(unjudged).values(statement=statement_id, revision=row.revision, extent="removed", queued_at=now)
    )


def record_returned(conn: Connection, statement_id: int, now: datetime) -> None:
    """What was removed stands in its list again: it is known, and rings nobody."""
    conn.execute(update(statement).where(statement.c.id == statement_id).values(removed_at=None))
    conn.execute(update(absence).where(absence.c.statement == statement_id).values(returned_at=now, due_at=None))
    _forget_judging(conn, statement_id)


def _forget_judging(conn: Connection, statement_id: int) -> None:
    conn.execute(delete(unjudged).where(unjudged.c.statement == statement_id, unjudged.c.extent == "removed"))


@dataclass(frozen=True, slots=True)
class Near:
    """A statement that stands in the list now, near one that is missing."""

    url: str | None
    guid: str


def control(conn: Connection, source_id: str, statement_id: int) -> Near | None:
    """The statement that stands in the list now and was first seen nearest to this one; None where none has an address."""
    ids = [one for one in last_page(conn, source_id) if one != statement_id]
    for one in sorted(ids, key=lambda other: abs(other - statement_id))[:20]:
        query = select(statement.c.url, statement.c.key).where(statement.c.id == one, statement.c.removed_at.is_(None))
        row = conn.execute(query).first()
        if row is not None and row.url:
            return Near(str(row.url), row.key.removeprefix("g:") if row.key.startswith("g:") else "")
    return None


def count(conn: Connection) -> int:
    """How many removals are proven."""
    query = select(func.count()).select_from(statement).where(statement.c.removed_at.is_not(None))
    return int(conn.execute(query).scalar_one())


def _absence(row: Any) -> Absence:
    return Absence(
        statement=row.statement,
        source=row.source,
        since=row.since,
        due_at=row.due_at,
        checks=row.checks,
        note=row.note,
        first_proof_at=row.first_proof_at,
        first_proof=row.first_proof,
        second_proof_at=row.second_proof_at,
        second_proof=row.second_proof,
        returned_at=row.returned_at,
    )
