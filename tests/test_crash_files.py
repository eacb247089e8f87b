"""What somebody, or a disk, does to the files of a store: it is said in one line, and a new store never takes its place unseen."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from scraper import store
from scraper.copies import check_store, refuse_damaged
from scraper.db import HEAD, open_database
from scraper.errors import StoreError
from tests.command import Bayan, source
from tests.command import bayan as bayan
from tests.command import site as site
from tests.fake_site import FakeSite
from tests.old_stores import filled
from tests.real_run import BAYAN

ITEMS = [("o1", "An old statement that was there before"), ("o2", "Another one")]
VERBS = (("run",), ("run", "--once"), ("status",), ("db", "check"), ("db", "backup", "NEW"), ("db", "upgrade"))


@pytest.fixture
def killed(bayan: Bayan, site: FakeSite) -> Bayan:
    """A bayan whose data folder is as a death left it: all that was written stands in the write-ahead file."""
    site.pages["/feed"] = site.feed(ITEMS)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    left = bayan.folder / "left"
    with bayan.store():
        assert bayan("run", "--once").code == 0
        shutil.copytree(bayan.data, left)  # while it is open: nobody tidied up
    shutil.rmtree(bayan.data)
    left.rename(bayan.data)
    assert (bayan.data / "bayan.db-wal").stat().st_size > (bayan.data / "bayan.db").stat().st_size
    return bayan


def refused(bayan: Bayan, *verb: str) -> str:
    """The one line with which a verb ends with 69. Nothing in the data folder may have changed."""
    before = contents(bayan.data)
    ran = bayan(*[str(bayan.folder / "new.db") if word == "NEW" else word for word in verb])
    said = ran.err.splitlines()
    assert ran.code == 69, f"{verb}: {ran.code} {ran.out} {ran.err}"
    assert len(said) == 1, said
    assert contents(bayan.data) == before, verb
    assert not (bayan.folder / "new.db").exists()
    return said[0]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file and what is in it, but for the lock and for companions of the store that hold nothing."""
    return {
        str(one.relative_to(folder)): one.read_bytes()
        for one in folder.rglob("*")
        if one.is_file()
        and one.name not in ("bayan.lock", "bayan.db-shm")
        and (one.name != "bayan.db-wal" or one.stat().st_size)
    }


# ------------------------------------------------------------------------------------------- files that are gone


@pytest.mark.parametrize("verb", VERBS)
def test_a_store_whose_write_ahead_file_is_gone_is_named_and_left_as_it_is(
    killed: Bayan, verb: tuple[str, ...]
) -> None:
    (killed.data / "bayan.db-wal").rename(killed.folder / "away")
    assert "bayan.db-wal is gone, though the store was not closed" in refused(killed, *verb)
    assert not (killed.data / "bayan.db-wal").exists(), "an empty one in its place would hide that it is gone"
    (killed.folder / "away").rename(killed.data / "bayan.db-wal")
    with killed.store() as database:
        assert len(database.read_now(lambda conn: store.find(conn))) == len(ITEMS)


@pytest.mark.parametrize("verb", [("run",), ("run", "--once"), ("db", "upgrade")])
@pytest.mark.parametrize("gone", [("bayan.db-wal", "bayan.db-shm"), ("bayan.db", "bayan.db-wal", "bayan.db-shm")])
def test_an_emptied_or_vanished_store_is_not_begun_anew_while_its_evidence_is_there(
    killed: Bayan, gone: tuple[str, ...], verb: tuple[str, ...]
) -> None:
    for name in gone:
        (killed.data / name).unlink()
    said = refused(killed, *verb)
    assert "the raw pages of its statements are there (bayan.db-raw)" in said
    assert "begin anew" in said


@pytest.mark.parametrize("verb", VERBS)
def test_a_backup_beside_the_write_ahead_file_of_the_store_that_was_there_is_not_mixed_with_it(
    killed: Bayan, verb: tuple[str, ...]
) -> None:
    backup = killed.folder / "backup.db"
    left = {name: (killed.data / name).read_bytes() for name in ("bayan.db-wal", "bayan.db-shm")}
    assert killed("db", "backup", str(backup)).code == 0
    shutil.copy(backup, killed.data / "bayan.db")
    for name, what in left.items():
        (killed.data / name).write_bytes(what)
    said = refused(killed, *verb)
    assert "is a backup, and bayan.db-wal beside it belongs to the store that was there before" in said
    for name in ("bayan.db-wal", "bayan.db-shm"):
        (killed.data / name).unlink()
    with killed.store() as database:
        assert len(database.read_now(lambda conn: store.find(conn))) == len(ITEMS)
    assert "put back" in " ".join(killed("status").out.split())


def test_what_the_line_tells_to_do_begins_anew(killed: Bayan) -> None:
    for name in ("bayan.db", "bayan.db-wal", "bayan.db-shm"):
        (killed.data / name).unlink()
    (killed.data / "bayan.db-raw").rename(killed.folder / "moved away")
    assert killed("run", "--once").code == 0


def test_a_start_that_was_killed_before_anything_was_written_is_no_loss(bayan: Bayan, site: FakeSite) -> None:
    site.pages["/feed"] = site.feed(ITEMS)
    bayan.configure(source("agency", f"{site.origin}/feed"))
    bayan.data.mkdir()
    with closing(sqlite3.connect(bayan.data / "bayan.db")) as begun:
        begun.execute("PRAGMA journal_mode=WAL")
    assert bayan("run", "--once").code == 0


# ------------------------------------------------------------------------------------------- bytes that are flipped


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a store with sixty statements."""
    path = tmp_path_factory.mktemp("sound") / "bayan.db"
    filled(path, HEAD, statements=60)
    return path.read_bytes()


def opened(folder: Path, damaged: bytes) -> int | None:
    """How many statements a start on such a file finds; None where it is refused, and the file then is as it was."""
    for left in folder.glob("bayan.db*"):
        left.unlink()
    path = folder / "bayan.db"
    path.write_bytes(damaged)
    url = f"sqlite:///{path}"
    try:
        refuse_damaged(url)
        database = open_database(url)
    except StoreError as error:
        assert "\n" not in str(error)
        assert path.read_bytes() == damaged
        return None
    try:
        return int(database.read_now(lambda conn: conn.exec_driver_sql("SELECT count(*) FROM statement").scalar_one()))
    except StoreError:
        return None
    finally:
        database.close()


def test_whichever_byte_of_the_files_head_is_flipped_the_store_is_refused_or_whole(
    tmp_path: Path, sound: bytes
) -> None:
    refusals = 0
    for at in range(100):
        found = opened(tmp_path, sound[:at] + bytes([sound[at] ^ 0xFF]) + sound[at + 1 :])
        assert found in (None, 60), f"byte {at}: {found} statements"
        refusals += found is None
    assert refusals > 20


def test_wherever_bytes_are_flipped_the_store_is_refused_or_holds_its_statements(tmp_path: Path, sound: bytes) -> None:
    draw = random.Random(17)
    refusals = 0
    for _ in range(120):
        at, many = draw.randrange(100, len(sound) - 64), draw.choice((1, 8, 64))
        damaged = sound[:at] + draw.randbytes(many) + sound[at + many :]
        found = opened(tmp_path, damaged)
        assert found in (None, 60), f"{many} bytes at {at}: {found} statements"
        refusals += found is None
    assert refusals > 5


def test_a_store_whose_own_message_of_its_damage_cannot_be_read_is_refused_in_one_line(bayan: Bayan) -> None:
    """SQLite quotes what it stumbles over, and the driver cannot decode that."""
    bayan.configure(source("agency", "http://127.0.0.1:9/feed"))
    with bayan.store():
        pass
    path = bayan.data / "bayan.db"
    whole = path.read_bytes()
    at = whole.index(b"CREATE TABLE delivery (") + len("CREATE TABLE delivery (")
    path.write_bytes(whole[:at] + b'"\xfe\xfd\n\x1b' + whole[at + 5 :])
    (told,) = check_store(f"sqlite:///{path}")
    assert "malformed" in told and told.isprintable()
    for verb in (("run",), ("run", "--once"), ("status",), ("db", "backup", "NEW")):
        said = refused(bayan, *verb)
        assert "malformed" in said and said.isprintable()


def test_the_real_command_ends_with_one_line_on_a_store_with_a_damaged_page(bayan: Bayan, tmp_path: Path) -> None:
    bayan.configure(source("agency", "http://127.0.0.1:9/feed"))
    bayan.data.mkdir()
    path = bayan.data / "bayan.db"
    filled(path, HEAD, statements=60)
    with closing(sqlite3.connect(path)) as raw:
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'source_state'").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 200)
    damaged = path.read_bytes()
    for verb in (("run",), ("run", "--once")):
        command = [str(BAYAN), *verb, "--config", str(bayan.file), "--data-dir", str(bayan.data)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 69, done.stderr
        assert done.stderr.count("\n") == 1 and "damaged" in done.stderr
        assert path.read_bytes() == damaged


def test_a_moment_that_is_none_any_more_is_damage_and_no_fault_of_bayan(killed: Bayan) -> None:
    """The checks of SQLite do not look into what is stored."""
    with closing(sqlite3.connect(killed.data / "bayan.db")) as raw:
        raw.execute("UPDATE statement SET first_seen_at = '2026-0/-20 11:00:00.000000' WHERE id = 1")
        raw.commit()
    said = refused(killed, "statements", "search", "old")
    assert "damaged" in said and "backup" in said
