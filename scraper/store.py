"""All SQL about statements: what was seen, what each said and says, what has still to be judged.

`scraper` writes here and `alerts` only reads, with one exception that is a door of its own: `unjudged` lists what
`alerts` has still to judge, and `judged` takes out exactly the version that was handled, so later changes survive.
Every function takes the `Connection` of a transaction (`scraper/db.py`) and opens none.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection

from scraper import absences, holds, rereads, sources
from scraper.model import UNLIKELY, Article, Extent, Item, Moment, Statement, Validators
from scraper.novelty import ChangedStatement, Harvest, Known, NewStatement
from scraper.revising import Version
from scraper.schema import identity, revision, statement, unjudged
from scraper.sources import Bearing

# ------------------------------------------------------------------------------------- what a poll leaves behind


def known(conn: Connection, source_id: str, keys: Sequence[str]) -> dict[str, Known]:
    """Which of `keys` are taken in this source, and by which statement."""
    found: dict[str, int] = {}
    for part in _parts(keys):
        query = select(identity.c.key, identity.c.statement)
        for taken in conn.execute(query.where(identity.c.source == source_id, identity.c.key.in_(part))):
            found[taken.key] = taken.statement
    values = _known(conn, set(found.values()))
    return {key: values[number] for key, number in found.items()}


def known_statements(conn: Connection, ids: Sequence[int]) -> tuple[Known, ...]:
    """Stored statements as novelty needs to see them, in the order of `ids`."""
    values = _known(conn, set(ids))
    return tuple(values[number] for number in ids if number in values)


def _known(conn: Connection, ids: Collection[int]) -> dict[int, Known]:
    past: dict[int, set[str]] = {}
    rows: dict[int, Any] = {}
    columns = ("id", "url", "title", "summary", "digest", "published_at")
    present = select(*(statement.c[name] for name in columns))
    before = select(revision.c.statement, revision.c.digest)
    for chunk in _parts(sorted(ids)):
        for row in conn.execute(present.where(statement.c.id.in_(chunk))):
            rows[row.id] = row
        for old in conn.execute(before.where(revision.c.statement.in_(chunk))):
            past.setdefault(old.statement, set()).add(old.digest)
    return {
        number: Known(
            number, row.url, row.title, row.digest, frozenset(past.get(number, set()) | {row.digest}), row.summary,
            row.published_at,
        )
        for number, row in rows.items()
    }  # fmt: skip


def versions(conn: Connection, ids: Sequence[int]) -> dict[int, Version]:
    """What statements say now, by their ids."""
    query = select(statement.c.id, statement.c.title, statement.c.summary, statement.c.text)
    rows = (row for part in _parts(ids) for row in conn.execute(query.where(statement.c.id.in_(part))))
    return {row.id: Version(row.title, row.summary, row.text) for row in rows}


def record_poll(
    conn: Connection,
    source_id: str,
    harvest: Harvest,
    *,
    silent: bool,
    validators: Validators,
    body_hash: str,
    moved_to: str,
    now: datetime,
    due_at: datetime,
    flood: str = "",
    missing: Sequence[int] = (),
    checks: int = 0,
    bearing: Bearing | None = None,
) -> tuple[int, ...]:
    """Commit 1: new statements, what must be judged, the validators and the next due time, all or nothing.

    `silent` marks the new statements as baseline: stored and judged, never rung. `flood` says why the new ones are not
    believed: then they are held. `missing` are statements that the list should hold and does not; up to `checks` of them are
    looked for at one time. `bearing` is what the poll learned of the source itself. Returns the ids of the new statements.
    """
    ids = _store_new(conn, source_id, harvest, silent=silent, flood=flood, now=now) if harvest.new else ()
    held = holds.are_held(conn, [changed.statement for changed in harvest.changed])
    for changed in harvest.changed:
        _revise(conn, changed, now, judged=changed.statement not in held)
    if harvest.changed:
        rereads.hasten(conn, [changed.statement for changed in harvest.changed], now)
    if harvest.more_keys:
        conn.execute(
            insert(identity),
            [{"source": source_id, "key": key, "statement": number} for key, number in harvest.more_keys],
        )
    if harvest.order:
        order = [one if one >= 0 else ids[-1 - one] for one in harvest.order]
        absences.record_page(conn, source_id, order=order, missing=missing, checks=checks, now=now)
    sources.record_harvest(
        conn,
        source_id,
        validators=validators,
        body_hash=body_hash,
        moved_to=moved_to,
        items=harvest.items,
        baseline=harvest.baseline,
        found_new=bool(ids) and not flood,
        now=now,
        due_at=due_at,
        bearing=bearing,
    )
    return ids


def _store_new(
    conn: Connection, source_id: str, harvest: Harvest, *, silent: bool, flood: str, now: datetime
) -> tuple[int, ...]:
    """The new statements with their keys; each is to be judged, or held where a flood is not believed. Returns their ids."""
    rows = [_new_row(source_id, fresh, silent, now, follow=not silent and not flood) for fresh in harvest.new]
    ids = tuple(int(number) for number in conn.execute(_INSERT, rows).scalars())
    pairs = list(zip(ids, harvest.new, strict=True))
    conn.execute(
        insert(identity),
        [{"source": source_id, "key": key, "statement": number} for number, fresh in pairs for key in fresh.keys],
    )
    if flood:
        wanted = [(number, fresh.wants_article) for number, fresh in pairs]
        holds.hold(conn, source_id, wanted, listed=harvest.items, reason=flood, now=now)
    else:
        conn.execute(
            insert(unjudged),
            [
                {"statement": number, "revision": 1, "extent": _extent(fresh.item), "queued_at": now}
                for number, fresh in pairs
            ],
        )
    return ids


_INSERT = insert(statement).returning(statement.c.id, sort_by_parameter_order=True)


def _new_row(source_id: str, fresh: NewStatement, silent: bool, now: datetime, *, follow: bool) -> dict[str, Any]:
    item = fresh.item
    return dict(
        source=source_id,
        key=fresh.keys[0],
        url=item.url,
        title=item.title,
        summary=item.summary,
        text=item.text or "",
        digest=fresh.digest,
        author=item.author,
        language=item.language,
        first_seen_at=now,
        revision=1,
        extent=_extent(item),
        baseline=silent,
        article_due_at=now if fresh.wants_article and follow else None,
        context=_context(item),
        **_published(item.published),
    )


def _revise(conn: Connection, changed: ChangedStatement, now: datetime, *, judged: bool) -> None:
    """Keep the present text as a predecessor and put the new one in its place; it is judged again, unless it is held."""
    row = conn.execute(select(statement).where(statement.c.id == changed.statement)).one()
    item = changed.item
    conn.execute(
        insert(revision).values(
            statement=row.id,
            revision=row.revision,
            title=row.title,
            summary=row.summary,
            text=row.text,
            digest=row.digest,
            until=now,
        )
    )
    extent = "text" if item.text or row.extent == "text" else "headline"
    conn.execute(
        update(statement)
        .where(statement.c.id == row.id)
        .values(
            title=item.title or row.title,
            summary=item.summary or row.summary,
            text=item.text or row.text,
            digest=changed.digest,
            revision=row.revision + 1,
            extent=extent,
            context=_context(item) or row.context,
        )
    )
    if judged:
        conn.execute(insert(unjudged).values(statement=row.id, revision=row.revision + 1, extent=extent, queued_at=now))


def _context(item: Item) -> str | None:
    """What a message says of itself beside its words, as JSON; None where it says nothing of the kind."""
    said = {"edited": item.edited, "forwarded_from": item.forwarded_from, "reply_to": item.reply_to}
    kept = {name: value for name, value in said.items() if value}
    return json.dumps(kept, ensure_ascii=False) if kept else None


def _extent(item: Item) -> Extent:
    return "text" if item.text else "headline"


def _published(moment: Moment | None) -> dict[str, Any]:
    if moment is None:
        empty = dict.fromkeys(("published", "published_at", "published_precision", "published_method"))
        return {**empty, "published_confident": False}
    claimed = moment.at.date().isoformat() if moment.precision == "day" else moment.at.isoformat()
    return dict(
        published=claimed,
        published_at=moment.at,
        published_precision=moment.precision,
        published_method=moment.method,
        published_confident=moment.confident,
    )


# ---------------------------------------------------------------------------------------- articles behind items


@dataclass(frozen=True, slots=True)
class ArticleTask:
    """A statement whose linked article is still to be read. `attempts` counts the tries so far."""

    statement: int
    source: str
    url: str
    attempts: int


def articles_due(conn: Connection, now: datetime, limit: int) -> tuple[ArticleTask, ...]:
    """The articles to be read now, longest waiting first."""
    query = (
        select(statement.c.id, statement.c.source, statement.c.url, statement.c.article_attempts)
        .where(statement.c.article_due_at <= now, statement.c.url.is_not(None))
        .order_by(statement.c.article_due_at, statement.c.id)
        .limit(limit)
    )
    return tuple(ArticleTask(row.id, row.source, row.url, row.article_attempts) for row in conn.execute(query))


def record_article(conn: Connection, statement_id: int, article: Article, now: datetime) -> None:
    """The body has come: it joins its statement, fills what the list did not say, and is judged. It is no edit."""
    row = conn.execute(select(statement).where(statement.c.id == statement_id)).one()
    values: dict[str, Any] = dict(text=article.text, extent="text", article_due_at=None, article_detail="")
    claim = article.published
    if (
        claim is not None
        and not row.published_confident
        and (claim.confident or _finer(claim, row.published_precision))
    ):
        values |= _published(claim)
    if article.said_on is not None:
        values |= dict(said_on=article.said_on.at.date().isoformat(), said_on_method=article.said_on.method)
    if article.author and not row.author:
        values["author"] = article.author
    if article.language and not row.language:
        values["language"] = article.language
    if article.title and not row.title:
        values["title"] = article.title
    conn.execute(update(statement).where(statement.c.id == statement_id).values(**values))
    present = conn.execute(
        select(unjudged.c.statement).where(
            unjudged.c.statement == statement_id, unjudged.c.revision == row.revision, unjudged.c.extent == "text"
        )
    ).first()
    if present is None:
        conn.execute(
            insert(unjudged).values(statement=statement_id, revision=row.revision, extent="text", queued_at=now)
        )


def record_article_failure(conn: Connection, statement_id: int, detail: str, due_at: datetime | None) -> None:
    """The article could not be read. `due_at` is the next try; None gives up, and the headline stands alone."""
    conn.execute(
        update(statement)
        .where(statement.c.id == statement_id)
        .values(article_due_at=due_at, article_detail=detail, article_attempts=statement.c.article_attempts + 1)
    )


_FINENESS = {"day": 0, "hour": 1, "minute": 2, "second": 3}


def _finer(moment: Moment, precision: str | None) -> bool:
    if precision is None or moment.method.startswith(UNLIKELY):
        return precision is None
    return _FINENESS[moment.precision] > _FINENESS.get(precision, -1)


# ------------------------------------------------------------------------------------------ the door to `alerts`


def waiting(conn: Connection, limit: int, *, but_not: Collection[int] = ()) -> tuple[Statement, ...]:
    """Statements that have still to be judged, oldest first, each as it stands now; `but_not` those ids.

    Those of one poll by when they were published, else from the end of the page: lists have their newest entry on top. A
    statement that waits in two extents comes once, at its present one; `judged` then settles both. A removed one (`removed_at`)
    waits in the extent "removed" for that to be told.
    """
    first = (
        select(unjudged.c.statement, func.min(unjudged.c.queued_at).label("queued_at"))
        .where(unjudged.c.statement.not_in(list(but_not)))
        .group_by(unjudged.c.statement)
        .subquery()
    )
    queued, published = first.c.queued_at, statement.c.published_at
    query = select(statement).join(first, first.c.statement == statement.c.id).limit(limit)
    query = query.order_by(queued, published.is_(None), published, statement.c.id.desc())
    return tuple(_statement(row) for row in conn.execute(query))


def judged(conn: Connection, done: Sequence[Statement]) -> None:
    """Take out the versions that were handled: up to this revision, no fuller text than was read, and a removal that was known.

    Later ones survive.
    """
    for handled in ("headline", "text"):
        rows = [{"one": one.id, "until": one.revision} for one in done if one.extent == handled]
        if rows:
            conn.execute(_SETTLE[handled], rows)
    removed = [{"one": one.id} for one in done if one.removed_at is not None]
    if removed:
        conn.execute(_SETTLE["removed"], removed)


_MINE = unjudged.c.statement == bindparam("one")
_UNTIL: BindParameter[int] = bindparam("until")
_SETTLE = {
    "text": delete(unjudged).where(_MINE, unjudged.c.extent != "removed", unjudged.c.revision <= _UNTIL),
    "headline": delete(unjudged).where(
        _MINE,
        unjudged.c.extent != "removed",
        or_(unjudged.c.revision < _UNTIL, and_(unjudged.c.revision == _UNTIL, unjudged.c.extent == "headline")),
    ),
    "removed": delete(unjudged).where(_MINE, unjudged.c.extent == "removed"),
}
"""Made once and run for many: building a statement costs ten times what SQLite needs to run it."""


def get(conn: Connection, statement_id: int) -> Statement | None:
    """One statement as it stands now."""
    row = conn.execute(select(statement).where(statement.c.id == statement_id)).first()
    return None if row is None else _statement(row)


def find(
    conn: Connection,
    *,
    source: str | None = None,
    since: datetime | None = None,
    after_id: int = 0,
    before_id: int | None = None,
    newest: bool = False,
    limit: int = 1000,
) -> tuple[Statement, ...]:
    """Stored statements by id (oldest first, or newest first), for `show`, `export` and whoever pages through them."""
    query = select(statement).where(statement.c.id > after_id)
    if source is not None:
        query = query.where(statement.c.source == source)
    if before_id is not None:
        query = query.where(statement.c.id < before_id)
    if since is not None:
        query = query.where(statement.c.first_seen_at >= since)
    query = query.order_by(statement.c.id.desc() if newest else statement.c.id).limit(limit)
    return tuple(_statement(row) for row in conn.execute(query))


def under(conn: Connection, source_id: str, key: str) -> Statement | None:
    """The statement that a source knows by this identity."""
    mine = select(identity.c.statement).where(identity.c.source == source_id, identity.c.key == key)
    row = conn.execute(select(statement).where(statement.c.id == mine.scalar_subquery())).first()
    return None if row is None else _statement(row)


def article_note(conn: Connection, statement_id: int) -> tuple[int, datetime | None, str]:
    """How reading the article stands: attempts so far, when it is tried again (None: done or given up), what went wrong."""
    columns = (statement.c.article_attempts, statement.c.article_due_at, statement.c.article_detail)
    row = conn.execute(select(*columns).where(statement.c.id == statement_id)).one()
    return int(row[0]), row[1], str(row[2])


def revisions(conn: Connection, statement_id: int) -> tuple[Mapping[str, Any], ...]:
    """The predecessors of a statement, oldest first: revision, title, summary, text, until."""
    query = select(revision).where(revision.c.statement == statement_id).order_by(revision.c.revision)
    return tuple(dict(row._mapping) for row in conn.execute(query))


def counts(conn: Connection) -> dict[str, int]:
    """How many statements are stored, wait for judgement, and wait for their article."""
    total = conn.execute(select(func.count()).select_from(statement)).scalar_one()
    judging = conn.execute(select(func.count()).select_from(unjudged)).scalar_one()
    reading = conn.execute(select(func.count(case((statement.c.article_due_at.is_not(None), 1))))).scalar_one()
    return {"statements": total, "unjudged": judging, "articles": reading}


def _statement(row: Any) -> Statement:
    published = None
    if row.published is not None:
        published = Moment(
            _claimed(row.published), row.published_precision, row.published_method, bool(row.published_confident)
        )
    said_on = None if row.said_on is None else Moment(_claimed(row.said_on), "day", row.said_on_method or "", True)
    return Statement(
        id=row.id,
        source=row.source,
        key=row.key,
        url=row.url,
        title=row.title,
        summary=row.summary,
        text=row.text,
        published=published,
        said_on=said_on,
        first_seen_at=row.first_seen_at,
        author=row.author,
        language=row.language,
        revision=row.revision,
        extent=row.extent,
        baseline=bool(row.baseline),
        removed_at=row.removed_at,
        **json.loads(row.context or "{}"),
    )


def _claimed(stamp: str) -> datetime:
    if "T" in stamp:
        return datetime.fromisoformat(stamp)
    return datetime.combine(date.fromisoformat(stamp), time(), UTC)


def _parts(values: Sequence[Any], size: int = 500) -> Iterable[Sequence[Any]]:
    """`values` in pieces that fit into one IN list (SQLite allows 32,766 parameters; short lists keep plans cheap)."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
