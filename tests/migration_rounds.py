"""Kills the real command while it changes the schema of a full store, starts it again, and judges what is left.

    python -m tests.migration_rounds --kills 50 [--seed S] [--statements 20000] [--keep FOLDER]

Each round begins with a store of an older version, each in turn, and with `bayan db upgrade` or `bayan run` in turn. Most kills fall
while the write lock of the store is held (the time is drawn evenly over what the change took when nobody disturbed it), others between
the copy and the end, while the copy is made, and anywhere from the start on; some restarts are killed, too. Before SIGKILL comes
SIGSTOP, so that it is known who held the lock in the moment of death. Exit code 0 only where every store was of one version or the
other after each death, with all its rows and a copy from before, where the next start completed it and left no heap of copies, and
where most kills fell inside.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from scraper.db import HEAD
from tests.fake_botapi import TOKEN
from tests.kill_judge import Verdict
from tests.old_stores import API, KEPT_UP, OLDER, PHONE, filled
from tests.real_run import BAYAN, CHANNEL, READY, Store, wait_for

Where = Literal["before the copy", "copied", "in the transaction", "after"]
STARTS: tuple[tuple[str, ...], ...] = (("db", "upgrade"), ("run",))
AIMS = (*["transaction"] * 14, *["copied"] * 3, *["copying"] * 2, "start")
AGAIN = 0.25
"""How often a restart is killed, too."""
PATIENCE = 120.0
WRITE_LOCK = 120
"""The byte of the shared-memory file that SQLite locks for who writes (sqlite.org/walformat.html, 2.3.1)."""
COPIES = 4
"""Copies from before that may lie beside the store at any time: the three that are kept and the newest."""
ZERO = (
    "between versions", "rows lost", "without a copy", "integrity failures", "starts that did not complete", "files left behind",
)  # fmt: skip
"""The counts that must be zero."""
CONFIG = """config_version = 1
[storage]
data_dir = "{folder}/data"
[sources.agency]
kind = "feed"
url = "http://127.0.0.1:9/feed"
allow_private = true
enabled = false
[actors.somebody]
type = "person"
name = "Somebody"
[logging]
format = "json"
{channel}
"""


@dataclass(frozen=True)
class Death:
    """What was found after one kill, in copies of the files as they lay there."""

    old: str
    """The version that the store had before."""
    where: Where
    found: str
    """The version that it has now."""
    between: int = 0
    """Tables and indexes that are neither of that version nor alike in both."""
    missing: int = 0
    """Rows of before that are not there, or not as they were."""
    copies: int = 1
    """Whole copies from before that lie beside the store, all their rows in them."""
    integrity: int = 0


@dataclass(frozen=True)
class Revival:
    """How the start after the last kill of a round came out."""

    old: str
    completed: bool
    """It ended or ran well, and the store is of the newest version."""
    between: int = 0
    missing: int = 0
    copies: int = 1
    integrity: int = 0
    left: int = 0
    """Files beside the store that nobody will ever take away: parts of copies, and copies above the number kept."""
    took: float = 0.0


def judge(deaths: Sequence[Death], revivals: Sequence[Revival], *, inside: float = 0.5) -> Verdict:
    """The counts; `inside` is the share of kills that must have fallen into the transaction for the rest to mean anything."""
    where = Counter(death.where for death in deaths)
    counts: dict[str, int | float] = {
        "kills": len(deaths),
        **{f"killed {name}": where[name] for name in ("before the copy", "copied", "in the transaction", "after")},
        "still old": sum(death.found == death.old for death in deaths),
        "new": sum(death.found == HEAD for death in deaths),
        "between versions": sum(death.found not in (death.old, HEAD) or bool(death.between) for death in deaths)
        + sum(bool(one.between) for one in revivals),
        "rows lost": sum(death.missing for death in deaths) + sum(one.missing for one in revivals),
        "without a copy": sum(not death.copies and death.where != "before the copy" for death in deaths)
        + sum(not one.copies for one in revivals),
        "integrity failures": sum(one.integrity for one in deaths) + sum(one.integrity for one in revivals),
        "starts that did not complete": sum(not one.completed for one in revivals),
        "files left behind": sum(one.left for one in revivals),
        "slowest completion": round(max((one.took for one in revivals), default=0.0), 2),
    }
    faults = [name for name in ZERO if counts[name]]
    if where["in the transaction"] < inside * len(deaths):
        faults.append("killed in the transaction")
    return Verdict(counts, tuple(faults))


@dataclass(frozen=True)
class Lengths:
    """Seconds of an undisturbed change: from the start to the copy, of the copying, from there to the end, and of the write lock."""

    to_copy: float
    copying: float
    to_end: float
    locked: float


class MigrationRounds:
    """A full store of each older version, and what became of it. Another `program` may stand in for `bayan`."""

    def __init__(
        self, folder: Path, seed: int, *, statements: int = 20_000, program: Sequence[str] = (str(BAYAN),)
    ) -> None:
        self.folder, self.data, self.autopsies = folder, folder / "data", folder / "autopsy"
        self.rng = random.Random(seed)
        self.store = Store(self.data / "bayan.db")
        self.deaths: list[Death] = []
        self.revivals: list[Revival] = []
        self._program, self._statements = program, statements
        self._config = folder / "config.toml"
        channel = CHANNEL.format(chat=PHONE.chat, api=API)
        self._config.write_text(CONFIG.format(folder=folder, channel=channel), "utf-8")
        self._log = folder / "bayan.log"
        self._lengths: dict[tuple[str, tuple[str, ...]], Lengths] = {}
        self._schemas: dict[str, dict[str, str]] = {}
        self._began = 0.0

    def original(self, version: str) -> Path:
        """The store of that version, made once."""
        path = self.folder / f"of-{version}.db"
        if not path.exists():
            filled(path, version, statements=self._statements)
        return path

    def run(self, kills: int, *, versions: Sequence[str] = OLDER) -> None:
        """Rounds until so many kills were made; each version is taken in turn, by the one command and by the other."""
        number = 0
        while len(self.deaths) < kills:
            self.round(versions[number % len(versions)], STARTS[(number // len(versions) + number) % 2], kills)
            number += 1

    def verdict(self, *, inside: float = 0.5) -> Verdict:
        """The judgement of all rounds until now."""
        return judge(self.deaths, self.revivals, inside=inside)

    def round(self, version: str, start: tuple[str, ...], most: int) -> None:
        """One store: a kill, or some, and the start after it."""
        lengths = self.begin(version, start)
        while True:
            aim = self.rng.choice(AIMS)
            death = self.kill(version, start, aim, lengths)
            self.deaths.append(death)
            print(
                f"{version} {' '.join(start):<10} aimed at {aim:<12} killed {death.where:<20} now {death.found}",
                flush=True,
            )
            if self.rng.random() >= AGAIN or death.found != version or len(self.deaths) >= most:
                break
        self.revivals.append(self.revive(version, start))

    def begin(self, version: str, start: tuple[str, ...]) -> Lengths:
        """A store of that version in the data folder, and what its change takes."""
        lengths = self.lengths(version, start)
        self._put(version)
        return lengths

    def lengths(self, version: str, start: tuple[str, ...]) -> Lengths:
        """What an undisturbed change takes, measured once; the store that it leaves shows the newest schema."""
        if (version, start) not in self._lengths:
            self._put(version)
            with self._started(start) as process:
                held = Lock(self.store.path)
                wait_for(lambda: self._parts() or process.poll() is not None, PATIENCE, every=0.001)
                copying = time.monotonic()
                wait_for(lambda: self._copies() or process.poll() is not None, PATIENCE, every=0.001)
                copied = time.monotonic()
                wait_for(lambda: held.held() or process.poll() is not None, PATIENCE, every=0.0005)
                locked = time.monotonic()
                wait_for(lambda: not held.held() or process.poll() is not None, PATIENCE, every=0.0005)
                done = time.monotonic()
                if not self._finish(process, start):
                    raise RuntimeError(
                        f"undisturbed, it does not end well: {self._log.read_text('utf-8', 'replace')[-500:]}"
                    )
            self._lengths[version, start] = Lengths(
                copied - self._began, copied - copying, done - copied, done - locked
            )
            self._schemas.setdefault(version, schema(self.original(version)))
            self._schemas.setdefault(f"{version}-{HEAD}", schema(self.store.path))
        return self._lengths[version, start]

    def kill(self, version: str, start: tuple[str, ...], aim: str, lengths: Lengths) -> Death:
        """Start it, kill it where it was aimed at, and look at what is left."""
        before = set(self._copies())
        with self._started(start) as process:
            held = Lock(self.store.path)

            def over() -> bool:
                return process.poll() is not None

            if aim == "start":
                time.sleep(self.rng.uniform(0, lengths.to_copy + lengths.to_end))
            elif aim == "copying":
                parts = set(self._parts())
                wait_for(lambda: set(self._parts()) - parts or over(), PATIENCE, every=0.001)
                time.sleep(self.rng.uniform(0, lengths.copying))
            elif aim == "copied":
                wait_for(lambda: set(self._copies()) - before or over(), PATIENCE, every=0.001)
                time.sleep(self.rng.uniform(0, lengths.to_end))
            else:
                # Before the copy the lock is held, too, while what an earlier death left in the log is gone through.
                wait_for(lambda: over() or (set(self._copies()) - before and held.held()), PATIENCE, every=0.0005)
                time.sleep(self.rng.uniform(0, lengths.locked))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGSTOP)
                wait_for(lambda: over() or _stopped(process.pid), 10, every=0.0005)
            locked, copied = held.held(), bool(set(self._copies()) - before)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        left = self.store.copy(self.autopsies)
        found = version_in(left.path)
        where: Where = "copied" if copied else "before the copy"
        if locked and copied:
            where = "in the transaction"
        elif found != version:
            where = "after"
        return Death(
            version, where, found,
            between=self._between(left.path, version, found),
            missing=missing(self.original(version), left.path),
            copies=self._whole_copies(version),
            integrity=len(left.faults()),
        )  # fmt: skip

    def revive(self, version: str, start: tuple[str, ...]) -> Revival:
        """Start it again, undisturbed, and look at what it came to."""
        began = time.monotonic()
        with self._started(start) as process:
            well = self._finish(process, start)
        took = time.monotonic() - began
        found = version_in(self.store.path)
        completed = well and found == HEAD
        if not completed:
            print(
                f"{version}: ended well {well}, now {found}: {self._log.read_text('utf-8', 'replace')[-500:]}",
                file=sys.stderr,
            )
        return Revival(
            version, completed,
            between=self._between(self.store.path, version, found),
            missing=missing(self.original(version), self.store.path),
            copies=self._whole_copies(version),
            integrity=len(self.store.faults()),
            left=len(self._parts()) + max(0, len(self._copies()) - COPIES),
            took=took,
        )  # fmt: skip

    def _between(self, path: Path, version: str, found: str) -> int:
        """How many tables and indexes are not as the version in the store has them."""
        want = self._schemas.get(version if found == version else f"{version}-{HEAD}", {})
        wrong = sorted(name for name, _ in want.items() ^ schema(path).items())
        if wrong:
            print(f"{version}, now {found}, and not so: {', '.join(wrong)}", file=sys.stderr)
        return len(wrong)

    def _put(self, version: str) -> None:
        """The store of that version, alone in the data folder."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir()
        shutil.copy(self.original(version), self.store.path)

    def _copies(self) -> list[Path]:
        return list(self.data.glob("bayan.db.*-before-*Z"))

    def _parts(self) -> list[Path]:
        return list(self.data.glob("*.part*"))

    def _whole_copies(self, version: str) -> int:
        """Copies that are sound, of the version of before and with all its rows. Looked at as they lie there: nobody writes to them."""
        whole = 0
        for one in self._copies():
            at = Store(one)
            whole += version_in(one) == version and not at.faults() and not missing(self.original(version), one)
        return whole

    @contextlib.contextmanager
    def _started(self, start: tuple[str, ...]) -> Any:
        self._log.unlink(missing_ok=True)
        command = [*self._program, *start, "--config", str(self._config)]
        environ = {**os.environ, "BAYAN_TELEGRAM_TOKEN": TOKEN, "NO_COLOR": "1"}
        with self._log.open("ab") as log:
            self._began = time.monotonic()
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environ, start_new_session=True
            )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    def _finish(self, process: subprocess.Popen[bytes], start: tuple[str, ...]) -> bool:
        """Let it come to its end: by itself, or by SIGTERM once it runs. Whether it did well."""
        if start == ("run",):
            wait_for(lambda: self._running() or process.poll() is not None, PATIENCE, every=0.01)
            process.terminate()
        try:
            return process.wait(PATIENCE) == 0
        except subprocess.TimeoutExpired:
            return False

    def _running(self) -> bool:
        return READY in self._log.read_bytes()


class Lock:
    """Who writes to a store, seen from outside without touching it."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(f"{store.name}-shm")

    def held(self) -> bool:
        """Whether somebody holds the write lock now."""
        try:
            with self._path.open("rb") as shm:
                asked = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, WRITE_LOCK, 1, 0)
                kind: int = struct.unpack("hhqqi", fcntl.fcntl(shm, fcntl.F_GETLK, asked))[0]
        except FileNotFoundError:
            return False
        return kind != fcntl.F_UNLCK


def _stopped(pid: int) -> bool:
    """Whether a process that was sent SIGSTOP stands still."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "TtZX"
    except OSError:
        return True


def version_in(path: Path) -> str:
    """The version that a store says it has; "none" where it says nothing."""
    try:
        with closing(sqlite3.connect(path)) as store:
            found = store.execute("SELECT group_concat(version_num) FROM alembic_version").fetchone()
    except sqlite3.Error:
        return "none"
    return str(found[0])


def schema(path: Path) -> dict[str, str]:
    """The words that made each table and index of a store."""
    with closing(sqlite3.connect(path)) as store:
        return {
            f"{kind} {name}": sql or ""
            for kind, name, sql in store.execute("SELECT type, name, sql FROM sqlite_master")
        }


def missing(before: Path, now: Path) -> int:
    """How many rows of the store `before` are not in `now`, or not as they were. In what a service keeps up, only keys count.

    A story is given to what had none by the change to 0005: that is no loss.
    """
    lost = 0
    with closing(sqlite3.connect(now)) as store:
        store.execute("ATTACH ? AS old", (f"{before}",))
        here = {row[0] for row in store.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
        for (table,) in store.execute("SELECT name FROM old.sqlite_master WHERE type = 'table'").fetchall():
            columns = store.execute(f'PRAGMA old.table_info("{table}")').fetchall()
            names = [row[1] for row in columns if row[5] or table not in KEPT_UP]
            if table == "alembic_version":
                continue
            if table not in here:
                lost += store.execute(f'SELECT count(*) FROM old."{table}"').fetchone()[0]
                continue
            told = ", ".join("coalesce(story, id)" if name == "story" else f'"{name}"' for name in names)
            lost += store.execute(
                f'SELECT count(*) FROM (SELECT {told} FROM old."{table}" EXCEPT SELECT {told} FROM main."{table}")'
            ).fetchone()[0]
    return lost


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill the real command while it changes the schema of a full store.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--statements", type=int, default=20_000, help="in the store (default 20000)")
    parser.add_argument("--keep", type=Path, help="an empty folder for the stores, kept")
    told = parser.parse_args()
    print(f"seed {told.seed}, {told.kills} kills", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bayan-migrations-") as folder:
        if told.keep:
            told.keep.mkdir(parents=True, exist_ok=True)
        rounds = MigrationRounds(told.keep or Path(folder), told.seed, statements=told.statements)
        rounds.run(told.kills)
        verdict = rounds.verdict()
    for (version, start), length in sorted(rounds._lengths.items()):
        print(
            f"undisturbed, {version} by {' '.join(start)}: copied after {length.to_copy:.2f} s, written for {length.locked:.3f} s"
        )
    print(verdict)
    found = verdict.counts
    names = ("still old", "new", *ZERO, "slowest completion")
    print(
        f"kills in a change of the schema x {told.kills}, seed {told.seed}: {found['killed in the transaction']} in the transaction, "
        + ", ".join(f"{name} {found[name]}" for name in names)
        + f" s, {time.monotonic() - began:.0f} s in all"
    )
    return int(bool(verdict.faults))


if __name__ == "__main__":
    sys.exit(main())
