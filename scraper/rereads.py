"""All SQL about articles that are read again: when each is due, and the edit that a later reading found.

Every function takes the `Connection` of a transaction (`scraper/db.py`) and opens none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from scraper.model import Validators
from scraper.schema import rereading, revision, statement, unjudged


@dataclass(frozen=True, slots=True)
class RereadTask:
    """An article that is to be read again. `reads` counts the times so far; `doubt` is what the last one made of a page of
    which next to nothing was left (it stays while that page is a wall), "" where it was in order.
    """

    statement: int
    source: str
    url: str
    first_seen_at: datetime
    due_at: datetime
    reads: int
    validators: Validators
    doubt: str


def begin(conn: Connection, statement_id: int, source_id: str, validators: Validators, due_at: datetime) -> None:
    """Part of recording an article: it is read again from `due_at` on."""
    conn.execute(delete(rereading).where(rereading.c.statement == statement_id))
    values = dict(etag=validators.etag, last_modified=validators.last_modified, reads=0, doubt="")
    conn.execute(insert(rereading).values(statement=statement_id, source=source_id, due_at=due_at, **values))


def due(conn: Connection, now: datetime, limit: int) -> tuple[RereadTask, ...]:
    """The articles that are to be read again now, longest waiting first."""
    query = (
        select(rereading, statement.c.url, statement.c.first_seen_at)
        .join(statement, statement.c.id == rereading.c.statement)
        .where(rereading.c.due_at <= now)
        .order_by(rereading.c.due_at, rereading.c.statement)
        .limit(limit)
    )
    return tuple(
        RereadTask(
            statement=row.statement,
            source=row.source,
            url=row.url or "",
            first_seen_at=row.first_seen_at,
            due_at=row.due_at,
            reads=row.reads,
            validators=Validators(row.etag, row.last_modified),
            doubt=row.doubt,
        )
        for row in conn.execute(query)
    )


def record(
    conn: Connection, task: RereadTask, again_at: datetime | None, *, validators: Validators, doubt: str = ""
) -> None:
    """It was read again; `again_at` is the next time, None ends it."""
    mine = rereading.c.statement == task.statement
    if again_at is None:
        conn.execute(delete(rereading).where(mine))
        return
    values = dict(etag=validators.etag, last_modified=validators.last_modified, doubt=doubt)
    conn.execute(update(rereading).where(mine).values(due_at=again_at, reads=rereading.c.reads + 1, **values))


def past_texts(conn: Connection, statement_id: int) -> tuple[str, ...]:
    """What the statement said in earlier revisions."""
    query = select(revision.c.text).where(revision.c.statement == statement_id).order_by(revision.c.revision)
    return tuple(str(text) for text in conn.execute(query).scalars())


def is_said_elsewhere(conn: Connection, task: RereadTask, doubt: str) -> bool:
    """Whether another article of the same source was last found with the same doubtful text."""
    others = (rereading.c.source == task.source, rereading.c.statement != task.statement, rereading.c.doubt == doubt)
    return conn.execute(select(rereading.c.statement).where(*others).limit(1)).first() is not None


def record_edit(conn: Connection, statement_id: int, text: str, now: datetime) -> None:
    """The text behind the headline is another one: the present one becomes a predecessor, and the new one is judged."""
    row = conn.execute(select(statement).where(statement.c.id == statement_id)).one()
    past = dict(title=row.title, summary=row.summary, text=row.text, digest=row.digest, until=now)
    conn.execute(insert(revision).values(statement=row.id, revision=row.revision, **past))
    values = dict(text=text, revision=row.revision + 1, extent="text")
    conn.execute(update(statement).where(statement.c.id == statement_id).values(**values))
    conn.execute(insert(unjudged).values(statement=row.id, revision=row.revision + 1, extent="text", queued_at=now))


def put_off(conn: Connection, statements: Sequence[int], until: datetime) -> None:
    """Neither read nor read again before `until`: their source is not watched at present, and must not hold up the others."""
    ids = list(statements)
    conn.execute(update(rereading).where(rereading.c.statement.in_(ids)).values(due_at=until))
    waiting = (statement.c.id.in_(ids), statement.c.article_due_at.is_not(None))
    conn.execute(update(statement).where(*waiting).values(article_due_at=until))


def hasten(conn: Connection, statements: Sequence[int], now: datetime) -> None:
    """Their headlines were edited, so perhaps what stands behind them: those that are read again at all are so at once."""
    conn.execute(update(rereading).where(rereading.c.statement.in_(list(statements))).values(due_at=now))
