"""A store of an early version, full of what a service leaves in the middle of its work, goes through every later migration.

It fails at the n-th statement until none fails: each time the old store is there, whole. In the end all rows are there, what was
open is delivered once, and nothing old rings.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from alembic import command
from sqlalchemy import event

from scraper import db, upgrade
from scraper.copies import check_store
from scraper.db import HEAD
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.street import Clock, configuration, house, local, phone

EARLY = "0002"
AT = "2026-06-20 11:00:00.000000"
ITEMS = [
    ("n1", "Qais al-Khazali speaks of the first matter today"),
    ("n2", "Qais al-Khazali speaks of the second matter, at noon"),
    ("n3", "Qais al-Khazali speaks of the third matter, at night"),
    ("o1", "An old statement that was there before"),
]
"""One is told, one is being told, one is still to be judged, and one was there before anybody looked."""


class Cut(Exception):
    """The process ends here."""


def early_store(folder: Path, origin: str) -> str:
    """A store of the early version as a killed service left it."""
    url = f"sqlite:///{folder}/bayan.db"
    engine = db._engine(url)
    config = upgrade._config(upgrade.SCRIPTS)
    with engine.connect() as conn, conn.begin():
        config.attributes["connection"] = conn
        command.upgrade(config, EARLY)
    engine.dispose()
    source = local("agency", f"{origin}/feed")
    with closing(sqlite3.connect(folder / "bayan.db")) as raw:
        raw.execute(
            "INSERT INTO source_state (id, fingerprint, url, etag, last_modified, body_hash, baseline_at, due_at, outcome,"
            " outcome_at, detail, failures, items, moved_to) VALUES ('agency', ?, ?, '', '', '', ?, ?, 'ok', ?, '', 0, 4, '')",
            (db_fingerprint(source), source.url, AT, AT, AT),
        )
        for number, (guid, title) in enumerate(ITEMS, 1):
            raw.execute(
                "INSERT INTO statement (id, source, key, url, title, summary, text, digest, published_confident, first_seen_at,"
                " revision, extent, baseline, article_attempts, article_detail)"
                " VALUES (?, 'agency', ?, ?, ?, '', '', ?, 0, ?, 1, 'headline', ?, 0, '')",
                (number, f"g:{guid}", f"{origin}/article/{guid}", title, f"digest {number}", AT, guid == "o1"),
            )
            raw.execute("INSERT INTO identity VALUES ('agency', ?, ?)", (f"g:{guid}", number))
        raw.execute("INSERT INTO unjudged VALUES (3, 1, 'headline', ?)", (AT,))
        for number, state in ((1, "sent"), (2, "claimed")):
            raw.execute("INSERT INTO verdict VALUES (?, 1, 'headline', ?, 'w', 1)", (number, AT))
            raw.execute(
                "INSERT INTO match VALUES (?, 1, 0, '@khazali', NULL, 'khazali', 'A', NULL, 'title', 0, 15,"
                " 'Qais al-Khazali', 'Qais al-Khazali', '[]')",
                (number,),
            )
            raw.execute(
                "INSERT INTO delivery (id, channel, kind, subject, revision, statement, state, rank, routes, text, attempts,"
                " due_at, created_at, claimed_at, message_id, may_repeat, plain, reason)"
                " VALUES (?, 'one', 'alert', ?, 1, ?, ?, 1, '[]', '', 1, ?, ?, ?, ?, 0, 0, '')",
                (number, str(number), number, state, AT, AT, AT, "7" if state == "sent" else None),
            )
        raw.execute("INSERT INTO revision VALUES (1, 0, 'Said before', '', '', 'digest 0', ?)", (AT,))
        raw.commit()
    return url


def db_fingerprint(source: object) -> str:
    from scraper import sources

    return sources.fingerprint(source)  # type: ignore[arg-type]


def contents(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "bayan.db")) as raw:
        return list(raw.iterdump())


def test_each_statement_of_every_later_migration_may_fail_and_the_full_store_is_as_it_was(tmp_path: Path) -> None:
    url = early_store(tmp_path, "http://site.example")
    before = contents(tmp_path)
    failed = 0
    while True:
        engine, count = db._engine(url), 0

        @event.listens_for(engine, "before_cursor_execute")
        def _cut(*_: object) -> None:
            nonlocal count
            count += 1
            if count > failed:  # noqa: B023 - read in the same round
                raise Cut

        try:
            upgrade.upgrade(engine)
        except Cut:
            failed += 1
            engine.dispose()
            assert contents(tmp_path) == before, f"a cut before statement {failed} left something behind"
            continue
        engine.dispose()
        break
    assert failed > 40, "five migrations have more statements than this"
    with closing(sqlite3.connect(tmp_path / "bayan.db")) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
        assert raw.execute("SELECT count(*) FROM statement").fetchone() == (len(ITEMS),)
        assert raw.execute("SELECT count(*) FROM statement WHERE story IS NULL").fetchone() == (0,)
        assert raw.execute("SELECT id, state, bundle FROM delivery ORDER BY id").fetchall() == [
            (1, "sent", ""),
            (2, "claimed", ""),
        ]
    assert check_store(url, thorough=True) == ()


async def test_after_the_upgrade_what_was_open_is_told_once_and_nothing_old_rings(tmp_path: Path) -> None:
    async with FakeSite() as site, FakeBotApi() as api:
        early_store(tmp_path, site.origin)
        site.pages["/feed"] = site.feed(ITEMS)
        config = configuration(
            tmp_path, sources=(local("agency", f"{site.origin}/feed"),), channels=(phone("one", api.url, "11"),)
        )
        async with house(config, Clock()) as bayan:
            for _ in range(2):
                await bayan.service.once(only=["agency"], patience=timedelta())
                bayan.clock.advance(minutes=20)
        told = [
            (next(n for n, (_, title) in enumerate(ITEMS, 1) if title in one["text"]), "may repeat" in one["text"])
            for one in api.accepted
        ]
        assert sorted(told) == [(2, True), (3, False)]
