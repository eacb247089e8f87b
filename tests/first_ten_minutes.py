"""An analyst's first ten minutes, as they happen: the real commands, the strict Bot API server, two outlets on loopback.

    python -m tests.first_ten_minutes --shared FOLDER [> transcript.txt]

Prints what is typed in the terminal, what is written and pressed in the chat, and what comes back, each with the time since the
beginning. Ends with 0 only where every answer came.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.chat import ADMIN, DESK, EDITOR, world
from tests.fake_botapi import TOKEN
from tests.fake_site import FakeSite
from tests.real_run import BAYAN, Program
from tests.street import eventually
from tests.strict_botapi import StrictBotApi, strict_botapi

NAMES = {ADMIN: "Anna", EDITOR: "Bert"}
TITLE = "Iraqi Militia Leader Qais Al-Khazali Condemns Threats To Khamenei, Warns Of Regional Instability, Urges International Action"
SAID = (
    "On June 20, 2025, Qais Al-Khazali, secretary-general of the Iran-backed militia Asa'ib Ahl Al-Haqq, issued a statement in which"
    " he condemned the threats against Khamenei. He called them “a direct attack on sacred figures and institutions, and it carries"
    " consequences that may extend far beyond the immediate moment”. He called on governments, organizations and world leaders to"
    " intervene at once, and warned that silence encourages more violations."
)
OLD = [("o1", "The council speaks about the water of the marshes"), ("o2", "Khazali: we remember the dead of the dam", ),
       ("o3", "A new bridge for the old town")]  # fmt: skip


class Day:
    """The terminal, the two chats, and the clock since the beginning."""

    def __init__(self, api: StrictBotApi, folder: Path) -> None:
        self.api = api
        self.folder = folder
        self.began = time.monotonic()
        self.seen = {ADMIN: 0, EDITOR: 0, DESK: 0}

    def note(self, who: str, text: str) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        first, *rest = text.rstrip().split("\n")
        print(f"{minutes:02}:{seconds:02}  {who:<22} {first}", flush=True)
        for line in rest:
            print(f"       {'':<22} {line}")

    async def terminal(self, *words: str, shown: str = "", most: int = 14) -> str:
        """A command, and what it prints."""
        self.note("terminal $", shown or " ".join(("bayan", *words)))
        running = await self.begin(*words)
        out, _ = await asyncio.wait_for(running.communicate(), 120)
        lines = out.decode().rstrip().split("\n")
        self.note("", "\n".join([*lines[:most], *(["..."] if len(lines) > most else [])]))
        return out.decode()

    async def begin(self, *words: str) -> asyncio.subprocess.Process:
        environ = {**os.environ, "BAYAN_TELEGRAM_TOKEN": TOKEN, "NO_COLOR": "1"}
        return await asyncio.create_subprocess_exec(
            str(BAYAN), *words, cwd=self.folder, env=environ,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    async def write(self, person: int, text: str, chat: int = DESK, *, answers: int = 1) -> dict[str, Any]:
        """Somebody writes, and is answered."""
        self.note(f"{NAMES[person]} in {self._where(chat)}", text)
        await asyncio.to_thread(self.api.order, "message", chat_id=chat, user_id=person, text=text)
        return await self.hear(chat, answers) if answers else {}

    async def press(self, person: int, message: dict[str, Any], label: str, *, answers: int = 1) -> dict[str, Any]:
        """Somebody presses a button, and sees what comes of it."""
        keys = [key for row in message["reply_markup"]["inline_keyboard"] for key in row]
        key = next(key for key in keys if label in key["text"])
        self.note(f"{NAMES[person]} presses", f"[{key['text']}]")
        before = {one for one, said in self.api.seen("answers").items() if said}
        await asyncio.to_thread(
            self.api.order, "press", chat_id=int(message["chat_id"]), message_id=message["message_id"],
            user_id=person, data=key["callback_data"],
        )  # fmt: skip

        def nods() -> list[Any]:
            return [said for one, said in self.api.seen("answers").items() if said and one not in before]

        await eventually(nods, seconds=60)
        if nods()[0][0].get("text"):
            self.note("", f"({nods()[0][0]['text']})")
        return await self.hear(int(message["chat_id"]), answers) if answers else {}

    async def hear(self, chat: int, count: int = 1) -> dict[str, Any]:
        """The next messages of bayan in a chat; the last of them."""
        self.seen[chat] += count
        found: list[dict[str, Any]] = await asyncio.to_thread(
            self.api.seen, "wait", count=self.seen[chat], chat_id=chat, timeout=70
        )
        if len(found) < self.seen[chat]:
            log = self.folder / "bayan.log"
            lines = log.read_text("utf-8").splitlines() if log.exists() else []
            said = "\n".join(line for line in lines if '"event": "polled"' not in line)[-6_000:]
            raise RuntimeError(f"nothing came in {self._where(chat)}; the log ends with:\n{said}")
        for one in found[self.seen[chat] - count : self.seen[chat]]:
            self._show(one, chat)
        return found[self.seen[chat] - 1]

    def _show(self, one: dict[str, Any], chat: int) -> None:
        how = "bayan (silently)" if one.get("silent") else "bayan"
        what = "(edits its message)\n" if "edit" in one["method"].lower() else ""
        text = one.get("text") or f"[a document] {one.get('caption') or ''}"
        rows = (one.get("reply_markup") or {}).get("inline_keyboard") or []
        keys = "".join("\n" + " ".join(f"[{key['text']}]" for key in row) for row in rows)
        self.note(f"{how} in {self._where(chat)}", re.sub("[\u2066-\u2069\u200e\u200f\u2060]", "", what + text) + keys)

    def _where(self, chat: int) -> str:
        return "the group" if chat == DESK else "private"


def feed(site: FakeSite, items: list[tuple[str, str, str]]) -> str:
    """A feed of (id, headline, text)."""
    plain = site.feed([(one, title) for one, title, _ in items])
    for one, _, text in items:
        place = f"/article/{one}</link><description>"
        plain = plain.replace(place, place + text)
    return plain


async def ten_minutes(api: StrictBotApi, folder: Path) -> None:
    world(api)
    day = Day(api, folder)
    old = [(one[0], one[1], "") for one in OLD]
    async with FakeSite() as site:
        for path in ("/feed", "/other"):
            site.pages[path] = feed(site, old)
        site.pages["/"] = (
            '<html><head><title>The Gazette</title><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>'
        )
        day.note("terminal $", "export BAYAN_TELEGRAM_TOKEN=...\nbayan init --telegram")
        init = await day.begin("init", "--telegram", "--wait", "120", "--api-base", api.url)
        assert init.stdout is not None
        told = ""
        while "/start@" not in told:
            line = (await asyncio.wait_for(init.stdout.readline(), 60)).decode()
            if not line:
                raise RuntimeError("bayan init ended before it said what to write to the bot")
            told += line
            day.note("", line)
        code = re.findall(r"/start (\w{8})", told)[0]
        await day.write(ADMIN, f"/start {code}", ADMIN)
        rest, _ = await asyncio.wait_for(init.communicate(), 60)
        day.note("", rest.decode())
        await day.terminal(
            "sources", "probe", site.origin, "--allow-private", shown="bayan sources probe https://gazette.example"
        )
        sources = "".join(
            f'[sources.{name}]\nkind = "feed"\nurl = "{site.origin}{path}"\nlanguage = "en"\nallow_private = true\n'
            f'full_text = false\ninterval = "5s"\n\n'
            for name, path in (("gazette", "/feed"), ("courier", "/other"))
        )
        config = folder / "config.toml"
        text = config.read_text("utf-8")
        starts, bot = text.index("\n[sources."), text.index("\n[bot]")
        config.write_text(f"{text[:starts]}\n{sources}{text[bot:]}", "utf-8")
        day.note("editor", "two sources of her own in config.toml: gazette, courier")
        await day.terminal("config", "check")
        day.note("terminal $", "bayan run")
        program = Program(config, "--data-dir", str(folder / "data"))
        await asyncio.to_thread(program.start)
        try:
            if await asyncio.to_thread(program.ready, 60) is None:
                raise RuntimeError(program.log.read_text("utf-8")[-2_000:])
            await day.hear(ADMIN)
            await day.write(ADMIN, "/help", ADMIN)
            await day.write(ADMIN, "/status", ADMIN)
            await day.write(ADMIN, "/enroll")
            invited = await day.write(ADMIN, "/enroll editor")
            await day.write(EDITOR, "/start " + invited["text"].split("/start ")[1].split()[0], EDITOR)
            preview = await day.write(EDITOR, "/watch Muqtada al-Sadr")
            await day.press(EDITOR, preview, "Save")
            await day.write(EDITOR, "/actors")
            site.pages["/feed"] = feed(site, [("n1", TITLE, SAID), *old])
            day.note("the gazette", "publishes the statement")
            alert = await day.hear(ADMIN)
            site.pages["/other"] = feed(site, [("c1", TITLE, SAID), *old])
            day.note("the courier", "carries it as well")
            await day.hear(ADMIN)
            await day.press(ADMIN, alert, "Why?")
            await day.press(ADMIN, alert, "Snapshot")
            site.pages["/feed"] = feed(
                site, [("n2", "Muqtada al-Sadr calls for calm in Najaf", ""), ("n1", TITLE, SAID), *old]
            )
            day.note("the gazette", "publishes another one")
            second = await day.hear(DESK)
            await day.press(EDITOR, second, "Not relevant", answers=0)
            muted = await day.press(EDITOR, second, "Mute")
            await day.write(EDITOR, "/mutes")
            await day.press(EDITOR, muted, "Undo")
            await day.write(EDITOR, "/quiet 23:00-06:30 digest")
            await day.write(ADMIN, "/search threats", ADMIN)
            await day.write(ADMIN, "/latest", ADMIN)
            await day.write(ADMIN, "/brief 12h", ADMIN)
            await day.write(EDITOR, "/changes")
            await day.write(EDITOR, "/language ar")
            await day.write(EDITOR, "/status")
            await day.write(ADMIN, "/health", ADMIN)
        finally:
            code_, took = await asyncio.to_thread(program.stop, 60)
        day.note("terminal ^C", f"ends with {code_} after {took:.1f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="first-") as folder, strict_botapi(told.shared, Path(folder)) as api:
        asyncio.run(ten_minutes(api, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
