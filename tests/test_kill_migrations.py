"""The real command is killed in the middle of a change of the schema; the store is of one version or the other, whole, with a copy.

The long form is a script: `python -m tests.migration_rounds --kills 50`. Its judge is tested here: on findings made up to be wrong in
one way each, and on programs that stand in for ours and break one promise each.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

import pytest

from scraper.db import HEAD
from tests.migration_rounds import Death, MigrationRounds, Revival, judge
from tests.old_stores import OLDER

GOOD = (
    [Death("0001", "in the transaction", "0001"), Death("0002", "after", HEAD), Death("0003", "before the copy", "0003", copies=0)],
    [Revival("0001", completed=True), Revival("0002", completed=True)],
)  # fmt: skip

STANDS_IN = """
import shutil, signal, sqlite3, sys
from pathlib import Path
from scraper.db import HEAD
from tests.old_stores import migrate

manner, folder = sys.argv[1], Path(sys.argv[-1]).parent
store, count = folder / "data" / "bayan.db", folder / "starts"
start = int(count.read_text()) + 1 if count.exists() else 1
count.write_text(str(start))
# The first start is not disturbed, the second one is killed, the third one is to complete what is left.
copied = folder / "data" / f"bayan.db.0001-before-{HEAD}.2026010{start}T000000Z"
if manner == "between" and start == 3:
    shutil.copy(folder / "of-0001.db", store)
    (folder / "data" / "bayan.db-wal").unlink(missing_ok=True)
new = folder / "data" / "new"
shutil.copy(store, new)
if start == 2:
    raw = sqlite3.connect(store, isolation_level=None)
    if manner == "between":
        raw.execute("CREATE TABLE mark (name)")
    if manner == "forgets at once":
        raw.execute("DELETE FROM revision WHERE statement = 1")
    new.rename(copied)  # only now: who kills us waits for the copy and for the lock
    raw.execute("BEGIN IMMEDIATE")
    while True:
        signal.pause()
new.rename(copied)
migrate(store, HEAD)
raw = sqlite3.connect(store)
if start == 3:
    if manner == "forgets":
        raw.execute("DELETE FROM revision WHERE statement = 1")
    if manner == "heaps up":
        for number in range(9):
            shutil.copy(copied, folder / "data" / f"bayan.db.0001-before-{HEAD}.2025010{number}T000000Z")
    if manner == "no copy":
        for one in folder.glob("data/*Z"):
            one.unlink()
    if manner == "leaves halves":
        (folder / "data" / (copied.name + ".part")).write_text("half")
raw.commit()
raw.close()
sys.exit(manner == "complains" and start == 3)
"""


def test_the_judge_passes_deaths_and_revivals_that_went_as_promised() -> None:
    verdict = judge(*GOOD, inside=0.3)
    assert verdict.faults == ()
    assert verdict.counts["still old"] == 2
    assert verdict.counts["new"] == 1


@pytest.mark.parametrize(
    ("fault", "death", "revival"),
    [
        ("between versions", {"between": 1}, {}),
        ("between versions", {"found": "0005"}, {}),
        ("between versions", {"found": "none"}, {}),
        ("between versions", {}, {"between": 3}),
        ("rows lost", {"missing": 1}, {}),
        ("rows lost", {}, {"missing": 1}),
        ("without a copy", {"copies": 0}, {}),
        ("without a copy", {}, {"copies": 0}),
        ("integrity failures", {"integrity": 1}, {}),
        ("integrity failures", {}, {"integrity": 1}),
        ("starts that did not complete", {}, {"completed": False}),
        ("files left behind", {}, {"left": 1}),
        ("killed in the transaction", {"where": "copied"}, {}),
    ],
)
def test_the_judge_finds_exactly_what_is_wrong(fault: str, death: dict[str, Any], revival: dict[str, Any]) -> None:
    (first, *deaths), (last, *revivals) = GOOD
    wrong = [dataclasses.replace(first, **death), *deaths], [dataclasses.replace(last, **revival), *revivals]
    assert judge(*wrong, inside=0.3).faults == (fault,)


@pytest.mark.parametrize(
    ("manner", "faults"),
    [
        ("keeps every promise", ()),
        ("between", ("between versions",)),
        ("no copy", ("without a copy",)),
        ("forgets", ("rows lost",)),
        ("forgets at once", ("rows lost",)),
        ("complains", ("starts that did not complete",)),
        ("heaps up", ("files left behind",)),
        ("leaves halves", ("files left behind",)),
    ],
)
def test_a_program_that_breaks_a_promise_is_found_for_exactly_that(
    tmp_path: Path, manner: str, faults: tuple[str, ...]
) -> None:
    (tmp_path / "stands_in.py").write_text(STANDS_IN)
    program = (sys.executable, "-W", "ignore", str(tmp_path / "stands_in.py"), manner)
    rounds = MigrationRounds(tmp_path, 0, statements=40, program=program)
    death = rounds.kill("0001", ("db", "upgrade"), "transaction", rounds.begin("0001", ("db", "upgrade")))
    revival = rounds.revive("0001", ("db", "upgrade"))
    assert judge([death], [revival], inside=0).faults == faults
    assert death.where == "in the transaction"


def test_kills_in_the_middle_of_a_change_of_the_schema_leave_one_version_or_the_other_whole(tmp_path: Path) -> None:
    rounds = MigrationRounds(tmp_path, seed=7, statements=3_000)
    kills, versions = 4, (OLDER[0], OLDER[2])
    rounds.run(kills, versions=versions)
    while not any(
        death.where == "in the transaction" for death in rounds.deaths
    ):  # a busy machine is late with its kills
        kills += 1
        assert kills < 20, [death.where for death in rounds.deaths]
        rounds.run(kills, versions=versions)
    verdict = rounds.verdict(inside=0)
    assert verdict.faults == (), str(verdict)
