"""The crash test of the four commits: the process dies at every step of poll, judge, claim, send and settle.

After each death the program is started again and left to finish. Then nothing may be lost, nothing stored twice, and only
a message that was being sent at the moment of death may come twice, once and marked.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from scraper.archive import Archive, Broken
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite

CHECKOUT = Path(__file__).resolve().parent.parent
OLD = [("o1", "An old statement that was there before"), ("o2", "Another old statement of no interest")]
NEW = [
    ("n1", "Qais al-Khazali speaks of the first matter today"),
    ("n2", "Nothing that anybody watches happened here"),
    ("n3", "A threat was heard, and then a second threat"),
]
CHANNELS = 2
RINGING = {"n1", "n3"}


class Zygote:
    """The process that forks, lives and dies (tests/crash_zygote.py)."""

    def __init__(self, process: asyncio.subprocess.Process, feed: str, api: str) -> None:
        self._process, self._feed, self._api = process, feed, api

    async def run(self, folder: Path, die_at: int = 0, *, warm: bool = False, **more: Any) -> dict[str, Any]:
        order = {"folder": str(folder), "feed": self._feed, "api": self._api, "die_at": die_at, "warm": warm, **more}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        answer = await asyncio.wait_for(self._process.stdout.readline(), 60)
        assert answer, "the zygote is gone"
        found: dict[str, Any] = json.loads(answer)
        return found


async def test_a_death_at_any_step_loses_nothing_and_repeats_only_what_was_being_sent_marked(tmp_path: Path) -> None:
    async with FakeSite() as site, FakeBotApi() as api:
        site.pages["/feed"] = site.feed(OLD)
        for name, _ in NEW:
            site.pages[f"/article/{name}"] = (
                f"<html><body><article><h1>t</h1><p>{'The body of it. ' * 30}</p></article></body></html>"
            )
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.crash_zygote", cwd=CHECKOUT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        zygote = Zygote(process, f"{site.origin}/feed", api.url)
        baseline = tmp_path / "baseline"
        baseline.mkdir()
        await zygote.run(baseline)
        assert api.accepted == []
        site.pages["/feed"] = site.feed(NEW + OLD)
        warm = tmp_path / "warm"
        shutil.copytree(baseline, warm)
        await zygote.run(warm, warm=True)

        deaths = 0
        while True:
            folder = tmp_path / "house"
            shutil.copytree(baseline, folder)
            api.accepted.clear()
            outcome = await zygote.run(folder, die_at=deaths + 1)
            if not outcome["died"]:
                break
            deaths += 1
            under_way = claimed(folder)
            assert unproven(folder) == 0, f"after a death at step {deaths} a row names a page that is not there"
            await zygote.run(folder)
            judge(folder, api.accepted, f"after a death at step {deaths}", copies=under_way)
            shutil.rmtree(folder)
        judge(folder, api.accepted, "without a death", copies=0)
        assert deaths >= 60, "the run had fewer steps than poll, judge, claim and settle need: is the counter wired?"
        assert process.stdin is not None
        process.stdin.close()
        assert await process.wait() == 0


def claimed(folder: Path) -> int:
    """How many sends were under way when the program died: nobody can know whether these arrived."""
    with closing(sqlite3.connect(folder / "bayan.db")) as store:
        (found,) = store.execute("SELECT count(*) FROM delivery WHERE state = 'claimed'").fetchone()
    assert found <= CHANNELS, "one channel sends one message after the other"
    return int(found)


def unproven(folder: Path) -> int:
    """How many pages the store names that are not there, or not what they were."""
    archive = Archive(folder / "bayan.db-raw", most=0)
    count = 0
    with closing(sqlite3.connect(folder / "bayan.db")) as store:
        for (name,) in store.execute("SELECT sha256 FROM raw_page"):
            try:
                archive.read(name)
            except Broken:
                count += 1
    return count


def judge(folder: Path, accepted: list[dict[str, Any]], when: str, copies: int) -> None:
    """What must be true once the program has finished. `copies` is how many sends were under way when it died."""
    with closing(sqlite3.connect(folder / "bayan.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",), when
        assert store.execute("PRAGMA foreign_key_check").fetchall() == [], when
        titles = Counter(title for (title,) in store.execute("SELECT title FROM statement"))
        assert titles == Counter(title for _, title in OLD + NEW), f"{when}: stored {titles}"
        assert store.execute("SELECT count(*) FROM unjudged").fetchone() == (0,), when
        states = {state for (state,) in store.execute("SELECT state FROM delivery")}
        assert states == {"sent"}, f"{when}: {states}"
        roles = Counter(role for (role,) in store.execute("SELECT role FROM evidence"))
        assert roles == {"listed": len(OLD + NEW), "article": len(NEW)}, f"{when}: {roles}"
        texts = store.execute("SELECT count(*) FROM statement WHERE text <> '' AND NOT baseline").fetchone()
        assert texts == (len(NEW),), f"{when}: bodies {texts}"
    assert unproven(folder) == 0, when
    heard: Counter[tuple[str, str]] = Counter()
    unmarked: Counter[tuple[str, str]] = Counter()
    for message in accepted:
        ((name, _),) = [(name, title) for name, title in NEW if title[:40] in message["text"]]
        key = (str(message["chat_id"]), name)
        heard[key] += 1
        unmarked[key] += "may repeat" not in message["text"]
    assert set(heard) == {(chat, name) for chat in ("11", "22") for name in RINGING}, f"{when}: {heard}"
    extra = sum(heard.values()) - len(heard)
    assert extra <= copies, f"{when}: {extra} copies too many"
    assert all(count <= 1 for count in unmarked.values()), f"{when}: a copy without its mark: {unmarked}"
