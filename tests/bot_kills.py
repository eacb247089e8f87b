"""Kills the real `bayan run` while an admin types to its bot, restarts it, and looks whether every change that was answered is there.

    python -m tests.bot_kills --kills 20 [--seed S] [--shared FOLDER]

Exit code 0 only where nothing that the bot had answered was lost: roles, codes, mutes, watches, quiet hours; and where each of the
last watches that were saved rings in the end.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.burst_rounds import ADMIN, CONFIG, GROUP, SOURCE
from tests.command import in_thread
from tests.fake_site import FakeSite
from tests.real_run import Program, Store, wait_for
from tests.strict_botapi import StrictBotApi, strict_botapi

MUTED = 8
"""Sources that can be muted, one after the other."""
RINGING = 8
"""Watches, the last ones that were saved, for which something is published in the end."""


@dataclass
class Kept:
    """What the bot answered to, and what of it the store has."""

    kills: int = 0
    answered: int = 0
    typed: int = 0
    lost: list[str] = field(default_factory=list)
    rang: int = 0
    silent: list[str] = field(default_factory=list)
    slowest_start: float = 0.0

    def shown(self) -> str:
        return (
            f"{self.kills} kills, {self.typed} changes typed, {self.answered} answered, {len(self.lost)} of these lost"
            f" {self.lost or ''}; of the last watches {self.rang} rang and {len(self.silent)} did not {self.silent or ''};"
            f" slowest start {self.slowest_start:.1f} s"
        )


class Typist:
    """An admin who types one change after the other, and notes which were answered."""

    def __init__(self, api: StrictBotApi) -> None:
        self._api = api
        self.typed = 0
        self.answered: list[tuple[str, str]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join(30)

    def _run(self) -> None:
        number = 0
        while not self._ended.is_set():
            number += 1
            self.typed += 1
            kind = ("role", "code", "mute", "watch", "quiet")[number % 5]
            said = getattr(self, f"_{kind}")(number)
            if said:
                self.answered.append((kind, said))

    def _role(self, number: int) -> str:
        answer = self.ask(f"/role {50_000 + number} viewer")
        return str(50_000 + number) if answer else ""

    def _code(self, number: int) -> str:
        found = re.search(r"/start (\w{10})", str((self.ask("/enroll viewer") or {}).get("text")))
        return found[1] if found else ""

    def _mute(self, number: int) -> str:
        source = f"s{number // 5 % MUTED:02}"
        answer = self.ask(f"/mute source:{source} 5h")
        return source if answer and source in answer["text"] else ""

    def _watch(self, number: int) -> str:
        answer = self.ask(f"/watch word{number} AND capital")
        if answer is None or not answer.get("reply_markup"):
            return ""
        save = next(k for row in answer["reply_markup"]["inline_keyboard"] for k in row if k["text"] == "Save")
        self._api.order(
            "press", chat_id=GROUP, message_id=answer["message_id"], user_id=ADMIN, data=save["callback_data"]
        )

        def saved() -> bool:
            found = self._api.seen("deliveries", chat_id=GROUP)[-5:]
            return any(
                one["message_id"] == answer["message_id"] and "watched here from now on" in one["text"] for one in found
            )

        return f"word{number}" if self._patiently(saved) else ""

    def _quiet(self, number: int) -> str:
        span = f"23:00-0{number % 8}:{number % 60:02}"
        return span if self.ask(f"/quiet {span}") else ""

    def ask(self, words: str) -> dict[str, Any] | None:
        asked = self._api.order("message", chat_id=GROUP, user_id=ADMIN, text=words)["message"]["message_id"]
        found: list[dict[str, Any]] = []

        def answered() -> bool:
            found[:] = [
                one for one in self._api.seen("deliveries", chat_id=GROUP)[-10:] if one.get("reply_to") == asked
            ]
            return bool(found)

        return found[0] if self._patiently(answered) else None

    def _patiently(self, true: Any) -> bool:
        """A killed bot answers nothing: after two seconds the next change is typed."""
        return wait_for(lambda: self._ended.is_set() or true(), 2, every=0.02) and bool(true())


def kills(shared: Path, folder: Path, *, count: int, seed: int = 1) -> Kept:
    """So many kills at random moments of a program to which somebody types all the while."""
    rng, kept = random.Random(seed), Kept()
    with strict_botapi(shared, folder) as api, in_thread(FakeSite()) as site:
        site.pages["/99"] = site.feed([("old", "Something that was said before")])
        api.order("reset")
        api.order("limits", per_second=0, chat_rate=0, group_per_minute=0)
        api.order("users", id=ADMIN, first_name="Anna", started=True)
        people = {str(ADMIN): "creator"}
        api.order("chats", id=GROUP, type="supergroup", title="Desk", bot_status="member", members=people)
        rows = "".join(
            SOURCE.format(number=n, origin="http://127.0.0.1:9", more="enabled = false") for n in range(MUTED)
        )
        rows += SOURCE.format(number=99, origin=site.origin, more="")
        written = CONFIG.format(folder=folder, api=api.url, admin=ADMIN, group=GROUP)
        (folder / "config.toml").write_text(written + rows, encoding="utf-8")
        program, store = Program(folder / "config.toml"), Store(folder / "data" / "bayan.db")
        program.start()
        assert program.ready(60) is not None, program.log.read_text("utf-8")[-2_000:]
        api.order("message", chat_id=GROUP, user_id=ADMIN, text="/enroll")
        assert wait_for(lambda: api.texts(GROUP), 30, every=0.05)
        typist = Typist(api)
        typist.start()
        for _ in range(count):
            time.sleep(rng.uniform(0.3, 2.5))
            program.kill()
            kept.kills += 1
            program.start()
            took = program.ready(60)
            assert took is not None, program.log.read_text("utf-8")[-2_000:]
            kept.slowest_start = max(kept.slowest_start, took)
        before = len(typist.answered)
        wait_for(lambda: len(typist.answered) > before, 30, every=0.05)  # the last start has answered, too
        typist.stop()
        saved = [said for kind, said in typist.answered if kind == "watch"][-RINGING:]
        typist.ask("/quiet off")
        site.pages["/99"] = site.feed([(word, f"{word} was seen in the capital") for word in saved])
        wait_for(lambda: not _silent(saved, api), 60, every=0.2)
        kept.silent = _silent(saved, api)
        kept.rang = len(saved) - len(kept.silent)
        program.stop()
        kept.typed, kept.answered = typist.typed, len(typist.answered)
        kept.lost = _lost(typist.answered, store)
    return kept


def _silent(saved: list[str], api: StrictBotApi) -> list[str]:
    """The words of which no alert has come to the group."""
    told = "\n".join(api.texts(GROUP))
    return [word for word in saved if f"{word} was seen in the capital" not in told]


def _lost(answered: list[tuple[str, str]], store: Store) -> list[str]:
    there = {
        "role": {str(row[0]) for row in store.rows("SELECT person FROM membership")},
        "code": {str(row[0]) for row in store.rows("SELECT code_hash FROM enrolment")},
        "mute": {str(row[0]) for row in store.rows("SELECT subject FROM mute")},
        "watch": {str(row[0]) for row in store.rows("SELECT definition FROM chat_watch")},
        "quiet": {str(row[0]) for row in store.rows("SELECT after FROM deed WHERE verb = 'choice'")},
    }
    lost = []
    for kind, said in answered:
        if kind == "code":
            found = hashlib.sha256(said.encode()).hexdigest() in there[kind]
        elif kind == "watch":
            found = any(f"{said} AND" in one for one in there[kind])
        elif kind == "quiet":
            start, end = said.split("-")
            found = any(start in one and end in one for one in there[kind])
        else:
            found = any(said in one for one in there[kind])
        if not found:
            lost.append(f"{kind} {said}")
    return lost


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kept = kills(given.shared, Path(folder), count=given.kills, seed=given.seed)
    print(kept.shown())
    sys.exit(1 if kept.lost or kept.silent or not kept.answered else 0)


if __name__ == "__main__":
    main()
