"""Copies of the store: whole even while it is written to, and never half a file under the name of a whole one.

A backup carries a mark in its table `mark`. When such a copy is put back in the place of the store, what was sent since it
was made is open in it once more: whoever opens it for work sees the mark, and holds deliveries until a person decides.
"""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from scraper.errors import StoreError

RESTORED = "backup"
"""The name of the mark. Its `at` is when the backup was made."""

COPIES_KEPT = 3
"""Copies made before an upgrade that stay beside the store: the newest."""

LARGEST_CHECKED = 1_000_000_000
"""Bytes of a store that is still checked at each start of the service."""

UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What the driver raises of a store that cannot be read: the second where SQLite's own message quotes damaged bytes."""

_COPY = r"\.[0-9]{4}-before-[0-9]{4}\.([0-9]{8}T[0-9]{6}Z)"
"""What follows the store's name in that of a copy made before an upgrade."""

_WORST = 20
"""Lines that a damaged store's check may say."""


def sqlite_path(url: str) -> Path | None:
    """The file of the store at `url`; None for one in memory. Raises StoreError for what is no SQLite address."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError("storage.url is no database address; for example sqlite:///bayan.db") from error
    if not parsed.drivername.startswith("sqlite"):
        raise StoreError(f"this version stores in SQLite only; storage.url begins with {parsed.drivername!r}")
    return Path(parsed.database) if parsed.database and parsed.database != ":memory:" else None


def is_there(path: Path) -> bool:
    """Whether the store's file is there. Raises StoreError where something else is in its place, of which SQLite says little."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if path.is_symlink():
            raise StoreError(f"{path} is a link to {path.readlink()}, which is not there") from None
        return False
    except NotADirectoryError:
        return False
    except OSError as error:
        raise StoreError(f"{path} cannot be reached: {error.strerror}; check data_dir") from error
    if not stat.S_ISREG(mode):
        raise StoreError(f"{path} is no file; check data_dir, or move away what is there")
    return True


def copy_store(url: str, to: Path, *, mark_at: datetime | None = None) -> bool:
    """Copy the store at `url` into the new file `to`, readable by its owner alone. False where there is none yet.

    With `mark_at` (aware UTC) the copy is marked as a backup of that moment. The file appears under its name only when it
    is whole and on the disk. Raises StoreError, also where `to` is there already.
    """
    path = sqlite_path(url)
    if path is None or not is_there(path):
        return False
    part = to.with_name(f"{to.name}.part")
    try:
        if to.exists():
            raise StoreError(f"{to} is there already: name a new file, nothing is overwritten")
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        with closing(_read_only(path)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new)
            if mark_at is not None:
                _mark(new, mark_at)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, without a companion that could be left behind
        os.link(part, to)  # unlike a rename, it never takes the place of a file that appeared meanwhile
    except FileExistsError as error:
        raise StoreError(f"{to} is there already: name a new file, nothing is overwritten") from error
    except UNREADABLE as error:
        raise StoreError(f"the store {path} cannot be copied to {to}: {words_of(error)}") from error
    except OSError as error:
        raise StoreError(f"the copy {to} cannot be written: {error.strerror}; check its folder") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return True


def copy_before_upgrade(url: str, version: str, head: str, at: datetime) -> Path | None:
    """Copy a store beside itself before its schema changes from `version` to `head`. Returns the copy's path.

    What earlier starts left that were killed is tidied up first: one that is killed again and again must not fill the disk.
    Its name holds the moment `at`, or a second after it where a start before this one has just taken it. Only who holds the
    lock of the store may call this. Raises StoreError: then nothing may be changed.
    """
    path = sqlite_path(url)
    if path is None:
        return None
    _sweep(path)
    prune_copies(url)
    stamps = (at.astimezone(UTC) + timedelta(seconds=later) for later in range(COPIES_KEPT + 1))
    names = [path.with_name(f"{path.name}.{version}-before-{head}.{stamp:%Y%m%dT%H%M%SZ}") for stamp in stamps]
    copy = next((name for name in names if not name.exists()), names[0])
    try:
        return copy if copy_store(url, copy, mark_at=at) else None
    except StoreError as error:
        raise StoreError(
            f"{error}; the schema was not changed. Make room there, or set storage.backup_before_migrate = false"
        ) from error


def _sweep(path: Path) -> None:
    """Take away the halves of copies that were being made beside the store when a start was killed."""
    half = re.compile(re.escape(path.name) + _COPY + r"\.part(-journal|-wal|-shm)?")
    with suppress(OSError):
        for one in [one for one in path.parent.iterdir() if half.fullmatch(one.name)]:
            with suppress(OSError):
                one.unlink()


def prune_copies(url: str) -> tuple[Path, ...]:
    """Take away the copies made before upgrades, but for the newest three. Returns those that went; one that cannot go stays."""
    path = sqlite_path(url)
    gone = []
    for old in copies_beside(path)[COPIES_KEPT:] if path is not None else ():
        with suppress(OSError):
            old.unlink()
            gone.append(old)
    return tuple(gone)


def copies_beside(path: Path) -> tuple[Path, ...]:
    """The copies that upgrades left beside the store at `path`, newest first, by the moment in their names."""
    made = re.compile(re.escape(path.name) + _COPY)
    try:
        found = [
            (match[1], one) for one in path.parent.iterdir() if (match := made.fullmatch(one.name)) and one.is_file()
        ]
    except OSError:
        return ()
    return tuple(one for _, one in sorted(found, reverse=True))


def check_store(url: str, *, thorough: bool = False) -> tuple[str, ...]:
    """What SQLite finds wrong in the file at `url`, at most 20 lines; nothing for a sound one.

    The quick check reads every page but no index against its table; the thorough one does, and is several times slower.
    Raises StoreError where it cannot be read at all.
    """
    path = sqlite_path(url)
    if path is None or not is_there(path):
        raise StoreError(f"there is no database at {path}: run `bayan run --once` first, or check data_dir")
    check = "integrity_check" if thorough else "quick_check"
    try:
        with closing(_read_only(path)) as there:
            said = [str(row[0]) for row in there.execute(f"PRAGMA {check}({_WORST})")]
            said += [
                f"{table}: row {row} refers to a row of {parent} that is not there"
                for table, row, parent, _ in there.execute("PRAGMA foreign_key_check").fetchmany(_WORST)
            ]
    except UNREADABLE as error:
        return (words_of(error),)
    return tuple(line for line in said if line != "ok")


def refuse_vanished(path: Path) -> None:
    """Raises StoreError where the store at `path` is gone though it was there: a new, empty one must not take its place unseen."""
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists() and wal.stat().st_size:
        raise StoreError(
            f"{path} is gone, and {wal.name} beside it is not: put the store or a backup in its place (without {wal.name}), "
            f"or move {wal.name} away to begin anew"
        )
    if left := _left_beside(path):
        raise StoreError(
            f"{path} is gone, and {left}: put it or a backup in its place, or move what is left of it away to begin anew"
        )


def refuse_emptied(path: Path) -> None:
    """Raises StoreError where the store at `path` holds nothing though it did: what was written stood in a file that is gone."""
    if left := _left_beside(path):
        raise StoreError(
            f"{path} holds nothing any more, and {left}: put a backup in its place, or move both away to begin anew"
        )


def refuse_unpaired(path: Path) -> None:
    """Raises StoreError where the store and its write-ahead file do not belong together: one of them was taken away or replaced.

    Without the file SQLite would go on and say nothing, though what was written last, perhaps everything, stands only there. It
    makes `-wal` before `-shm` and takes it away after it (`pager.c`, `wal.c`): the second one alone is never left by itself. And
    it would write what stands in it into a backup that was put in the store's place, which no check undoes. A backup is no store
    in WAL mode (bytes 18 and 19 of the file, sqlite.org/fileformat.html 1.3.3) before it is first opened, and then has none.
    """
    wal, shm = path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")
    if shm.exists() and not wal.exists() and shm.exists():  # it may have been closed between the first two looks
        raise StoreError(
            f"{wal} is gone, though the store was not closed, and what was written last stands only there: put it back; "
            f"or, to go on without that or with a backup in the store's place, take {shm.name} away"
        )
    with suppress(OSError):  # who cannot read it is told by whoever opens it
        if wal.stat().st_size and _is_backup(path):
            raise StoreError(
                f"{path} is a backup, and {wal.name} beside it belongs to the store that was there before: "
                f"move {wal.name} and {shm.name} away"
            )


def _is_backup(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(20)[18:] == b"\x01\x01"


def _left_beside(path: Path) -> str:
    """What tells that a store was in use at `path`, in words: a copy of it, or its evidence. "" for nothing."""
    if copies := copies_beside(path):
        return f"a copy of it is there ({copies[0].name})"
    evidence = path.with_name(f"{path.name}-raw")
    with suppress(OSError):
        if any(one.is_file() for one in evidence.rglob("*")):
            return f"the raw pages of its statements are there ({evidence.name})"
    return ""


def refuse_damaged(url: str) -> None:
    """Raises StoreError, naming the newest copy that lies beside it, where the quick check finds the store damaged.

    Work on a damaged store spreads the damage. One over 1 GB is not checked: it would take minutes (`check_store` does).
    """
    path = sqlite_path(url)
    if path is None or not is_there(path) or path.stat().st_size > LARGEST_CHECKED:
        return
    try:
        with closing(_read_only(path)) as there:
            said = [str(row[0]) for row in there.execute("PRAGMA quick_check(1)")]
    except UNREADABLE as error:
        said = [words_of(error)]
    if said != ["ok"]:
        copies = copies_beside(path)
        beside = f" (the newest beside it is {copies[0].name})" if copies else ""
        raise StoreError(
            f"{path} is damaged: {' '.join(said[0].split())}; "
            f"keep the file, put a backup in its place{beside}, or move it away to begin anew"
        )


def _mark(copy: sqlite3.Connection, at: datetime) -> None:
    """The first schema had no table for marks: a copy of such a store has none."""
    if copy.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'mark'").fetchone():
        stamp = at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
        copy.execute("INSERT OR REPLACE INTO mark (name, at, detail) VALUES (?, ?, '')", (RESTORED, stamp))
        copy.commit()


def words_of(error: BaseException) -> str:
    """What SQLite said, in one line that can be shown."""
    said = error.object.decode("utf-8", "backslashreplace") if isinstance(error, UnicodeDecodeError) else str(error)
    return " ".join("".join(one if one.isprintable() else " " for one in said).split())


def _read_only(path: Path) -> sqlite3.Connection:
    refuse_unpaired(path)
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30)
