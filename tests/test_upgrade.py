"""Changes of the schema: a copy first, one transaction, and a death at any statement leaves the old store or the new one.

Backups: whole while they are written to, never in the place of another file, and held when they come back.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

import alerts.bot.schema
import alerts.schema  # noqa: F401 - the tables of all rooms belong to one store
from scraper import db, marks, sources, upgrade
from scraper.copies import (
    COPIES_KEPT,
    RESTORED,
    check_store,
    copies_beside,
    copy_before_upgrade,
    copy_store,
    refuse_damaged,
)
from scraper.db import HEAD, open_database
from scraper.errors import StoreError

CHECKOUT = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 6, 20, 12, 0, 0, 123456, tzinfo=UTC)
OLD_SCHEMA = "0001"

MADE_UP = '''"""A change that tests make up: a table, a column, an index, rows that are moved."""
import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("extra", sa.Column("id", sa.Integer, primary_key=True), sa.Column("said", sa.Text))
    op.add_column("heartbeat", sa.Column("more", sa.Text, server_default=""))
    op.execute("INSERT INTO extra (id, said) SELECT 1, name FROM heartbeat")
    op.execute("UPDATE heartbeat SET more = 'moved'")
    op.create_index("ix_extra_said", "extra", ["said"])
    with op.batch_alter_table("mark") as batch:
        batch.add_column(sa.Column("who", sa.String, server_default=""))
    op.drop_table("robots")
'''


def old_store(folder: Path) -> str:
    """A store as the first version left it, with something in it."""
    from alembic import command

    url = f"sqlite:///{folder}/bayan.db"
    engine = db._engine(url)
    config = upgrade._config(upgrade.SCRIPTS)
    with engine.connect() as conn, conn.begin():
        config.attributes["connection"] = conn
        command.upgrade(config, OLD_SCHEMA)
    engine.dispose()
    with closing(sqlite3.connect(folder / "bayan.db")) as raw:
        raw.execute("INSERT INTO heartbeat (name, at, detail) VALUES ('service', '2026-06-20 12:00:00.000000', '')")
        raw.commit()
    return url


def later_scripts(folder: Path) -> Path:
    """Our migrations and the one made up."""
    scripts = folder / "migrations"
    shutil.copytree(upgrade.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "9001_made_up.py").write_text(MADE_UP.format(head=HEAD), "utf-8")
    return scripts


def looks(path: Path) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The version, the tables and the columns of the heartbeat: what tells the old schema from the new one."""
    with closing(sqlite3.connect(path)) as raw:
        version = raw.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        tables = tuple(sorted(row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")))
        columns = tuple(row[1] for row in raw.execute("PRAGMA table_info(heartbeat)"))
        assert raw.execute("SELECT count(*) FROM heartbeat").fetchone() == (1,)
    return version, tables, columns


# ------------------------------------------------------------------------------------------ the copy, and when


def test_an_older_store_is_brought_up_to_date_and_copied_before(tmp_path: Path) -> None:
    url = old_store(tmp_path)
    database = open_database(url, copy_at=NOW)
    assert set(database.read_now(sources.beats)) == {"service"}
    database.close()
    [copy] = tmp_path.glob("bayan.db.*Z")
    assert copy.name == f"bayan.db.{OLD_SCHEMA}-before-{HEAD}.20260620T120000Z"
    assert looks(copy)[0] == OLD_SCHEMA
    assert looks(tmp_path / "bayan.db")[0] == HEAD


def test_no_copy_is_made_where_it_is_switched_off_or_nothing_changes(tmp_path: Path) -> None:
    open_database(old_store(tmp_path)).close()
    open_database(f"sqlite:///{tmp_path}/bayan.db", copy_at=NOW).close()
    assert not list(tmp_path.glob("*before*"))


def test_a_look_never_changes_the_schema_and_names_the_next_step(tmp_path: Path) -> None:
    url = old_store(tmp_path)
    with pytest.raises(StoreError, match="bayan db upgrade"):
        open_database(url, upgrade=False)
    assert looks(tmp_path / "bayan.db")[0] == OLD_SCHEMA


def test_where_the_copy_cannot_be_written_nothing_is_changed(tmp_path: Path) -> None:
    url = old_store(tmp_path)
    (tmp_path / f"bayan.db.{OLD_SCHEMA}-before-{HEAD}.20260620T120000Z.part").mkdir()
    with pytest.raises(StoreError, match="schema was not changed"):
        open_database(url, copy_at=NOW)
    assert looks(tmp_path / "bayan.db")[0] == OLD_SCHEMA


def test_a_copy_that_a_start_of_the_same_second_made_stays_and_hinders_nobody(tmp_path: Path) -> None:
    url = old_store(tmp_path)
    copy_before_upgrade(url, OLD_SCHEMA, HEAD, NOW)  # and then it was killed
    database = open_database(url, copy_at=NOW)
    database.close()
    assert [looks(one)[0] for one in copies_beside(tmp_path / "bayan.db")] == [OLD_SCHEMA] * 2
    assert looks(tmp_path / "bayan.db")[0] == HEAD


def test_starts_that_are_killed_again_and_again_do_not_fill_the_disk_with_copies(tmp_path: Path) -> None:
    url = old_store(tmp_path)
    name = f"bayan.db.{OLD_SCHEMA}-before-{HEAD}.20260620T1159"
    for left in (f"{name}00Z.part", f"{name}00Z.part-journal", f"{name}30Z.part"):
        (tmp_path / left).write_text("half a copy")
    (tmp_path / "bayan.db.part").write_text("not ours")
    for number in range(10):
        copy_before_upgrade(url, OLD_SCHEMA, HEAD, NOW + timedelta(minutes=number))
    assert len(copies_beside(tmp_path / "bayan.db")) == COPIES_KEPT + 1
    assert [one.name for one in tmp_path.glob("*.part*")] == ["bayan.db.part"]


def test_an_upgrade_waits_for_a_program_that_is_writing_and_keeps_what_it_wrote(tmp_path: Path) -> None:
    url = old_store(tmp_path)
    other = sqlite3.connect(tmp_path / "bayan.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO heartbeat (name, at, detail) VALUES ('other', '2026-06-20 12:00:00.000000', '')")
    begun = threading.Event()

    def end() -> None:
        begun.wait(60)
        other.execute("COMMIT")

    engine = db._engine(url)

    @event.listens_for(engine, "before_cursor_execute")
    def _heard(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if "alembic_version" in statement or statement.startswith("BEGIN"):
            threading.Timer(0.2, begun.set).start()  # whatever it has read by then is not the newest state

    ending = threading.Thread(target=end)
    ending.start()
    upgrade.upgrade(engine)
    ending.join()
    engine.dispose()
    other.close()
    with closing(sqlite3.connect(tmp_path / "bayan.db")) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
        assert raw.execute("SELECT count(*) FROM heartbeat").fetchone() == (2,)


# --------------------------------------------------------------------------------------------- a cut in the middle


def test_a_statement_that_fails_leaves_the_old_schema_whichever_it_is(tmp_path: Path) -> None:
    scripts = later_scripts(tmp_path)
    open_database(old_store(tmp_path)).close()
    before = looks(tmp_path / "bayan.db")
    failed = 0
    while True:
        engine = db._engine(f"sqlite:///{tmp_path}/bayan.db")
        count = 0

        @event.listens_for(engine, "before_cursor_execute")
        def _cut(*_: object) -> None:
            nonlocal count
            count += 1
            if count > failed:  # noqa: B023 - read in the same round
                raise RuntimeError("cut")

        try:
            upgrade.upgrade(engine, scripts)
        except RuntimeError:
            failed += 1
            engine.dispose()
            assert looks(tmp_path / "bayan.db") == before
            continue
        engine.dispose()
        break
    assert failed > 10
    assert looks(tmp_path / "bayan.db")[0] == "9001"


DIE = """
import os, shutil, sys
from pathlib import Path
from sqlalchemy import event
from scraper import db, upgrade

whole, folder, scripts = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
import alembic.command, alembic.config, alembic.script, alembic.runtime.environment, alembic.ddl.sqlite  # before the forks
die_at = 0
while True:
    die_at += 1
    target = folder / str(die_at)
    target.mkdir()
    shutil.copy(whole, target / "bayan.db")
    child = os.fork()
    if child == 0:
        engine = db._engine(f"sqlite:///{target}/bayan.db")
        count = 0

        @event.listens_for(engine, "after_cursor_execute")
        def die(*_):
            global count
            count += 1
            if count == die_at:
                os._exit(9)

        @event.listens_for(engine, "commit")
        def die_at_commit(*_):
            global count
            count += 1
            if count == die_at:
                os._exit(9)

        upgrade.upgrade(engine, scripts)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        break
print(die_at)
"""


def test_a_death_at_any_statement_leaves_the_old_store_or_the_new_one(tmp_path: Path) -> None:
    scripts = later_scripts(tmp_path)
    open_database(old_store(tmp_path)).close()
    before = looks(tmp_path / "bayan.db")
    rounds = tmp_path / "rounds"
    rounds.mkdir()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DIE, tmp_path / "bayan.db", rounds, scripts],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    deaths = int(done.stdout) - 1
    assert deaths > 10
    for number in range(1, deaths + 1):
        path = rounds / str(number) / "bayan.db"
        assert looks(path) == before
        assert check_store(f"sqlite:///{path}", thorough=True) == ()
    assert looks(rounds / str(deaths + 1) / "bayan.db")[0] == "9001"


# --------------------------------------------------------------------------------------------------------- backups


def test_a_backup_is_whole_marked_and_for_its_owner_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bayan.db"
    database = open_database(url)
    database.write_now(lambda conn: sources.beat(conn, "service", NOW))
    backup = tmp_path / "backup.db"
    assert copy_store(url, backup, mark_at=NOW)
    assert database.read_now(lambda conn: marks.read(conn, RESTORED)) is None
    database.close()
    assert backup.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("*.part*"))
    copied = open_database(f"sqlite:///{backup}")
    assert copied.read_now(lambda conn: marks.read(conn, RESTORED)) == NOW
    assert copied.read_now(sources.beats)["service"][0] == NOW
    copied.close()


def test_a_backup_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/bayan.db"
    open_database(url).close()
    (tmp_path / "backup.db").write_text("mine")
    with pytest.raises(StoreError, match="nothing is overwritten"):
        copy_store(url, tmp_path / "backup.db")
    assert (tmp_path / "backup.db").read_text() == "mine"


def damage(path: Path) -> None:
    """Overwrite a part of the page that the heartbeats begin on."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'heartbeat'").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 200)


def test_a_damaged_page_is_found_by_the_check_and_no_service_starts_on_it(tmp_path: Path) -> None:
    url = old_store(tmp_path)
    database = open_database(url, copy_at=NOW)
    for number in range(200):
        database.write_now(lambda conn, n=number: sources.beat(conn, f"loop {n}", NOW, "x" * 500))  # type: ignore[misc]
    database.close()
    assert check_store(url) == ()
    refuse_damaged(url)
    damage(tmp_path / "bayan.db")
    assert check_store(url)
    with pytest.raises(StoreError, match=rf"is damaged.*newest beside it is bayan.db.{OLD_SCHEMA}-before-{HEAD}"):
        refuse_damaged(url)
