"""Fills the store of a test with statements: what a source said, when, in which poll."""

from __future__ import annotations

from datetime import datetime, timedelta

from scraper import sources, store
from scraper.db import Connection, Database
from scraper.model import Item, Source, Validators
from scraper.novelty import Harvest, NewStatement


def store_statements(
    database: Database, source: str, said: list[tuple[str, str]], at: datetime, *, baseline: bool = False
) -> tuple[int, ...]:
    """Store one poll of `source` made `at`, which found statements of these titles and texts. Returns their ids."""
    place = f"https://{source}.example/"
    new = tuple(
        NewStatement(
            Item(None, f"{place}{at:%Y%m%d%H%M%S}-{number}", title, text=text), (f"u:{at}{number}",), title, False
        )
        for number, (title, text) in enumerate(said)
    )

    def settle(conn: Connection) -> tuple[int, ...]:
        sources.enrol(conn, [Source(id=source, kind="feed", url=place)], at)
        return store.record_poll(
            conn, source, Harvest(new=new, items=len(new), baseline=baseline), silent=baseline,
            validators=Validators(), body_hash="h", moved_to="", now=at, due_at=at + timedelta(minutes=10),
        )  # fmt: skip

    return database.write_now(settle)
