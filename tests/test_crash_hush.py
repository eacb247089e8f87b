"""A death at many steps while alerts are held back for a digest, and while digests are told: each is told, none is lost."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.hours import DigestTimes
from alerts.model import Route
from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.kill_rounds import serials_of
from tests.street import configuration, house, local, phone
from tests.test_crash import CHECKOUT, Zygote

OLD = [("o1", "An old statement that was there before")]
NEW = [
    (f"n{n}", f"Qais al-Khazali speaks at length of matter {name}, of {n * 7}")
    for n, name in enumerate(("one", "two", "three"), 1)
]
EVENING = 6 * 60


@pytest.mark.parametrize(("dies_in", "each"), [("holding", 11), ("telling", 9)])
async def test_a_death_at_many_steps_of_holding_and_telling_loses_no_alert(
    tmp_path: Path, dies_in: str, each: int
) -> None:
    async with FakeSite() as site, FakeBotApi() as api:
        site.pages["/feed"] = site.feed(OLD)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.crash_zygote", cwd=CHECKOUT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        zygote = Zygote(process, f"{site.origin}/feed", api.url)
        start = tmp_path / "start"
        start.mkdir()
        await zygote.run(start, hush=True)
        site.pages["/feed"] = site.feed(NEW + OLD)
        before: list[dict[str, Any]] = []
        minutes = 20
        if dies_in == "telling":
            await zygote.run(start, hush=True, minutes=minutes)
            before, minutes = list(api.accepted), EVENING
        warm = tmp_path / "warm"
        shutil.copytree(start, warm)
        await zygote.run(warm, warm=True, hush=True, minutes=minutes)

        deaths = 0
        while True:
            folder = tmp_path / "house"
            shutil.copytree(start, folder)
            api.accepted[:] = before
            outcome = await zygote.run(folder, die_at=each * deaths + 1, hush=True, minutes=minutes)
            under_way = claimed(folder)
            await zygote.run(folder, hush=True, minutes=minutes + 1)
            await zygote.run(folder, hush=True, minutes=EVENING + 5)
            judge(folder, api.accepted, f"{dies_in}, after a death at step {each * deaths + 1}", under_way)
            if not outcome["died"]:
                break
            deaths += 1
            shutil.rmtree(folder)
        assert deaths >= 12, "the run had fewer steps than it needs: is the counter wired?"
        assert process.stdin is not None
        process.stdin.close()
        assert await process.wait() == 0


def claimed(folder: Path) -> Counter[str]:
    """The channels in which a message was being sent."""
    with closing(sqlite3.connect(folder / "bayan.db")) as store:
        return Counter(row[0] for row in store.execute("SELECT channel FROM delivery WHERE state = 'claimed'"))


def judge(folder: Path, accepted: list[dict[str, Any]], when: str, under_way: Counter[str]) -> None:
    with closing(sqlite3.connect(folder / "bayan.db")) as store:
        assert store.execute("PRAGMA foreign_key_check").fetchall() == [], when
        left = store.execute(
            "SELECT channel, kind, state FROM delivery WHERE state NOT IN ('sent', 'dropped')"
        ).fetchall()
        assert left == [], f"{when}: {left}"
    for chat, channel in (("11", "one"), ("22", "two")):
        messages = [one["text"] for one in accepted if str(one["chat_id"]) == chat]
        told = Counter(title for text in messages for _, title in NEW if title[:50] in text)
        assert set(told) == {title for _, title in NEW}, f"{when}, {chat}: {told}"
        fresh = Counter(
            title for text in messages if "may repeat" not in text for _, title in NEW if title[:50] in text
        )
        assert max(fresh.values(), default=0) <= 1, f"{when}, {chat}: a copy without its mark: {fresh}"
        assert sum("may repeat" in text for text in messages) <= under_way[channel], f"{when}, {chat}: {messages}"


async def test_a_digest_of_so_many_that_it_needs_a_file_tells_each_of_them_once(tmp_path: Path) -> None:
    evening = Route("evening", ("one",), actors=("*",), digest=DigestTimes((time(18),), "UTC"))
    async with FakeSite() as site, FakeBotApi() as api:
        site.pages["/feed"] = site.feed(OLD)
        config = configuration(
            tmp_path,
            sources=(local("agency", f"{site.origin}/feed"),),
            channels=(phone("one", api.url, "11"),),
            routes=(evening,),
        )
        many = [(f"m{n}", f"Qais al-Khazali spoke about matter number S{n:05d} at some length") for n in range(1, 41)]
        async with house(config) as bayan:
            for count in range(0, 41, 10):
                await bayan.service.once(only=["agency"], patience=timedelta())
                bayan.clock.advance(minutes=20)
                site.pages["/feed"] = site.feed(many[: count + 10] + OLD)
            bayan.clock.advance(hours=6)
            await bayan.service.once(only=[], patience=timedelta())
        [message] = api.accepted
        assert serials_of(message["text"]) == list(range(1, 41))
