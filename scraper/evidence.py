"""All SQL about evidence: which page a statement was read from, and which pages may go. The files are `scraper/archive.py`'s.

keep the page (a file) ──> record: the page and what was read from it, in the commit of the statements themselves
old, or too much of it ──> forget: the rows, and then the files that no row names any longer
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from sqlalchemy import and_, delete, func, insert, literal, or_, select
from sqlalchemy.engine import Connection

from scraper.archive import Kept
from scraper.schema import evidence, held, raw_page, statement, unjudged

Role = Literal["listed", "article"]
"""Whether the page was a list on which the statement stood, or its own."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One page that a statement was read from. `length` are its bytes, `size` those of the file."""

    role: Role
    revision: int
    sha256: str
    url: str
    asked: str
    status: int
    media_type: str
    fetched_at: datetime
    length: int
    size: int


@dataclass(frozen=True, slots=True)
class Aged:
    """One page that may go, unless something unsent needs it: its row, and the statements that were read from it."""

    page: int
    fetched_at: datetime
    sha256: str
    size: int
    statements: tuple[int, ...]


def record(conn: Connection, kept: Mapping[str, Kept], read_from: Iterable[tuple[int, str]], role: Role) -> None:
    """Say from which of the `kept` pages each statement was read, as it stands now. `read_from` pairs statements and addresses.

    Addresses of pages that were not kept are passed over: what they said is stored without evidence.
    """
    by_page: dict[str, list[int]] = {}
    for number, url in read_from:
        if url in kept:
            by_page.setdefault(url, []).append(number)
    for url, numbers in by_page.items():
        one = kept[url]
        row = {
            "sha256": one.sha256, "url": one.page.url, "asked": one.page.asked, "status": one.page.status,
            "media_type": one.page.media_type, "fetched_at": one.page.fetched_at, "length": one.length, "size": one.size,
        }  # fmt: skip
        page = int(conn.execute(insert(raw_page).values(row).returning(raw_page.c.id)).scalar_one())
        columns = ("statement", "page", "revision", "role")
        for part in _parts(sorted(set(numbers))):
            present = select(statement.c.id, literal(page), statement.c.revision, literal(role))
            conn.execute(insert(evidence).from_select(columns, present.where(statement.c.id.in_(part))))


def of(conn: Connection, statement_id: int) -> tuple[Evidence, ...]:
    """The pages that a statement was read from, in the order of their fetches."""
    columns = ("sha256", "url", "asked", "status", "media_type", "fetched_at", "length", "size")
    query = (
        select(evidence.c.role, evidence.c.revision, *(raw_page.c[name] for name in columns))
        .join(raw_page, raw_page.c.id == evidence.c.page)
        .where(evidence.c.statement == statement_id)
        .order_by(raw_page.c.fetched_at, raw_page.c.id)
    )
    return tuple(Evidence(**row._mapping) for row in conn.execute(query))


def totals(conn: Connection) -> tuple[int, int]:
    """How many files the rows name, and their bytes together."""
    files = select(raw_page.c.sha256, func.max(raw_page.c.size).label("size")).group_by(raw_page.c.sha256).subquery()
    count, size = conn.execute(select(func.count(), func.coalesce(func.sum(files.c.size), 0)).select_from(files)).one()
    return int(count), int(size)


def names(conn: Connection) -> frozenset[str]:
    """The hashes of all files that the rows name."""
    return frozenset(conn.execute(select(raw_page.c.sha256).distinct()).scalars())


def referred(conn: Connection, names: Collection[str]) -> frozenset[str]:
    """Which of these hashes a row names."""
    found: set[str] = set()
    for part in _parts(sorted(names)):
        found.update(conn.execute(select(raw_page.c.sha256).where(raw_page.c.sha256.in_(part))).scalars())
    return frozenset(found)


def aged(
    conn: Connection, before: datetime, *, after: tuple[datetime, int] | None, limit: int
) -> tuple[tuple[Aged, ...], tuple[datetime, int] | None]:
    """The next `limit` pages fetched before then, oldest first, and where to go on (None: there are no more).

    Left out are those of statements that wait to be judged, or are held until a person decides. One from which no statement
    was read any longer is told with none.
    """
    old = raw_page.c.fetched_at < before
    if after is not None:
        later = and_(raw_page.c.fetched_at == after[0], raw_page.c.id > after[1])
        old = and_(old, or_(raw_page.c.fetched_at > after[0], later))
    columns = (raw_page.c.id, raw_page.c.fetched_at, raw_page.c.sha256, raw_page.c.size)
    rows = conn.execute(select(*columns).where(old).order_by(raw_page.c.fetched_at, raw_page.c.id).limit(limit)).all()
    read_from: dict[int, list[int]] = {}
    for part in _parts([row.id for row in rows]):
        for link in conn.execute(select(evidence.c.page, evidence.c.statement).where(evidence.c.page.in_(part))):
            read_from.setdefault(link.page, []).append(link.statement)
    busy: set[int] = set()
    for chunk in _parts(sorted({one for ids in read_from.values() for one in ids})):
        for table in (unjudged, held):
            busy.update(conn.execute(select(table.c.statement).where(table.c.statement.in_(chunk))).scalars())
    found = tuple(
        Aged(row.id, row.fetched_at, row.sha256, row.size, tuple(read_from.get(row.id, ())))
        for row in rows
        if busy.isdisjoint(read_from.get(row.id, ()))
    )
    return found, (rows[-1].fetched_at, rows[-1].id) if len(rows) == limit else None


def forget(conn: Connection, pages: Sequence[int]) -> frozenset[str]:
    """Take pages out, and that statements were read from them. Returns the hashes that no row names any longer."""
    named: set[str] = set()
    for part in _parts(pages):
        named.update(conn.execute(select(raw_page.c.sha256).where(raw_page.c.id.in_(part))).scalars())
        conn.execute(delete(evidence).where(evidence.c.page.in_(part)))
        conn.execute(delete(raw_page).where(raw_page.c.id.in_(part)))
    return frozenset(named) - referred(conn, named)


def _parts(values: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
