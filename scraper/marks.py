"""All SQL about marks: what a store knows of itself, such as that it was put back from a backup.

Every function takes the `Connection` of a transaction (`scraper/db.py`) and opens none.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from scraper.schema import mark


def read(conn: Connection, name: str) -> datetime | None:
    """When the mark of that name was set; None where there is none."""
    row = conn.execute(select(mark.c.at).where(mark.c.name == name)).first()
    return None if row is None else row.at


def put(conn: Connection, name: str, at: datetime, detail: str = "") -> None:
    """Set a mark, in the place of an earlier one of that name."""
    remove(conn, name)
    conn.execute(insert(mark).values(name=name, at=at, detail=detail))


def remove(conn: Connection, name: str) -> bool:
    """Take a mark away. False where there was none."""
    return conn.execute(delete(mark).where(mark.c.name == name)).rowcount > 0
