"""An adversary of the chat against the real `bayan run`, which is killed again and again meanwhile.

    python -m tests.adversary_rounds --kills 20 [--seed S] [--shared FOLDER]

In a group two admins and a stranger write whatever comes to mind, press buttons twice, at once, late and forged, edit and forward
their commands; Telegram answers 429 and 502, drops answers, refuses edits; the bot is thrown out and let in again. Exit code 0 only
where nobody found a promise broken:

    after each start, what is asked in peace is answered        no traceback and no internal error in the log
    nothing is sent that Telegram refuses                       a stranger changes nothing and hears nothing
    a watch that two save is there once, a deed undone once     what was watched last rings in the end
"""

from __future__ import annotations

import argparse
import json
import random
import secrets
import sys
import tempfile
import threading
import time
import urllib.error
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.burst_rounds import ADMIN, CONFIG, GROUP, SOURCE
from tests.command import in_thread
from tests.fake_site import FakeSite
from tests.real_run import Program, Store, wait_for
from tests.strict_botapi import StrictBotApi, strict_botapi

OTHER, STRANGER = 12, 66
PATIENCE = 30.0
"""Seconds for an answer to what is asked in peace, on a loaded machine."""
ALLOWED = ("query is too old", "retry after", "bad gateway", "message to edit not found: a fault", "upgraded", "kicked")
"""Refusals that the adversary ordered, or that nobody could know of beforehand."""
NASTY = (
    "", "a" * 3_900, "🇮🇶" * 800, "قيس 🔥 الخزعلي \u202eevil\u2066", "(((" * 300, "9999w", "99:99-25:61", "{x} {0} %s", "² viewer",
    "x = y", '"', "*", "#ZZZZ-99", "source:nowhere", "٢٣:٠٠-٠٦:٣٠", '@"nobody" AND @x', "@", "all", "-1", "\u2060@\u2060", "off",
)  # fmt: skip
COMMANDS = (
    "latest", "search", "why", "mute", "unmute", "quiet", "digest", "brief", "watch", "unwatch", "alias", "probe", "role", "retry",
    "language", "nonsense", "status", "actors", "rules", "sources", "changes", "export", "mutes", "help", "chats", "failed", "health",
)  # fmt: skip
NAMES = ("Muqtada al-Sadr", "Hadi al-Amiri", "Nouri al-Maliki", "Ammar al-Hakim", "Ali al-Sistani", "مقتدى الصدر")


@dataclass
class Found:
    """What the adversary did, and which promises it found broken."""

    kills: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    slowest_answer: float = 0.0

    def shown(self) -> str:
        done = ", ".join(f"{count} {name}" for name, count in sorted(self.acts.items()))
        refused = f"; refused by Telegram: {dict(self.refused)}" if self.refused else ""
        return (
            f"{self.kills} kills during {sum(self.acts.values())} acts ({done}); slowest answer in peace"
            f" {self.slowest_answer:.1f} s{refused}; broken: {self.broken or 'nothing'}"
        )


class Adversary:
    """Somebody who does the worst of things, one after the other, until told to stop. Errors of the server's own are nothing."""

    def __init__(self, api: StrictBotApi, seed: int, found: Found) -> None:
        self._api, self._rng, self._found = api, random.Random(seed), found
        self._ended = threading.Event()
        self._calm = threading.Event()
        self._resting = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.by_stranger: list[int] = []

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._calm.clear()
        self._thread.join(60)

    def rest(self) -> None:
        """Returns once nothing is being done, until `go_on`."""
        self._calm.set()
        self._resting.wait(30)

    def go_on(self) -> None:
        self._calm.clear()

    def _run(self) -> None:
        acts: dict[str, Callable[[], None]] = {
            "words": self._words, "watches": self._watch, "presses": self._press, "forged presses": self._forge,
            "strangers": self._stranger, "edited commands": self._edited, "bursts": self._burst, "faults": self._fault,
            "throws out": self._throw_out, "replies": self._reply, "undone": self._undo, "rules": self._rule,
        }  # fmt: skip
        weights = [8, 6, 8, 4, 3, 2, 1, 4, 1, 4, 6, 4]
        while not self._ended.is_set():
            if self._calm.is_set():
                self._resting.set()
                time.sleep(0.02)
                continue
            self._resting.clear()
            (name,) = self._rng.choices(list(acts), weights)
            with suppress(urllib.error.HTTPError, IndexError):  # a button that is gone, a chat without a message
                acts[name]()
                self._found.acts[name] += 1
            time.sleep(self._rng.uniform(0.0, 0.15))

    # ------------------------------------------------------------------------------------------- people

    def write(self, person: int, text: str, **more: Any) -> int:
        return int(
            self._api.order("message", chat_id=GROUP, user_id=person, text=text, **more)["message"]["message_id"]
        )

    def _somebody(self) -> int:
        return self._rng.choice((ADMIN, OTHER))

    def _words(self) -> None:
        self.write(self._somebody(), f"/{self._rng.choice(COMMANDS)} {self._rng.choice(NASTY)}"[:4_096])

    def _watch(self) -> None:
        self.write(self._somebody(), f"/watch {self._rng.choice(NAMES)}")

    def _rule(self) -> None:
        slug = self._rng.choice(("muqtada-al-sadr", "hadi-al-amiri", "khazali"))
        verb = self._rng.choice(("/watch", "/watch", "/unwatch"))
        self.write(self._somebody(), f"{verb} @{slug} NEAR/5 drone" if verb == "/watch" else f"/unwatch {slug}")

    def _burst(self) -> None:
        for number in range(20):
            self.write(self._somebody(), f"/latest nobody{number:02}")

    def _edited(self) -> None:
        self.write(self._somebody(), "/quiet 01:00-02:03", edited=True)

    def _stranger(self) -> None:
        text = f"/{self._rng.choice(COMMANDS)} {self._rng.choice(NASTY)}"[:4_096]
        self.by_stranger.append(self.write(STRANGER, text))
        self._api.order("message", chat_id=STRANGER, user_id=STRANGER, text=f"/start {secrets.token_hex(5)}")

    def _reply(self) -> None:
        told = self._api.seen("deliveries", chat_id=GROUP)[-30:]
        to = self._rng.choice(told)["message_id"]
        self.write(
            self._somebody(),
            self._rng.choice(("/why", "/mute 1h", "/unmute", "/unwatch", "/role viewer", "/latest")),
            reply_to=to,
        )

    # ------------------------------------------------------------------------------------------- buttons

    def _buttons(self) -> list[tuple[int, str, str]]:
        """Buttons of the last messages in the group: message, label, data."""
        return [
            (one["message_id"], key["text"], key["callback_data"])
            for one in self._api.seen("messages", chat_id=GROUP)[-40:]
            for row in (one.get("reply_markup") or {}).get("inline_keyboard", [])
            for key in row
            if "callback_data" in key
        ]

    def _press(self, only: str = "") -> None:
        """One button, pressed once, twice by one, or by everybody at the same time."""
        message, _, data = self._rng.choice([one for one in self._buttons() if only in one[1]])
        for person in self._rng.choice(((ADMIN,), (ADMIN, ADMIN), (ADMIN, OTHER, STRANGER))):
            self._api.order("press", chat_id=GROUP, message_id=message, user_id=person, data=data)

    def _undo(self) -> None:
        self._press(self._rng.choice(("Undo", "Save")))

    def _forge(self) -> None:
        """A press that no button of this chat could have given: another id, or another chat's."""
        data = secrets.token_urlsafe(12)
        chat, person = GROUP, self._somebody()
        buttons = self._buttons()
        if buttons and self._rng.random() < 0.5:
            data, chat, person = self._rng.choice(buttons)[2], STRANGER, STRANGER
        body = {
            "id": str(self._rng.getrandbits(60)),
            "from": {"id": person, "is_bot": False, "first_name": "Somebody"},
            "chat_instance": "1",
            "data": data,
            "message": {"message_id": 1, "date": 0, "chat": {"id": chat, "type": "supergroup", "title": "Desk"}},
        }
        self._api.order("update", kind="callback_query", body=body)

    # ------------------------------------------------------------------------------------------- Telegram

    def _fault(self) -> None:
        kind = self._rng.randrange(5)
        if kind == 0:
            self._api.order("faults", kind="flood", seconds=1, count=1, methods=["sendMessage"])
        elif kind == 1:
            self._api.order("faults", kind="error", code=502, description="Bad Gateway", count=1)
        elif kind == 2:
            words = "Bad Request: message to edit not found: a fault"
            self._api.order("faults", kind="error", code=400, description=words, count=1, methods=["editMessageText"])
        elif kind == 3:
            self._api.order("faults", kind="reset", when="after", count=1, methods=["sendMessage"])
        else:
            self._api.order("faults", kind="reset", when="before", count=1)

    def _throw_out(self) -> None:
        self._api.order("membership", chat_id=GROUP, status="kicked", user_id=ADMIN)
        time.sleep(0.2)
        self._api.order("membership", chat_id=GROUP, status="member", user_id=ADMIN)
        self.write(ADMIN, "/enroll")


def rounds(shared: Path, folder: Path, *, count: int, seed: int = 1) -> Found:
    """So many kills at random moments while the adversary is at it; what each promise came to."""
    rng, found = random.Random(seed), Found()
    with strict_botapi(shared, folder) as api, in_thread(FakeSite()) as site:
        site.pages["/99"] = site.feed([("old", "Something that was said before")])
        _world(api)
        written = CONFIG.format(folder=folder, api=api.url, admin=ADMIN, group=GROUP)
        written += SOURCE.format(number=99, origin=site.origin, more="")
        (folder / "config.toml").write_text(written.replace(f"[{ADMIN}]", f"[{ADMIN}, {OTHER}]"), encoding="utf-8")
        program, store = Program(folder / "config.toml"), Store(folder / "data" / "bayan.db")
        _start(program, found)
        adversary = Adversary(api, seed, found)
        adversary.write(ADMIN, "/enroll")
        wait_for(lambda: api.texts(GROUP), 60, every=0.05)
        adversary.start()
        for _ in range(count):
            time.sleep(rng.uniform(0.3, 4.0))
            program.kill()
            found.kills += 1
            _start(program, found)
            adversary.rest()
            _in_peace(api, adversary, found)
            adversary.go_on()
        adversary.stop()
        api.well_again()
        _in_peace(api, adversary, found)
        _rings_in_the_end(api, site, adversary, found)
        code, _ = program.stop(30)
        if code != 0:
            found.broken.append(f"a stop ended with {code}")
        _judge(api, adversary, program, store, found)
    return found


def _world(api: StrictBotApi) -> None:
    api.order("reset")
    api.order("limits", per_second=0, chat_rate=0, group_per_minute=0)
    for number, name in ((ADMIN, "Anna"), (OTHER, "Bert"), (STRANGER, "Mallory")):
        api.order("users", id=number, first_name=name, started=True)
    people = {str(ADMIN): "creator", str(OTHER): "member", str(STRANGER): "member"}
    api.order("chats", id=GROUP, type="supergroup", title="Desk", bot_status="member", members=people)


def _start(program: Program, found: Found) -> None:
    program.start()
    if program.ready(60) is None:
        found.broken.append(f"a start failed: {program.log.read_text('utf-8')[-500:]}")


def _in_peace(api: StrictBotApi, adversary: Adversary, found: Found) -> None:
    """What is asked while nothing else happens is answered: in the group and in private."""
    api.well_again()
    for chat in (GROUP, ADMIN):
        began = time.monotonic()
        sent = api.order("message", chat_id=chat, user_id=ADMIN, text="/help")["message"]["message_id"]

        def answered(chat: int = chat, sent: int = sent) -> bool:
            return any(one.get("reply_to") == sent for one in api.seen("deliveries", chat_id=chat)[-60:])

        if wait_for(answered, PATIENCE, every=0.05):
            found.slowest_answer = max(found.slowest_answer, time.monotonic() - began)
        else:
            found.broken.append(f"/help was not answered in {chat} within {PATIENCE:.0f} s")


def _rings_in_the_end(api: StrictBotApi, site: FakeSite, adversary: Adversary, found: Found) -> None:
    """Everything silent is ended, a last watch is made, and rings."""
    for words in ("/language en", "/enroll", "/unmute", "/quiet off", "/digest off", "/resume"):
        adversary.write(ADMIN, words)
    _in_peace(api, adversary, found)
    asked = adversary.write(ADMIN, "/watch zanzibar AND harbour")
    preview: list[dict[str, Any]] = []

    def previewed() -> bool:
        preview[:] = [one for one in api.seen("deliveries", chat_id=GROUP)[-20:] if one.get("reply_to") == asked]
        return bool(preview)

    if not wait_for(previewed, PATIENCE, every=0.05) or not preview[0].get("reply_markup"):
        found.broken.append(f"the last watch had no preview: {preview}")
        return
    save = preview[0]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    api.order("press", chat_id=GROUP, message_id=preview[0]["message_id"], user_id=ADMIN, data=save)
    _in_peace(api, adversary, found)
    site.pages["/99"] = site.feed([("zanzibar", "Zanzibar closes its harbour, says the port")])
    if not wait_for(lambda: any("closes its harbour" in text for text in api.texts(GROUP)), 60, every=0.2):
        found.broken.append("the last watch did not ring")


def _judge(api: StrictBotApi, adversary: Adversary, program: Program, store: Store, found: Found) -> None:
    log = program.log.read_text("utf-8")
    for word in ("Traceback", "internal error"):
        if word in log:
            place = log.index(word)
            found.broken.append(f"{word} in the log: {log[max(0, place - 200) : place + 1_500]}")
    for call in api.seen("calls"):
        error = str(call.get("error") or "")
        if error and not any(word in error.lower() for word in ALLOWED) and call.get("status") in (400, 404):
            found.refused[f"{call['method']}: {error[:120]}"] += 1
    answered = {one.get("reply_to") for one in api.seen("deliveries", chat_id=GROUP)}
    if heard := [one for one in adversary.by_stranger if one in answered]:
        found.broken.append(f"a stranger was answered: {heard}")
    if len(api.texts(STRANGER)) > 1 + found.kills:
        found.broken.append(f"a stranger was told {len(api.texts(STRANGER))} times: {api.texts(STRANGER)[:3]}")
    live = store.rows("SELECT slug, definition FROM chat_watch WHERE removed_at IS NULL")
    twice = [slug for slug, times in Counter(row[0] for row in live).items() if times > 1]
    names = Counter(str(json.loads(row[1]).get("name") or json.loads(row[1]).get("query")) for row in live)
    if twice or any(times > 1 for times in names.values()):
        found.broken.append(f"watched twice: {twice} {[name for name, times in names.items() if times > 1]}")
    undone = Counter(row[0] for row in store.rows("SELECT undoes FROM deed WHERE undoes IS NOT NULL"))
    if any(times > 1 for times in undone.values()):
        found.broken.append(f"undone twice: {[deed for deed, times in undone.items() if times > 1]}")
    if strange := store.rows(f"SELECT verb, subject FROM deed WHERE person = '{STRANGER}'"):
        found.broken.append(f"a stranger did {strange}")
    found.broken += [f"store: {fault}" for fault in store.copy(program.log.parent / "copy").faults()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = rounds(given.shared, Path(folder), count=given.kills, seed=given.seed)
    print(found.shown())
    sys.exit(1 if found.broken or found.refused else 0)


if __name__ == "__main__":
    main()
