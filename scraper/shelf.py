"""All SQL about robots.txt: the shelf on which `net/robots.py` keeps it between runs, so that cron asks once a day."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from scraper.db import Connection, Database
from scraper.net.robots import RobotsFile
from scraper.schema import robots


class StoredShelf:
    """The shelf in the store. It lasts as long as the store does."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def load(self, origin: str) -> RobotsFile | None:
        """The file kept for `origin`, or None. Raises StoreError."""
        return await self._db.read(lambda conn: _load(conn, origin))

    async def save(self, origin: str, file: RobotsFile) -> None:
        """Keep `file` in the place of what was kept for `origin`. Raises StoreError."""
        await self._db.write(lambda conn: _save(conn, origin, file))


def _load(conn: Connection, origin: str) -> RobotsFile | None:
    row = conn.execute(select(robots).where(robots.c.origin == origin)).first()
    return None if row is None else RobotsFile(row.verdict, row.text, row.read_at, row.asked_at)


def _save(conn: Connection, origin: str, file: RobotsFile) -> None:
    conn.execute(delete(robots).where(robots.c.origin == origin))
    kept = dict(verdict=file.verdict, text=file.text, read_at=file.read_at, asked_at=file.asked_at)
    conn.execute(insert(robots).values(origin=origin, **kept))
