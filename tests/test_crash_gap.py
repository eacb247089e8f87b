"""A death while a gap is read back: what was found behind the page, the habit and the mark where to go on are one commit."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from scraper import gap, habits
from tests.archive_site import START, ArchiveSite
from tests.fake_botapi import FakeBotApi
from tests.test_crash import CHECKOUT, Zygote, claimed

FIRST, LAST = 10, 17
RINGING = (FIRST + 1, LAST)
"""The oldest and the newest of what is new: one stands behind the page, one on it."""
STEPS = range(2, 132, 9)
"""Steps of a run at which it dies: through the poll with its older pages, and the beginning of what follows."""


async def test_a_death_while_reading_back_loses_nothing_and_rings_nothing_twice(tmp_path: Path) -> None:
    async with ArchiveSite(size=3, last=FIRST) as site, FakeBotApi() as api:
        for number in range(1, LAST + 1):
            body = "What was said is told here at some length. " * 12
            site.pages[f"/a/{number}"] = f"<html><body><article><h1>t</h1><p>{body}</p></article></body></html>"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.crash_zygote", cwd=CHECKOUT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        for number in set(range(1, LAST + 1)) - set(RINGING):
            site.edits[number] = (f"Nobody in particular spoke of matter number S{number:05d}", START)
        zygote = Zygote(process, f"{site.origin}/atom", api.url)
        baseline = tmp_path / "baseline"
        baseline.mkdir()
        await zygote.run(baseline)
        site.last = LAST
        warm = tmp_path / "warm"
        shutil.copytree(baseline, warm)
        await zygote.run(warm, warm=True)
        in_the_poll = 0
        for step in STEPS:
            folder = tmp_path / "house"
            shutil.copytree(baseline, folder)
            api.accepted.clear()
            outcome = await zygote.run(folder, die_at=step)
            assert outcome["died"], "the run had fewer steps than a poll with older pages needs: is the counter wired?"
            in_the_poll += is_before_the_commit(folder)
            under_way = claimed(folder)
            await zygote.run(folder)
            judge(folder, [sent["text"] for sent in api.accepted], f"after a death at step {step}", copies=under_way)
            shutil.rmtree(folder)
        assert 3 <= in_the_poll < len(STEPS)
        assert process.stdin is not None
        process.stdin.close()
        assert await process.wait() == 0


def is_before_the_commit(folder: Path) -> bool:
    """Whether the death left the store as it was; else all that the poll found and learned is in it."""
    with closing(sqlite3.connect(folder / "bayan.db")) as store:
        (stored,) = store.execute("SELECT count(*) FROM statement").fetchone()
        habit, older, seen_at = store.execute("SELECT habit, older_page, seen_at FROM source_state").fetchone()
    known = habits.read(habit)
    assert known is not None
    assert gap.read(older) is None
    assert seen_at is not None
    assert stored in (3, 3 + LAST - FIRST), "half of what was found behind the page"
    return bool(stored == 3)


def judge(folder: Path, texts: list[str], when: str, copies: int) -> None:
    """What must be true once the program has finished. `copies` is how many sends were under way when it died."""
    with closing(sqlite3.connect(folder / "bayan.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",), when
        titles = Counter(int(title.split(" S")[1][:5]) for (title,) in store.execute("SELECT title FROM statement"))
        assert titles == Counter(range(FIRST - 2, LAST + 1)), f"{when}: stored {titles}"
        assert store.execute("SELECT count(*) FROM gap").fetchone() == (0,), when
        assert store.execute("SELECT count(*) FROM unjudged").fetchone() == (0,), when
    for number in RINGING:
        rung = [text for text in texts if f"S{number:05d}" in text]
        marked = sum("may repeat" in text for text in rung)
        assert 2 <= len(rung) <= 2 + copies, f"{when}: {number} came {len(rung)} times"
        assert len(rung) == 2 or marked == len(rung) - 2, when
