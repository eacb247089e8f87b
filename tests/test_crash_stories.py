"""A death at every seventh step while copies join a story and the statement is edited: one message, one reply, nothing lost."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.fake_botapi import FakeBotApi
from tests.fake_site import FakeSite
from tests.test_crash import CHECKOUT, Zygote, claimed
from tests.test_stories import SAID, TITLE, feed

EDITED = SAID.replace("world leaders", "heads of state")
CHATS = ("11", "22")


async def test_a_death_at_every_seventh_step_keeps_one_message_for_a_story_and_one_reply_for_an_edit(
    tmp_path: Path,
) -> None:
    async with FakeSite() as site, FakeBotApi() as api:
        site.pages |= dict.fromkeys(("/agency", "/relay", "/mirror"), feed([]))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.crash_zygote", cwd=CHECKOUT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        zygote = Zygote(process, f"{site.origin}/agency", api.url)
        more = {name: f"{site.origin}/{name}" for name in ("relay", "mirror")}
        rung = tmp_path / "rung"
        rung.mkdir()
        await zygote.run(rung, more=more)
        site.pages["/agency"] = feed([("a", TITLE, SAID)])
        await zygote.run(rung, more=more, minutes=20)
        first = list(api.accepted)
        assert sorted(message["chat_id"] for message in first) == list(CHATS)
        site.pages["/agency"] = feed([("a", TITLE, EDITED)])
        site.pages["/relay"] = site.pages["/mirror"] = feed([("b", TITLE, SAID)])
        warm = tmp_path / "warm"
        shutil.copytree(rung, warm)
        await zygote.run(warm, warm=True, more=more, minutes=60)

        deaths = 0
        while True:  # each of them, tried once, takes minutes; each third was tried, too
            folder = tmp_path / "house"
            shutil.copytree(rung, folder)
            api.accepted[:] = first
            outcome = await zygote.run(folder, die_at=7 * deaths + 1, more=more, minutes=60)
            if not outcome["died"]:
                break
            deaths += 1
            under_way = claimed(folder)
            await zygote.run(folder, more=more, minutes=61)
            judge(folder, api, f"after a death at step {7 * deaths - 6}", copies=under_way)
            shutil.rmtree(folder)
        judge(folder, api, "without a death", copies=0)
        assert deaths >= 20, "the run had fewer steps than it needs: is the counter wired?"
        assert process.stdin is not None
        process.stdin.close()
        assert await process.wait() == 0


def judge(folder: Path, api: FakeBotApi, when: str, copies: int) -> None:
    """What must be true once the program has finished. `copies` is how many sends were under way when it died."""
    with closing(sqlite3.connect(folder / "bayan.db")) as store:
        assert store.execute("PRAGMA foreign_key_check").fetchall() == [], when
        assert store.execute("SELECT count(*) FROM unjudged").fetchone() == (0,), when
        told = store.execute("SELECT DISTINCT story FROM statement WHERE NOT baseline").fetchall()
        assert len(told) == 1, f"{when}: stories {told}"
        open_ones = store.execute("SELECT kind, state FROM delivery WHERE state NOT IN ('sent', 'dropped')").fetchall()
        assert open_ones == [], f"{when}: {open_ones}"
    repeats = 0
    for chat in CHATS:
        alert, *replies = api.chat(chat)
        assert "🔁 3 sources, first: agency" in alert["text"], f"{when}: {alert['text']}"
        assert "✏️ edited since" in alert["text"], f"{when}: {alert['text']}"
        assert "may repeat" not in alert["text"], when
        assert replies and all("heads of state" in reply["text"] for reply in replies), f"{when}: {texts(replies)}"
        assert sum("may repeat" not in reply["text"] for reply in replies) <= 1, f"{when}: {texts(replies)}"
        assert all(reply["reply_parameters"]["message_id"] == alert["message_id"] for reply in replies), when
        repeats += len(replies) - 1
    assert repeats <= copies, f"{when}: {repeats} copies too many"


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages]
